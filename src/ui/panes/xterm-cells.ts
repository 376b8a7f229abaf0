import type { Terminal } from '@xterm/headless'
import { BLANK_CONTENT, CONTENT, WORDS } from '../../core/grid.ts'

/**
 * The one place of the room that knows how a headless xterm keeps its cells. Each function has a public fallback that is
 * slower but right, and `hasFastCells` tells which is in use so that a test fails when an upgrade moves the internals.
 */

/** One row of a screen in the words of `Grid`. The arrays belong to the terminal: read them, do not keep them. */
export interface RowCells {
  readonly cells: Uint32Array
  /** Cells in the row; the words beyond are not part of it. */
  readonly length: number
  /** Text of the combined cell in a column. */
  combined(column: number): string | undefined
}

/** Rows from `start` to `end`, both included. */
export interface RowRange {
  readonly start: number
  readonly end: number
}

interface InternalLine {
  readonly _data: Uint32Array
  readonly _combined: Readonly<Record<number, string>>
  readonly length: number
}

interface InternalBuffer {
  readonly ydisp: number
  readonly lines: { readonly length: number; get(row: number): InternalLine | undefined }
}

interface InternalCore {
  readonly buffer?: InternalBuffer
  readonly _inputHandler?: {
    readonly onRequestRefreshRows?: (listener: (range: RowRange | undefined) => void) => unknown
  }
}

/** Whether the fast way to the cells and changed rows of this terminal exists. */
export function hasFastCells(terminal: Terminal): boolean {
  return (
    internalLine(terminal, 0) !== undefined && internalCore(terminal)._inputHandler?.onRequestRefreshRows !== undefined
  )
}

/** The cells of a visible row. */
export function rowCells(terminal: Terminal, row: number): RowCells {
  const line = internalLine(terminal, row)
  if (line === undefined) return publicRowCells(terminal, row)
  const combined = line._combined
  return { cells: line._data, length: Math.min(line.length, terminal.cols), combined: (column) => combined[column] }
}

/** Parses `text` before it returns. Chrome answers no queries, so the marker below reaches nobody. */
export function writeNow(terminal: Terminal, text: string): void {
  // Input makes the emulator parse what follows at once instead of after a timer; it is public for that purpose.
  terminal.input('', true)
  terminal.write(text)
}

/** Calls `listener` with the visible rows each parse changed; `undefined` means that any row may have changed. */
export function watchRows(terminal: Terminal, listener: (range: RowRange | undefined) => void): void {
  const subscribe = internalCore(terminal)._inputHandler?.onRequestRefreshRows
  if (subscribe === undefined) {
    terminal.onWriteParsed(() => listener(undefined))
    return
  }
  subscribe(listener)
}

/** The same as `rowCells` through the documented interface only. */
export function publicRowCells(terminal: Terminal, row: number): RowCells {
  const buffer = terminal.buffer.active
  const line = buffer.getLine(buffer.viewportY + row)
  const cells = new Uint32Array(terminal.cols * WORDS)
  const texts = new Map<number, string>()
  for (let column = 0; column < terminal.cols; column++) {
    const cell = line?.getCell(column)
    const text = cell?.getChars() ?? ''
    const codePoint = text.codePointAt(0) ?? 0
    const isCombined = text.length > String.fromCodePoint(codePoint).length
    if (isCombined) texts.set(column, text)
    const width = (cell?.getWidth() ?? 1) << CONTENT.widthShift
    cells[column * WORDS] = cell === undefined ? BLANK_CONTENT : width | (isCombined ? CONTENT.combined : codePoint)
    cells[column * WORDS + 1] = (cell as unknown as AttributeWords | undefined)?.fg ?? 0
    cells[column * WORDS + 2] = (cell as unknown as AttributeWords | undefined)?.bg ?? 0
  }
  return { cells, length: terminal.cols, combined: (column) => texts.get(column) }
}

interface AttributeWords {
  readonly fg?: number
  readonly bg?: number
}

function internalCore(terminal: Terminal): InternalCore {
  return (terminal as unknown as { readonly _core?: InternalCore })._core ?? {}
}

function internalLine(terminal: Terminal, row: number): InternalLine | undefined {
  const buffer = internalCore(terminal).buffer
  // The list is a ring: beyond its length it gives rows of the top again.
  if (buffer?.lines === undefined || buffer.ydisp + row >= buffer.lines.length) return undefined
  const line = buffer.lines.get(buffer.ydisp + row)
  return line?._data instanceof Uint32Array && line._combined !== undefined ? line : undefined
}
