/**
 * The only file that reaches behind the public interface of @xterm/headless (pinned). Each access is declared in
 * `Core`, checked by `missingInternals` (a test fails when an upgrade moves one) and replaced by the public interface,
 * slower or poorer, where it is not there.
 */
import type { IBufferLine, IFunctionIdentifier, Terminal } from '@xterm/headless'
import { BG, BLANK_CONTENT, CONTENT, type Grid, WORDS } from '../../core/grid.ts'
import { widthOf } from '../../core/widths.ts'

/** Longest payload of one OSC or DCS string, in characters; a longer one is dropped whole. */
export const PAYLOAD_LIMIT = 65_536

/** Longest text of one cell, in UTF-16 units; combining characters beyond it are dropped. */
export const CELL_TEXT_LIMIT = 64

interface Line {
  readonly length: number
  readonly _data: Uint32Array
  readonly _combined: Readonly<Record<number, string | undefined>>
  addCodepointToCell(index: number, codePoint: number, width: number): void
}

interface StringParser {
  start?(): void
  hook?(...parameters: unknown[]): void
  put(data: Uint32Array, start: number, end: number): void
  end?(success: boolean, ...rest: unknown[]): unknown
  unhook?(success: boolean, ...rest: unknown[]): unknown
}

/** The parameters of a sequence as its handlers get them: the public interface hands out a copy. */
interface Parameters {
  readonly params: Int32Array
}

interface Core {
  registerCsiHandler?(id: IFunctionIdentifier, handler: (parameters: Parameters) => boolean): unknown
  readonly _inputHandler?: {
    parse?(bytes: Uint8Array): unknown
    readonly _parser?: { readonly _oscParser?: StringParser; readonly _dcsParser?: StringParser }
  }
  readonly coreService?: { isCursorHidden?: boolean }
  readonly coreMouseService?: { readonly activeEncoding?: string }
  readonly buffers?: {
    readonly normal?: { readonly lines?: { onTrim?(listener: (count: number) => void): unknown }; savedY?: number }
  }
}

const coreOf = (terminal: Terminal): Core => (terminal as unknown as { readonly _core?: Core })._core ?? {}

/** The line inside its public view. */
const lineOf = (view: IBufferLine | undefined): Partial<Line> | undefined =>
  (view as unknown as { readonly _line?: Partial<Line> } | undefined)?._line

/** Names of the internals that are not where this file expects them; empty with the pinned version. */
export function missingInternals(terminal: Terminal): readonly string[] {
  const core = coreOf(terminal)
  const line = lineOf(terminal.buffer.active.getLine(0))
  const present = {
    registerCsiHandler: typeof core.registerCsiHandler === 'function',
    'inputHandler.parse': typeof core._inputHandler?.parse === 'function',
    'oscParser.put': typeof core._inputHandler?._parser?._oscParser?.put === 'function',
    'oscParser.end': typeof core._inputHandler?._parser?._oscParser?.end === 'function',
    'dcsParser.put': typeof core._inputHandler?._parser?._dcsParser?.put === 'function',
    'dcsParser.unhook': typeof core._inputHandler?._parser?._dcsParser?.unhook === 'function',
    'coreService.isCursorHidden': typeof core.coreService?.isCursorHidden === 'boolean',
    'coreMouseService.activeEncoding': typeof core.coreMouseService?.activeEncoding === 'string',
    'lines.onTrim': typeof core.buffers?.normal?.lines?.onTrim === 'function',
    'buffer.savedY': typeof core.buffers?.normal?.savedY === 'number',
    'line._data': line?._data instanceof Uint32Array && line._data.length === terminal.cols * WORDS,
    'line._combined': typeof line?._combined === 'object',
    'line.addCodepointToCell': typeof line?.addCodepointToCell === 'function',
  }
  return Object.entries(present).flatMap(([name, isPresent]) => (isPresent ? [] : [name]))
}

/** Parses bytes before it returns; the public way does so too, because a write after user input is not deferred. */
export function parseNow(terminal: Terminal, bytes: Uint8Array): void {
  const handler = coreOf(terminal)._inputHandler
  if (handler?.parse) {
    handler.parse(bytes)
    return
  }
  terminal.input('', true)
  terminal.write(bytes)
}

/** Whether the program shows its cursor (yes when it cannot be told). */
export function isCursorVisible(terminal: Terminal): boolean {
  return !(coreOf(terminal).coreService?.isCursorHidden ?? false)
}

/** Shows the cursor again: a full reset of the emulator forgets to. */
export function showCursor(terminal: Terminal): void {
  const service = coreOf(terminal).coreService
  if (service?.isCursorHidden) service.isCursorHidden = false
}

/** Whether mouse reports are in the SGR form (assumed when it cannot be told: every agent asks for it). */
export function isMouseSgr(terminal: Terminal): boolean {
  return (coreOf(terminal).coreMouseService?.activeEncoding ?? 'SGR') === 'SGR'
}

/**
 * Counts the lines that fell off the far end of the scrollback (stays 0 where it cannot be known). The function it
 * returns gives the count; call it after every parse, because a full reset of the emulator begins a new list.
 */
export function countTrimmedLines(terminal: Terminal): () => number {
  let count = 0
  let watched: unknown
  return () => {
    const lines = coreOf(terminal).buffers?.normal?.lines
    if (lines === watched) return count
    watched = lines
    lines?.onTrim?.((trimmed) => {
      count += trimmed
    })
    return count
  }
}

