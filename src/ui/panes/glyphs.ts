import { widthOf } from '../../core/widths.ts'

/**
 * What may be written to the operator's terminal for a cell. Everything an agent prints passes through here, so nothing of
 * it can arrive as an escape sequence or turn the direction of the text around.
 */

const REPLACEMENT = 0xfffd
const SPACE = 0x20
const VARIATION_EMOJI = 0xfe0f

/** UTF-16 units kept of one cell's text: more than any emoji sequence needs, and a bound for stacked accents. */
const MAX_CELL_TEXT = 48

/** Columns that a terminal may need which draws every part of a sequence by itself: a family of four. */
const MAX_GLYPH_COLUMNS = 8

/** UTF-16 units looked at, so that a text of any length is not kept as a key. */
const MAX_INPUT = 4 * MAX_CELL_TEXT

/** Texts remembered before the table is emptied; an agent cannot make it grow without end. */
const MAX_GLYPHS = 1 << 16

/** Numbers for the texts of combined cells, so that a cell is compared as one word. */
export interface GlyphTable {
  /** The number of a text, after everything unsafe is taken out of it; `undefined` when nothing is left. */
  intern(text: string): number | undefined
  text(glyph: number): string
  /** The text as UTF-8. */
  bytes(glyph: number): Uint8Array
  /** Columns the text takes on a terminal that does not join its parts. */
  columns(glyph: number): number
  /** Whether the table should be emptied before the next frame. */
  readonly isFull: boolean
  clear(): void
}

/** Creates an empty table. */
export function createGlyphTable(): GlyphTable {
  const numbers = new Map<string, number>()
  const texts: string[] = []
  const encoded: Uint8Array[] = []
  const columns: number[] = []
  const encoder = new TextEncoder()
  return {
    intern(cellText) {
      const text = cellText.length > MAX_INPUT ? cellText.slice(0, MAX_INPUT) : cellText
      const known = numbers.get(text)
      if (known !== undefined) return known < 0 ? undefined : known
      const safe = safeText(text)
      const glyph = safe === '' ? -1 : texts.length
      numbers.set(text, glyph)
      if (glyph < 0) return undefined
      texts.push(safe)
      encoded.push(encoder.encode(safe))
      columns.push(separateColumns(safe))
      return glyph
    },
    text: (glyph) => texts[glyph] ?? ' ',
    bytes: (glyph) => encoded[glyph] ?? encoder.encode(' '),
    columns: (glyph) => columns[glyph] ?? 1,
    get isFull() {
      return numbers.size >= MAX_GLYPHS
    },
    clear() {
      numbers.clear()
      texts.length = 0
      encoded.length = 0
      columns.length = 0
    },
  }
}

/** The code point to write for a cell: a space for controls, U+FFFD for what is no character at all. */
export function safeCodePoint(codePoint: number): number {
  if (codePoint < 0x7f) return Math.max(codePoint, SPACE)
  if (codePoint < 0xa0) return SPACE
  if (codePoint < 0x61c) return codePoint
  if (isDirectionControl(codePoint)) return SPACE
  return codePoint > 0x10ffff || (codePoint >= 0xd800 && codePoint <= 0xdfff) ? REPLACEMENT : codePoint
}

/**
 * Whether terminals disagree on the columns of a code point, so that the column must be set anew after it. Box drawing,
 * blocks and braille are taken as settled: a terminal that differs there cannot show any full-screen program.
 */
export function isUncertainWidth(codePoint: number): boolean {
  if (codePoint < 0x590) return codePoint >= 0x300 && codePoint < 0x370
  if (codePoint >= 0x2010 && codePoint < 0x2100) return codePoint === 0x203c || codePoint === 0x2049
  if (codePoint >= 0x2500 && codePoint <= 0x259f) return false
  return codePoint < 0x2800 || codePoint > 0x28ff
}

function safeText(text: string): string {
  let safe = ''
  let columns = 0
  for (const character of text) {
    const codePoint = character.codePointAt(0) ?? SPACE
    const allowed = codePoint === SPACE ? SPACE : safeCodePoint(codePoint)
    if (allowed === SPACE && codePoint !== SPACE) continue
    columns += widthOf(allowed)
    if (safe.length + character.length > MAX_CELL_TEXT || columns > MAX_GLYPH_COLUMNS) break
    safe += allowed === codePoint ? character : String.fromCodePoint(allowed)
  }
  return safe
}

function separateColumns(text: string): number {
  let columns = 0
  for (const character of text) {
    const codePoint = character.codePointAt(0) ?? SPACE
    columns += codePoint === VARIATION_EMOJI ? 1 : widthOf(codePoint)
  }
  return columns
}

/** Marks, embeddings, overrides, isolates and the line separators: they move text that other cells hold. */
function isDirectionControl(codePoint: number): boolean {
  if (codePoint === 0x61c || codePoint === 0xfeff) return true
  if (codePoint < 0x200b || codePoint > 0x206f) return false
  if (codePoint === 0x200c || codePoint === 0x200d) return false
  return codePoint <= 0x200f || (codePoint >= 0x2028 && codePoint <= 0x202e) || codePoint >= 0x2060
}
