import { CONTENT, type Grid, WORDS } from '../../core/grid.ts'
import type { Size } from '../../core/session.ts'
import type { Picture } from '../../core/viewer.ts'
import type { PaneSource } from '../panes/compositor.ts'

const SPACE = 0x20
/** `─ ━ ═ ╌ ╍`: what rules are drawn with. */
const RULES: ReadonlySet<number> = new Set([0x2500, 0x2501, 0x2550, 0x254c, 0x254d])

/**
 * The part of a picture that a pane of this size shows: all of it when it fits; else, from the left, the rows that end with
 * the last one that says something, the one with the cursor included. A rule at the very bottom says nothing: agents draw
 * one there as a frame, far below the dialog that matters.
 */
export function paneSource(picture: Picture, pane: Size): PaneSource {
  const { grid } = picture
  return { grid, top: topRow(picture, pane.rows), left: 0 }
}

function topRow({ grid, cursor, scrollOffset }: Picture, rows: number): number {
  const spare = grid.rows - rows
  if (spare <= 0) return 0
  if (scrollOffset > 0) return spare
  const cursorRow = cursor.visible ? cursor.y : 0
  const last = Math.max(lastFilledRow(grid), cursorRow)
  const top = Math.max(0, Math.min(spare, last - rows + 1))
  return cursor.visible ? Math.min(top, cursorRow) : top
}

function lastFilledRow(grid: Grid): number {
  for (let row = grid.rows - 1; row > 0; row--) {
    if (saysSomething(grid, row)) return row
  }
  return 0
}

/** Whether a row is neither blank nor for the most part a rule. */
function saysSomething(grid: Grid, row: number): boolean {
  const start = row * grid.cols * WORDS
  let filled = 0
  let ruled = 0
  for (let index = start; index < start + grid.cols * WORDS; index += WORDS) {
    const content = grid.cells[index] ?? 0
    const codePoint = content & CONTENT.codePoint
    if ((content & CONTENT.combined) !== 0 || (codePoint !== 0 && codePoint !== SPACE)) filled += 1
    if (RULES.has(codePoint)) ruled += 1
  }
  return filled > 0 && ruled * 2 < filled
}
