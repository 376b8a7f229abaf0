import { BLANK_CONTENT, CONTENT, type Grid, WORDS } from '../core/grid.ts'
import { type ByteReader, type ByteWriter, malformed } from './bytes.ts'

/*
 * A span is a piece of one row: u16 row, u16 first column, u16 number of cells, then runs of cells that look alike
 * (u16 cells, u32 fg, u32 bg, texts). The text of a cell is one byte for a narrow character below 0xf0, or a mark:
 */
const REPEAT = 0xfb // u8 n: the text before, n more times
const HALF = 0xfc // content word 0: the second half of a wide cell
const NARROW = 0xfd // u16: a narrow character of the basic plane
const TEXT = 0xfe // u32 content word, u16 n, n × u16: text of several characters, as UTF-16
const WORD = 0xff // u32 follows: a content word of another kind
const FIRST_MARK = 0xf0

/** Cells that did not change between two changed ones are sent again up to this many: a new span costs more. */
const MERGE_GAP = 6

const SPAN_HEADER_BYTES = 6
const RUN_BYTES = 10
const WORD_BYTES = 5

const isHalf = (grid: Grid, cell: number): boolean => (grid.cells[cell * WORDS] as number) >>> CONTENT.widthShift === 0
const isWide = (grid: Grid, cell: number): boolean =>
  (((grid.cells[cell * WORDS] as number) >>> CONTENT.widthShift) & 3) === 2

/** Rows in which a combined text of either grid may differ though the words are equal. */
function rowsWithTexts(shadow: Grid, next: Grid): Set<number> {
  const rows = new Set<number>()
  for (const cell of next.combined.keys()) rows.add(Math.floor(cell / next.cols))
  for (const cell of shadow.combined.keys()) rows.add(Math.floor(cell / next.cols))
  return rows
}

function isRowEqual(shadow: Uint32Array, next: Uint32Array, range: { from: number; to: number }): boolean {
  for (let index = range.from; index < range.to; index += 1) if (shadow[index] !== next[index]) return false
  return true
}

function isCellEqual(shadow: Grid, next: Grid, cell: number): boolean {
  const index = cell * WORDS
  const content = next.cells[index] as number
  if (shadow.cells[index] !== content) return false
  if (shadow.cells[index + 1] !== next.cells[index + 1] || shadow.cells[index + 2] !== next.cells[index + 2])
    return false
  return (content & CONTENT.combined) === 0 || shadow.combined.get(cell) === next.combined.get(cell)
}

/**
 * Writes the spans that turn `shadow` into `next` (grids of one size) and returns how many there are. A span never
 * begins or ends inside a wide character of `next`.
 */
export function writeSpans(writer: ByteWriter, shadow: Grid, next: Grid): number {
  const { cols, rows } = next
  const hasTexts = next.combined.size > 0 || shadow.combined.size > 0
  const texts = hasTexts ? rowsWithTexts(shadow, next) : undefined
  let count = 0
  for (let y = 0; y < rows; y += 1) {
    const from = y * cols * WORDS
    if (!texts?.has(y) && isRowEqual(shadow.cells, next.cells, { from, to: from + cols * WORDS })) continue
    count += writeRow(writer, { shadow, next, y })
  }
  return count
}

interface RowPair {
  readonly shadow: Grid
  readonly next: Grid
  readonly y: number
}

function writeRow(writer: ByteWriter, pair: RowPair): number {
  const { shadow, next, y } = pair
  const start = y * next.cols
  const end = start + next.cols
  let count = 0
  let cell = start
  while (cell < end) {
    if (isCellEqual(shadow, next, cell)) {
      cell += 1
      continue
    }
    let last = cell
    for (let probe = cell + 1; probe < end && probe - last <= MERGE_GAP; probe += 1) {
      if (!isCellEqual(shadow, next, probe)) last = probe
    }
    let first = cell
    while (first > start && isHalf(next, first)) first -= 1
    if (isWide(next, last) && last + 1 < end) last += 1
    writeSpan(writer, next, { y, first, to: last + 1 })
    count += 1
    cell = last + 1
  }
  return count
}

function writeSpan(writer: ByteWriter, grid: Grid, span: { y: number; first: number; to: number }): void {
  const { cells } = grid
  writer.ensure(SPAN_HEADER_BYTES)
  writer.u16(span.y)
  writer.u16(span.first - span.y * grid.cols)
  writer.u16(span.to - span.first)
  let cell = span.first
  while (cell < span.to) {
    const fg = cells[cell * WORDS + 1] as number
    const bg = cells[cell * WORDS + 2] as number
    let to = cell + 1
    while (to < span.to && cells[to * WORDS + 1] === fg && cells[to * WORDS + 2] === bg) to += 1
    writer.ensure(RUN_BYTES + (to - cell) * WORD_BYTES)
    writer.u16(to - cell)
    writer.u32(fg)
    writer.u32(bg)
    writeTexts(writer, grid, { from: cell, to })
    cell = to
  }
}

