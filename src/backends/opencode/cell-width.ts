import { textCells, textWidth, type WidthOf } from '../../core/widths.ts'

const ZERO = /^[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]$/u
const WIDE_EMOJI = /^\p{Emoji_Presentation}$/u

/** First and last code point of the East Asian wide blocks. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2329, 0x232a],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6b],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18af2],
  [0x1b000, 0x1b2fb],
  [0x1f200, 0x1f265],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
]

/** Columns of a single code point, as terminals measure it. */
export const widthOf: WidthOf = (codePoint) => {
  if (codePoint < 0x300) return 1
  const character = String.fromCodePoint(codePoint)
  if (ZERO.test(character)) return 0
  const isFlagHalf = codePoint >= 0x1f1e6 && codePoint <= 0x1f1ff
  if (!isFlagHalf && WIDE_EMOJI.test(character)) return 2
  return WIDE.some(([first, last]) => codePoint >= first && codePoint <= last) ? 2 : 1
}

/** Columns of a text without line ends. */
export function columnsOf(text: string): number {
  return isPlain(text) ? text.length : textWidth(text, widthOf)
}

/** The longest head of a text that fits into `columns`, and what is left. At least one cell is taken. */
export function cutAt(text: string, columns: number): readonly [string, string] {
  if (isPlain(text)) return [text.slice(0, Math.max(1, columns)), text.slice(Math.max(1, columns))]
  let used = 0
  let length = 0
  for (const cell of textCells(text, widthOf)) {
    used += cell.width
    if (used > columns && length > 0) break
    length += cell.text.length
  }
  return length === 0 ? [text, ''] : [text.slice(0, length), text.slice(length)]
}

function isPlain(text: string): boolean {
  return /^[ -~]*$/.test(text)
}
