/** What the agent's prompt holds of what the operator typed and has not sent; `escaped` = it ends with a backslash. */
export type Draft = 'none' | 'text' | 'escaped'

const ENTER = 0x0d
const CTRL_C = 0x03
const ESCAPE = 0x1b
const BACKSLASH = 0x5c
const DELETE = 0x7f
const FIRST_PRINTABLE = 0x20

/** A paste begins, or ends. */
const PASTE_MARKS: readonly string[] = ['\x1b[200~', '\x1b[201~']
const MARK_LENGTH = 6

/**
 * The draft after these bytes were typed. Only Enter, unless a backslash before it makes it a new line, and Ctrl+C end one: every
 * other key that erases may leave a part of it, which no message may be typed behind. A paste, or the end of one, is a draft.
 */
export function draftAfter(before: Draft, bytes: Uint8Array): Draft {
  if (hasPasteMark(bytes)) return 'text'
  let draft = before
  for (const byte of bytes) {
    // What follows is a key of its own: an arrow, a function key, Alt with a letter.
    if (byte === ESCAPE) return draft === 'none' ? 'none' : 'text'
    draft = afterByte(draft, byte)
  }
  return draft
}

function afterByte(draft: Draft, byte: number): Draft {
  if (byte === CTRL_C) return 'none'
  if (byte === ENTER) return draft === 'escaped' ? 'text' : 'none'
  if (byte === BACKSLASH) return 'escaped'
  if (byte >= FIRST_PRINTABLE && byte !== DELETE) return 'text'
  return draft === 'none' ? 'none' : 'text'
}

function hasPasteMark(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(ESCAPE); at >= 0; at = bytes.indexOf(ESCAPE, at + 1)) {
    if (PASTE_MARKS.includes(String.fromCharCode(...bytes.subarray(at, at + MARK_LENGTH)))) return true
  }
  return false
}
