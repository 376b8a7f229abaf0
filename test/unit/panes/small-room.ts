import type { Grid } from '../../../src/core/grid.ts'
import { createChromeScreen } from '../../../src/ui/panes/chrome-screen.ts'
import type { ColourDepth } from '../../../src/ui/panes/colour-depth.ts'
import { createCompositor } from '../../../src/ui/panes/compositor.ts'
import { createOuterTerminal } from './outer-terminal.ts'

export const COLS = 20
export const ROWS = 4

/** One pane of 16 × 2 cells at column 2, row 1, in a border; a slot of 6 cells at the top right. */
export function createRoom(options: { depth?: ColourDepth; write?: (bytes: Uint8Array) => boolean } = {}) {
  const chrome = createChromeScreen(COLS, ROWS)
  const outer = createOuterTerminal(COLS, ROWS)
  const write = options.write ?? outer.write
  const compositor = createCompositor({ cols: COLS, rows: ROWS, depth: options.depth ?? 'truecolor', write })
  compositor.setChrome(chrome)
  const pane = (row: number, count = 16) => `\x1b[${row};3H\x1b[48;2;254;0;7m${' '.repeat(count)}\x1b[0m`
  chrome.write(`\x1b[1;1Htitle\x1b[1;13H\x1b[48;2;253;0;1m${' '.repeat(6)}\x1b[0m${pane(2)}${pane(3)}\x1b[4;1Hend`)
  const show = (grid: Grid, more = {}) => compositor.setPane(7, { grid, top: 0, left: 0, ...more })
  return { chrome, outer, compositor, pane, show }
}
