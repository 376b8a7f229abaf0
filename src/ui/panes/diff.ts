import { CONTENT, WORDS } from '../../core/grid.ts'

/** Equal cells between two changed ones that are written again rather than jumped over. */
const MERGED_GAP = 12

/** Columns of a row to write, from `start` up to and without `end`. */
export interface Span {
  readonly start: number
  readonly end: number
}

/**
 * The spans in which `next` differs from the row of `front` at word `offset`. A span never cuts a wide glyph, and spans
 * with few equal cells between them are one.
 */
export function diffRow(front: Uint32Array, offset: number, next: Uint32Array): readonly Span[] {
  const words = next.length
  let word = 0
  while (word < words && front[offset + word] === next[word]) word++
  if (word === words) return []
  const spans: Span[] = []
  const cols = words / WORDS
  let start = -1
  let last = -1
  for (let column = Math.floor(word / WORDS); column < cols; column++) {
    const at = column * WORDS
    if (
      front[offset + at] === next[at] &&
      front[offset + at + 1] === next[at + 1] &&
      front[offset + at + 2] === next[at + 2]
    ) {
      continue
    }
    if (start >= 0 && column - last > MERGED_GAP) {
      spans.push(wholeGlyphs(next, start, last + 1))
      start = column
    }
    if (start < 0) start = column
    last = column
  }
  spans.push(wholeGlyphs(next, start, last + 1))
  return spans
}

function wholeGlyphs(row: Uint32Array, start: number, end: number): Span {
  const cols = row.length / WORDS
  return {
    start: start > 0 && isTrailing(row, start) ? start - 1 : start,
    end: end < cols && isTrailing(row, end) ? end + 1 : end,
  }
}

function isTrailing(row: Uint32Array, column: number): boolean {
  return (row[column * WORDS] as number) >>> CONTENT.widthShift === 0
}
