/** Whole escape sequences first (CSI, OSC and other strings, two-byte ones), so that their letters do not stay behind. */
const SEQUENCES = /\x1b\[[0-?]*[ -/]*[@-~]?|\x1b[\]PX^_][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|\x1b[ -/]*[0-~]?/g

/*
 * Control characters, direction overrides and isolates, invisible format characters, lone surrogates and line separators:
 * all that can change how the text around them is read. Joiners and variation selectors stay: emoji and several scripts
 * are made with them.
 */
const UNSEEN = /(?!\n|\p{Join_Control}|\ufe0e|\ufe0f)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu

/**
 * Text that a program wrote, made harmless: no escape sequence, control, direction or invisible character is left. Line
 * ends are `\n`, tabs four spaces.
 */
export function plainText(text: string): string {
  return text.replace(SEQUENCES, '').replace(/\r\n?/g, '\n').replaceAll('\t', '    ').replace(UNSEEN, '')
}

/**
 * Text that the operator decides about: nothing of it may be hidden. What `plainText` would take away is shown as a mark, and
 * what it would take for an escape sequence stays readable.
 */
export function visibleText(text: string): string {
  return text.replace(/\r\n/g, '\n').replaceAll('\t', '    ').replace(UNSEEN, markOf)
}

/** Controls have pictures of their own (`␛`); anything else is named by its number. */
function markOf(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x20) return String.fromCodePoint(0x2400 + code)
  return code === 0x7f ? '␡' : `‹U+${code.toString(16).toUpperCase().padStart(4, '0')}›`
}

/** Harmless text on one line, without spaces around it or more than one between words. */
export function plainLine(text: string): string {
  return plainText(text).replace(/\s+/g, ' ').trim()
}

/** One harmless line of at most `most` characters; `…` says that it was cut. */
export function shortLine(text: string, most: number): string {
  const line = plainLine(text)
  if (line.length <= most) return line
  const characters = [...line]
  return characters.length <= most ? line : `${characters.slice(0, most - 1).join('')}…`
}
