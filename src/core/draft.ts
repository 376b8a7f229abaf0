const ENTER = 0x0d
const CLEARING = new Set([ENTER, 0x03, 0x04, 0x15])
const ESCAPE = 0x1b
const PASTE_START = '\x1b[200~'

/**
 * Whether the agent's prompt holds text that the operator typed and has not sent, after these bytes were typed. Sequences
 * (arrows, function keys) leave it as it is; a paste makes it a draft; Enter, Ctrl+C, Ctrl+D and Ctrl+U end it.
 */
export function hasDraft(before: boolean, bytes: Uint8Array): boolean {
  if (startsPaste(bytes)) return true
  let draft = before
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] ?? 0
    if (byte === ESCAPE) return draft
    if (CLEARING.has(byte)) draft = false
    else if (byte >= 0x20 && byte !== 0x7f) draft = true
  }
  return draft
}

function startsPaste(bytes: Uint8Array): boolean {
  return [...PASTE_START].every((character, index) => bytes[index] === character.charCodeAt(0))
}