/** Gives the emulator another first parameter of a sequence than the program sent (the same where it cannot be reached). */
export function adjustParameter(terminal: Terminal, id: IFunctionIdentifier, adjust: (value: number) => number): void {
  coreOf(terminal).registerCsiHandler?.(id, ({ params }) => {
    params[0] = adjust(params[0] ?? 0)
    return false
  })
}

/** Moves the saved cursor of the main screen down by so many lines (not at all where it cannot be reached). */
export function shiftSavedRow(terminal: Terminal, lines: number): void {
  const buffer = coreOf(terminal).buffers?.normal
  if (buffer?.savedY !== undefined) buffer.savedY += lines
}

/** Bounds what a program can make the terminal remember: strings that never end, cells with endless accents. */
export function limitMemory(terminal: Terminal): void {
  const parser = coreOf(terminal)._inputHandler?._parser
  if (parser?._oscParser) limitPayload(parser._oscParser)
  if (parser?._dcsParser) limitPayload(parser._dcsParser)
  const line = lineOf(terminal.buffer.active.getLine(0))
  if (line) limitCellText(line)
}

function limitPayload(parser: StringParser): void {
  let length = 0
  const { put, start, hook, end, unhook } = parser
  parser.put = (data, from, to) => {
    length += to - from
    if (length <= PAYLOAD_LIMIT) put.call(parser, data, from, to)
  }
  if (start) {
    parser.start = () => {
      length = 0
      start.call(parser)
    }
  }
  if (hook) {
    parser.hook = (...parameters) => {
      length = 0
      hook.apply(parser, parameters)
    }
  }
  if (end) parser.end = (success, ...rest) => end.call(parser, success && length <= PAYLOAD_LIMIT, ...rest)
  if (unhook) parser.unhook = (success, ...rest) => unhook.call(parser, success && length <= PAYLOAD_LIMIT, ...rest)
}

const limited = new WeakSet<object>()

/** Lines are made deep inside the emulator, so the limit goes onto what they share: their prototype, once. */
function limitCellText(line: Partial<Line>): void {
  const prototype = Object.getPrototypeOf(line) as Partial<Line>
  const add = prototype.addCodepointToCell
  if (!add || limited.has(prototype)) return
  limited.add(prototype)
  prototype.addCodepointToCell = function addLimited(this: Line, ...added: [number, number, number]) {
    const [index, , width] = added
    const isFull = (this._combined[index]?.length ?? 0) >= CELL_TEXT_LIMIT
    const content = this._data[index * WORDS] ?? 0
    if (isFull && (content & CONTENT.combined) !== 0 && content >>> CONTENT.widthShift === width) return
    add.apply(this, added)
  }
}

/**
 * Copies one buffer line into row `y` of a grid, cropped or filled with blanks. What arrives is clean: a wide cell is
 * always followed by its empty half, no other cell has width 0, and no character without a width stands alone.
 */
export function copyLine(view: IBufferLine | undefined, grid: Grid, y: number): void {
  const { cells, cols } = grid
  const offset = y * cols * WORDS
  const line = lineOf(view)
  const data = line?._data
  const length = Math.min(cols, view?.length ?? 0)
  if (data && line._combined) cells.set(data.length > length * WORDS ? data.subarray(0, length * WORDS) : data, offset)
  else if (view) copyCells(view, grid, y)
  for (let index = offset + length * WORDS; index < offset + cols * WORDS; index += WORDS) {
    cells[index] = BLANK_CONTENT
    cells[index + 1] = 0
    cells[index + 2] = 0
  }
  cleanRow(grid, y, (x) => (line?._combined ? line._combined[x] : view?.getCell(x)?.getChars()))
}

/** The public way: a cell object per cell, whose three words are public in all but type. */
function copyCells(view: IBufferLine, grid: Grid, y: number): void {
  for (let x = 0; x < Math.min(grid.cols, view.length); x += 1) {
    const cell = view.getCell(x) as unknown as { content: number; fg: number; bg: number } | undefined
    const index = (y * grid.cols + x) * WORDS
    grid.cells[index] = cell?.content ?? BLANK_CONTENT
    grid.cells[index + 1] = cell?.fg ?? 0
    grid.cells[index + 2] = cell?.bg ?? 0
  }
}

const EXTENDED_OFF = ~BG.extended >>> 0

function cleanRow(grid: Grid, y: number, textAt: (x: number) => string | undefined): void {
  const { cells, cols, combined } = grid
  let expectsHalf = false
  for (let x = 0, index = y * cols * WORDS; x < cols; x += 1, index += WORDS) {
    const content = cells[index] as number
    if ((cells[index + 2] as number) & BG.extended) cells[index + 2] = (cells[index + 2] as number) & EXTENDED_OFF
    // Plain text, nearly every cell: narrow and below the first combining character.
    if (content < (BLANK_CONTENT | 0x300) && content >= BLANK_CONTENT && !expectsHalf) continue
    const width = content >>> CONTENT.widthShift
    if (expectsHalf) {
      expectsHalf = false
      cells[index] = 0
      continue
    }
    if (width === 0 || (width === 2 && x === cols - 1)) {
      cells[index] = BLANK_CONTENT
      continue
    }
    expectsHalf = width === 2
    if (content & CONTENT.combined) {
      cells[index] = CONTENT.combined | (width << CONTENT.widthShift)
      combined.set(y * cols + x, textAt(x) ?? ' ')
      continue
    }
    if (width === 1 && widthOf(content & CONTENT.codePoint) === 0) cells[index] = BLANK_CONTENT
  }
}