function writeTexts(writer: ByteWriter, grid: Grid, run: { from: number; to: number }): void {
  const { cells } = grid
  let cell = run.from
  while (cell < run.to) {
    const content = cells[cell * WORDS] as number
    if (content & CONTENT.combined) {
      writeText(writer, content, grid.combined.get(cell) ?? '')
      writer.ensure((run.to - cell) * WORD_BYTES)
      cell += 1
      continue
    }
    let same = cell + 1
    while (same < run.to && cells[same * WORDS] === content) same += 1
    const bytes = writeContent(writer, content)
    for (let left = same - cell - 1; left > 0; ) {
      const repeated = Math.min(left, 0xff)
      if (repeated * bytes <= 2) {
        for (let again = 0; again < repeated; again += 1) writeContent(writer, content)
      } else {
        writer.u8(REPEAT)
        writer.u8(repeated)
      }
      left -= repeated
    }
    cell = same
  }
}

/** Returns the number of bytes it took. */
function writeContent(writer: ByteWriter, content: number): number {
  const narrow = content - BLANK_CONTENT
  if (narrow >= 0 && narrow < FIRST_MARK) {
    writer.u8(narrow)
    return 1
  }
  if (content === 0) {
    writer.u8(HALF)
    return 1
  }
  if (narrow >= 0 && narrow <= 0xffff) {
    writer.u8(NARROW)
    writer.u16(narrow)
    return 3
  }
  writer.u8(WORD)
  writer.u32(content)
  return 5
}

function writeText(writer: ByteWriter, content: number, text: string): void {
  const length = Math.min(text.length, 0xffff)
  writer.ensure(WORD_BYTES + 2 + length * 2)
  writer.u8(TEXT)
  writer.u32(content)
  writer.u16(length)
  for (let at = 0; at < length; at += 1) writer.u16(text.charCodeAt(at))
}

/** Reads `count` spans into the grid. Throws MalformedPictureError; cells outside of the grid are never touched. */
export function readSpans(reader: ByteReader, grid: Grid, count: number): void {
  for (let span = 0; span < count; span += 1) {
    const y = reader.u16()
    const x = reader.u16()
    const length = reader.u16()
    if (y >= grid.rows || x + length > grid.cols) malformed('a span lies outside of the screen')
    const to = y * grid.cols + x + length
    for (let cell = y * grid.cols + x; cell < to; ) cell = readRun(reader, grid, { cell, to })
  }
}

function readRun(reader: ByteReader, grid: Grid, at: { cell: number; to: number }): number {
  const { cells, combined } = grid
  const length = reader.u16()
  const fg = reader.u32()
  const bg = reader.u32()
  const to = at.cell + length
  if (length === 0 || to > at.to) malformed('a run does not fit its span')
  let content = -1
  let repeat = 0
  for (let cell = at.cell; cell < to; cell += 1) {
    const index = cell * WORDS
    const before = cells[index] as number
    if (before & CONTENT.combined) combined.delete(cell)
    cells[index + 1] = fg
    cells[index + 2] = bg
    if (repeat > 0) {
      repeat -= 1
      cells[index] = content
      continue
    }
    const mark = reader.u8()
    if (mark === REPEAT) {
      repeat = reader.u8()
      if (content < 0 || repeat === 0 || repeat > to - cell) malformed('a repetition does not fit its run')
      repeat -= 1
      cells[index] = content
    } else if (mark === TEXT) {
      cells[index] = reader.u32() | CONTENT.combined
      combined.set(cell, readText(reader))
      content = -1
    } else {
      content = readContent(reader, mark)
      cells[index] = content
    }
  }
  return to
}

function readContent(reader: ByteReader, mark: number): number {
  if (mark < FIRST_MARK) return BLANK_CONTENT + mark
  if (mark === HALF) return 0
  if (mark === NARROW) return BLANK_CONTENT + reader.u16()
  if (mark === WORD) return reader.u32()
  return malformed('an unknown mark')
}

function readText(reader: ByteReader): string {
  const length = reader.u16()
  const units = new Array<number>(length)
  for (let at = 0; at < length; at += 1) units[at] = reader.u16()
  return String.fromCharCode(...units)
}
