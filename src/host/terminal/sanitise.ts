/** Longest title or notification that leaves the host, in characters. */
export const MAX_TEXT = 200

/* Control characters, direction overrides and isolates, zero-width and other invisible format characters, lone
   surrogates and line separators: all that can change how the text around them is read. The emoji variation selector is
   one of them, so a few emoji become their plain signs. */
const INVISIBLE = /\p{Cc}|\p{Cf}|\p{Cs}|\p{Zl}|\p{Zp}|\p{Default_Ignorable_Code_Point}/gu
const SPACES = /\s+/gu

/**
 * Text a program chose, made safe to show anywhere: one line, no control, direction or invisible characters, at most
 * `MAX_TEXT` characters. Emoji keep their pictures; joined ones fall apart into their parts.
 */
export function sanitiseText(text: string): string {
  const visible = text
    .slice(0, MAX_TEXT * 8)
    .replace(/[\t\n\r]/g, ' ')
    .replace(INVISIBLE, '')
    .replace(SPACES, ' ')
    .trim()
  const characters = [...visible]
  return characters.length <= MAX_TEXT ? visible : `${characters.slice(0, MAX_TEXT - 1).join('')}…`
}
