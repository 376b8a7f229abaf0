import xterm from '@xterm/headless'
import { applyWidths } from './widths.ts'
import { hasFastCells, type RowCells, type RowRange, rowCells, watchRows, writeNow } from './xterm-cells.ts'

/** The screen that Ink draws the chrome on: text and escape sequences in, cells out. */
export interface ChromeScreen {
  readonly cols: number
  readonly rows: number
  /** Draws at once. Line feeds must already be carriage return + line feed. */
  write(text: string): void
  resize(cols: number, rows: number): void
  /** The cells of a row; valid until the next write. */
  row(row: number): RowCells
  /** The rows changed since the last call, and forgets them. */
  takeDirty(): RowRange | undefined
  /** The rows as text without trailing blanks, for tests and pictures. */
  text(): readonly string[]
  dispose(): void
}

/** Creates the chrome's screen; sizes are cells. */
export function createChromeScreen(cols: number, rows: number): ChromeScreen {
  const terminal = new xterm.Terminal({ cols, rows, scrollback: 0, allowProposedApi: true, logLevel: 'off' })
  applyWidths(terminal)
  // The other screen has no scrollback and no reflow: a resize keeps rows as rows.
  writeNow(terminal, '\x1b[?1049h')
  const tracksRows = hasFastCells(terminal)
  let dirty: RowRange | undefined = { start: 0, end: rows - 1 }

  function mark(range: RowRange | undefined): void {
    const start = Math.max(0, range?.start ?? 0)
    const end = Math.min(terminal.rows - 1, range?.end ?? terminal.rows - 1)
    dirty =
      dirty === undefined ? { start, end } : { start: Math.min(dirty.start, start), end: Math.max(dirty.end, end) }
  }

  watchRows(terminal, mark)
  return {
    get cols() {
      return terminal.cols
    },
    get rows() {
      return terminal.rows
    },
    write(text) {
      writeNow(terminal, text)
      if (!tracksRows) mark(undefined)
    },
    resize(newCols, newRows) {
      terminal.resize(newCols, newRows)
      dirty = { start: 0, end: newRows - 1 }
    },
    row: (row) => rowCells(terminal, row),
    takeDirty() {
      const range = dirty
      dirty = undefined
      return range
    },
    text: () => Array.from({ length: terminal.rows }, (_, row) => lineText(terminal, row)),
    dispose: () => terminal.dispose(),
  }
}

function lineText(terminal: import('@xterm/headless').Terminal, row: number): string {
  const buffer = terminal.buffer.active
  return buffer.getLine(buffer.viewportY + row)?.translateToString(true) ?? ''
}
