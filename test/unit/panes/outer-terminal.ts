import xterm from '@xterm/headless'
import { BG, COLOUR, CONTENT, createGrid, type Grid, WORDS } from '../../../src/core/grid.ts'
import { applyWidths } from '../../../src/ui/panes/widths.ts'
import { rowCells, writeNow } from '../../../src/ui/panes/xterm-cells.ts'

/** One cell as the operator sees it. */
export interface SeenCell {
  readonly text: string
  readonly width: number
  readonly fg: number
  readonly bg: number
}

/** The operator's terminal: a real emulator that parses what the compositor writes. */
export function createOuterTerminal(cols: number, rows: number) {
  const terminal = new xterm.Terminal({ cols, rows, scrollback: 0, allowProposedApi: true, logLevel: 'off' })
  applyWidths(terminal)
  // As the room sets it when it takes the terminal: a glyph at the edge must not push the rest to the next line.
  writeNow(terminal, '\x1b[?1049h\x1b[?7l')
  const decoder = new TextDecoder()
  const written: string[] = []
  return {
    terminal,
    written,
    write(bytes: Uint8Array): boolean {
      const text = decoder.decode(bytes)
      written.push(text)
      writeNow(terminal, text)
      return true
    },
    cells(): SeenCell[][] {
      return Array.from({ length: terminal.rows }, (_, row) => {
        const line = rowCells(terminal, row)
        return Array.from({ length: terminal.cols }, (_, column) =>
          seenCell(line.cells, column, () => line.combined(column)),
        )
      })
    },
    text(): string[] {
      return Array.from(
        { length: terminal.rows },
        (_, row) => terminal.buffer.active.getLine(row)?.translateToString(true).trimEnd() ?? '',
      )
    },
  }
}

/** The cell at an index of cell words, in a form in which equal means "looks the same". */
export function seenCell(cells: Uint32Array, index: number, combined: () => string | undefined): SeenCell {
  const content = cells[index * WORDS]!
  const codePoint = content & CONTENT.codePoint
  const text = content & CONTENT.combined ? (combined() ?? '') : codePoint === 0 ? ' ' : String.fromCodePoint(codePoint)
  const width = content >>> CONTENT.widthShift
  const attributes = { fg: look(cells[index * WORDS + 1]!, 0xfc000000), bg: look(cells[index * WORDS + 2]!, BG_LOOK) }
  return { text: width === 0 ? '' : text, width, ...attributes }
}

const BG_LOOK = BG.italic | BG.dim | BG.overline

function look(word: number, flags: number): number {
  const mode = word & COLOUR.modeMask
  const colour = mode === COLOUR.rgb ? word & COLOUR.mask : mode === 0 ? 0 : mode | (word & 0xff)
  return ((word & flags) | colour) >>> 0
}

/** A grid filled by an emulator from text with escape sequences, as the host's screens are. */
export function gridOf(text: string, cols: number, rows: number): Grid {
  const outer = createOuterTerminal(cols, rows)
  writeNow(outer.terminal, `\x1b[?7h${text}`)
  const grid = createGrid(cols, rows)
  for (let row = 0; row < rows; row++) {
    const line = rowCells(outer.terminal, row)
    grid.cells.set(line.cells.subarray(0, cols * WORDS), row * cols * WORDS)
    for (let column = 0; column < cols; column++) {
      const combined = line.combined(column)
      if ((line.cells[column * WORDS]! & CONTENT.combined) !== 0 && combined !== undefined) {
        grid.combined.set(row * cols + column, combined)
      }
    }
  }
  return grid
}

/** Puts one cell into a grid. */
export function putCell(
  grid: Grid,
  at: { x: number; y: number },
  cell: Partial<SeenCell> & { content?: number },
): void {
  const index = at.y * grid.cols + at.x
  const width = cell.width ?? 1
  const text = cell.text ?? ' '
  const codePoint = text.codePointAt(0) ?? 0
  const isCombined = text.length > String.fromCodePoint(codePoint).length
  if (isCombined) grid.combined.set(index, text)
  else grid.combined.delete(index)
  grid.cells[index * WORDS] =
    cell.content ?? (width << CONTENT.widthShift) | (isCombined ? CONTENT.combined : codePoint)
  grid.cells[index * WORDS + 1] = cell.fg ?? 0
  grid.cells[index * WORDS + 2] = cell.bg ?? 0
}
