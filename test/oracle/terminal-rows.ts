import type { Terminal } from '@xterm/headless'
import { BLANK_CONTENT, CONTENT, createGrid, type Grid, WORDS } from '../../src/core/grid.ts'
import { rowCells } from '../../src/ui/panes/xterm-cells.ts'

/** What an emulator shows, as a grid. */
export function terminalGrid(terminal: Terminal): Grid {
  const { cols, rows } = terminal
  const grid = createGrid(cols, rows)
  for (let y = 0; y < rows; y += 1) {
    const { cells, length, combined } = rowCells(terminal, y)
    grid.cells.set(cells.subarray(0, length * WORDS), y * cols * WORDS)
    for (let x = 0; x < length; x += 1) {
      const text = (cells[x * WORDS] as number) & CONTENT.combined ? combined(x) : undefined
      if (text !== undefined) grid.combined.set(y * cols + x, text)
    }
  }
  return grid
}

/** Rows in which two grids of one size have other words, and so may look different. Fast: nearly always there are none. */
export function suspectRows(one: Grid, other: Grid): readonly number[] {
  const suspects: number[] = []
  for (let y = 0; y < one.rows; y += 1) {
    const start = y * one.cols
    for (let cell = start; cell < start + one.cols; cell += 1) {
      if (isSameCell(one, other, cell)) continue
      suspects.push(y)
      break
    }
  }
  return suspects
}

const SPACE = BLANK_CONTENT | 0x20

function isSameCell(one: Grid, other: Grid, cell: number): boolean {
  const at = cell * WORDS
  if (one.cells[at + 1] !== other.cells[at + 1] || one.cells[at + 2] !== other.cells[at + 2]) return false
  const [first, second] = [one.cells[at] as number, other.cells[at] as number]
  if (first === second) return (first & CONTENT.combined) === 0 || one.combined.get(cell) === other.combined.get(cell)
  return (first === BLANK_CONTENT && second === SPACE) || (first === SPACE && second === BLANK_CONTENT)
}
