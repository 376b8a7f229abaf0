import { textWidth } from '../core/widths.ts'

/** Lines of a table: columns as wide as their widest cell, two spaces between them, nothing behind the last. */
export function tableText(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [header, ...rows].map((row) => row.map(plainText))
  const widths = header.map((_, column) => Math.max(...cells.map((row) => columnsOf(row[column] ?? ''))))
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - columnsOf(cell)))
      .join('  ')
      .trimEnd()
  return cells.map(line).join('\n')
}

/** A text on one line, without anything a terminal would obey. */
export function plainText(text: string): string {
  return text
    .trimEnd()
    .replace(/\s+/g, ' ')
    .replace(/[\x00-\x1f\x7f-\x9f]/g, '')
}

/** Cells on one line, two spaces between them. */
export function rowText(cells: readonly string[]): string {
  return cells.map(plainText).join('  ').trimEnd()
}

/** A text that is cut after so many characters, with a sign that it was. */
export function shortText(text: string, most: number): string {
  const characters = [...plainText(text)]
  return characters.length <= most ? characters.join('') : `${characters.slice(0, most - 1).join('')}…`
}

/** Milliseconds as the shortest useful age: `12s`, `3m`, `4h`, `2d`. */
export function ageText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h`
  return `${Math.floor(seconds / 86_400)}d`
}

function columnsOf(text: string): number {
  return textWidth(text, widthOf)
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u
const ZERO = /[\p{Mn}\p{Me}\p{Cf}]/u

function widthOf(codePoint: number): 0 | 1 | 2 {
  if (codePoint < 0x300) return 1
  const text = String.fromCodePoint(codePoint)
  if (ZERO.test(text)) return 0
  return WIDE.test(text) ? 2 : 1
}
