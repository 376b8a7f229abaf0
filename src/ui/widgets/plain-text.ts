import { plainText } from '../../core/plain-text.ts'
import { headWithin, textWidth } from '../../core/widths.ts'

/** Text that an agent wrote, safe to draw in one line. */
export function plain(text: string): string {
  return plainText(text).replaceAll('\n', ' ')
}

/** Columns a text takes. */
export function columnsOf(text: string): number {
  return textWidth(text)
}

/** The text cut to `width` columns; what is cut ends with `ellipsis`. */
export function cut(text: string, width: number, ellipsis = '…'): string {
  if (width <= 0) return ''
  if (textWidth(text) <= width) return text
  return headWithin(text, width - textWidth(ellipsis)) + ellipsis
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
    const head = headWithin(rest, width)
    const space = head.lastIndexOf(' ')
    const isWordEnd = rest[head.length] === ' '
    const end = isWordEnd || space <= width / 3 ? Math.max(1, head.length) : space
    lines.push(rest.slice(0, end))
    rest = rest.slice(end).trimStart()
  }
  return [...lines, rest]
}
