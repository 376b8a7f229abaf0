import { type TextCell, textCells, textWidth } from '../../core/widths.ts'
import { widthOf } from '../panes/widths.ts'

/** Text that an agent wrote, safe to draw: control characters and bidirectional marks are gone, tabs are spaces. */
export function plain(text: string): string {
  return text
    .replaceAll('\t', '  ')
    .replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
    .replaceAll(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
}

/** Columns a text takes. */
export function columnsOf(text: string): number {
  return textWidth(text, widthOf)
}

/** The text cut to `width` columns; what is cut ends with `ellipsis`. */
export function cut(text: string, width: number, ellipsis = '…'): string {
  if (width <= 0) return ''
  const cells = textCells(text, widthOf)
  if (columns(cells) <= width) return text
  return takeColumns(cells, width - columnsOf(ellipsis)) + ellipsis
}

/** The text in exactly `width` columns: cut, or padded with spaces. */
export function pad(text: string, width: number, ellipsis = '…'): string {
  const short = cut(text, width, ellipsis)
  return short + ' '.repeat(Math.max(0, width - columnsOf(short)))
}

/** The lines of a text in `width` columns, broken between words where that is possible; blank lines are kept. */
export function wrapLines(text: string, width: number): readonly string[] {
  if (width <= 0) return []
  return text.split(/\r\n|\r|\n/).flatMap((line) => wrapLine(plain(line), width))
}

function wrapLine(line: string, width: number): readonly string[] {
  const lines: string[] = []
  let rest = line.trimEnd()
  while (columnsOf(rest) > width) {
    const head = takeColumns(textCells(rest, widthOf), width)
    const space = head.lastIndexOf(' ')
    const isWordEnd = rest[head.length] === ' '
    const end = isWordEnd || space <= width / 3 ? Math.max(1, head.length) : space
    lines.push(rest.slice(0, end))
    rest = rest.slice(end).trimStart()
  }
  return [...lines, rest]
}

function columns(cells: readonly TextCell[]): number {
  return cells.reduce((total, cell) => total + cell.width, 0)
}

function takeColumns(cells: readonly TextCell[], width: number): string {
  let taken = ''
  let used = 0
  for (const cell of cells) {
    if (used + cell.width > width) break
    taken += cell.text
    used += cell.width
  }
  return taken
}
