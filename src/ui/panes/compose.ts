import { BG, BLANK_CONTENT, COLOUR, CONTENT, FG, type Grid, WORDS } from '../../core/grid.ts'
import { widthOf } from '../../core/widths.ts'
import { type GlyphTable, safeCodePoint } from './glyphs.ts'
import type { RowCells } from './xterm-cells.ts'

/** The word of a cell with nothing in it, as the front buffer holds it. */
export const SPACE_CONTENT = BLANK_CONTENT | 0x20

/** Below it every printable code point takes one column. */
const FIRST_OF_OTHER_WIDTH = 0x300

const FG_FLAGS = (FG.inverse | FG.bold | FG.underline | FG.blink | FG.invisible | FG.strikethrough) >>> 0
const BG_FLAGS = BG.italic | BG.dim | BG.overline

/** Where cells come from: `count` cells from `from` on; `text` gives the text of the combined cell at an index. */
export interface CellSource {
  readonly cells: Uint32Array
  readonly from: number
  readonly available: number
  text(index: number): string | undefined
  /** Background word of the cells that the source does not have. */
  readonly fill: number
  /** Flags added to every background word. */
  readonly extraFlags: number
}

/** The place in the row under construction: `count` cells from column `at` on. */
export interface CellTarget {
  readonly row: Uint32Array
  readonly at: number
  readonly count: number
}

/**
 * Copies cells into a row so that two cells that look alike have equal words: colours lose the bits that mean nothing,
 * texts become glyph numbers, unsafe characters become blanks, and a wide glyph cut by an edge becomes a blank.
 */
export function copyCells(target: CellTarget, source: CellSource, glyphs: GlyphTable): void {
  const { row, at, count } = target
  const { cells, from, extraFlags } = source
  const available = Math.max(0, Math.min(count, source.available))
  let out = at * WORDS
  for (let index = 0; index < available; index++, out += WORDS) {
    const word = (from + index) * WORDS
    const content = cells[word] as number
    const foreground = cleanForeground(cells[word + 1] as number)
    const background = cleanBackground(cells[word + 2] as number) | extraFlags
    row[out] = SPACE_CONTENT
    row[out + 1] = foreground
    row[out + 2] = background
    const width = (content >>> CONTENT.widthShift) & 3
    if (width === 0 || width === 3) continue
    const isWide = width === 2
    if (isWide && !(index + 1 < available && isTrailing(cells[word + WORDS] as number))) continue
    const isCombined = (content & CONTENT.combined) !== 0
    const shown = isCombined ? combinedContent(content, source.text(from + index), glyphs) : plainContent(content)
    row[out] = shown
    if (!isWide || shown === SPACE_CONTENT) continue
    index++
    out += WORDS
    row[out] = 0
    row[out + 1] = foreground
    row[out + 2] = background
  }
  fillCells({ row, at: at + available, count: count - available }, source.fill | extraFlags)
}

/** Cells of a row of the chrome. */
export function chromeSource(row: RowCells, from: number): CellSource {
  return { cells: row.cells, from, available: row.length - from, text: row.combined, fill: 0, extraFlags: 0 }
}

/** What is shown of a grid: `row` and `column` of its first cell, which may lie outside. */
export interface GridView {
  readonly grid: Grid
  readonly row: number
  readonly column: number
  readonly fill: number
  readonly isDim: boolean
}

/** Cells of a row of a grid; nothing when the row lies outside of it. */
export function gridSource({ grid, row, column, fill, isDim }: GridView): CellSource {
  const isInside = row >= 0 && row < grid.rows && column >= 0
  return {
    cells: grid.cells,
    from: isInside ? row * grid.cols + column : 0,
    available: isInside ? grid.cols - column : 0,
    text: (index) => grid.combined.get(index),
    fill,
    extraFlags: isDim ? BG.dim : 0,
  }
}

/** Fills the cells with blanks of one background. */
export function fillCells({ row, at, count }: CellTarget, background: number): void {
  for (let out = at * WORDS; out < (at + count) * WORDS; out += WORDS) {
    row[out] = SPACE_CONTENT
    row[out + 1] = 0
    row[out + 2] = background
  }
}

/** The content word to show for a single code point, `SPACE_CONTENT` when it may not be shown. */
function plainContent(content: number): number {
  const width = content & (3 << CONTENT.widthShift)
  const codePoint = safeCodePoint(content & CONTENT.codePoint)
  // A cell that says another width than its glyph has would push everything after it aside.
  const isHonest = codePoint < FIRST_OF_OTHER_WIDTH || widthOf(codePoint) === width >> CONTENT.widthShift
  return codePoint === 0x20 || !isHonest ? SPACE_CONTENT : width | codePoint
}

/** The content word to show for a text, `SPACE_CONTENT` when nothing of it may be shown. */
function combinedContent(content: number, text: string | undefined, glyphs: GlyphTable): number {
  const glyph = glyphs.intern(text ?? ' ')
  const width = content & (3 << CONTENT.widthShift)
  return glyph === undefined ? SPACE_CONTENT : width | CONTENT.combined | glyph
}

function isTrailing(content: number): boolean {
  return content >>> CONTENT.widthShift === 0
}

function cleanForeground(word: number): number {
  return ((word & FG_FLAGS) | cleanColour(word)) >>> 0
}

function cleanBackground(word: number): number {
  return (word & BG_FLAGS) | cleanColour(word)
}

/** Palette cells carry bits of an older RGB value, which no terminal ever sees. */
function cleanColour(word: number): number {
  const mode = word & COLOUR.modeMask
  if (mode === COLOUR.rgb) return word & COLOUR.mask
  return mode === 0 ? 0 : mode | (word & 0xff)
}
