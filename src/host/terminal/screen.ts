import xterm, { type Terminal } from '@xterm/headless'
import { createEmitter } from '../../core/emitter.ts'
import { type Cursor, createGrid, type Grid, type ScreenModes } from '../../core/grid.ts'
import { rowAnsi, rowText } from './ansi.ts'
import { registerEraseAtCorner } from './erase-at-corner.ts'
import { createKeyboardFlags, type KeyboardFlags } from './keyboard.ts'
import { limitCounts } from './limit-counts.ts'
import { type Notices, registerNotices } from './notices.ts'
import { DARK_PALETTE, type Palette } from './palette.ts'
import { createParseQueue, type ParseQueue } from './parse-queue.ts'
import { registerQueries } from './queries.ts'
import { registerSavedCursor } from './saved-cursor.ts'
import { applyWidths } from './widths.ts'
import {
  copyLine,
  countTrimmedLines,
  isCursorVisible,
  isMouseSgr,
  limitMemory,
  parseNow,
  showCursor,
} from './xterm-internals.ts'

/** How to make a screen. Sizes are cells; `scrollback` is lines. */
export interface ScreenOptions extends Notices {
  readonly cols: number
  readonly rows: number
  readonly scrollback?: number
  /** Told to programs that ask which terminal this is. */
  readonly version?: string
  readonly palette?: Palette
  /** Gets the answers to the program's questions: bytes for its input. */
  readonly reply: (bytes: string) => void
  /** Gets what the emulator threw on some bytes; those bytes are lost, the screen goes on. */
  readonly onError?: (error: unknown) => void
}

/** Which lines of a screen: without `lines` the visible rows. */
export interface LineRange {
  /** How many rows. */
  readonly lines?: number
  /** Counts from the last row that shows anything, up into the scrollback; otherwise from the top of the screen. */
  readonly fromBottom?: boolean
}

/** What a program drew: a terminal without a display. */
export interface Screen {
  readonly cols: number
  readonly rows: number
  /** Parses what a program printed, at once as far as some 10 ms go and the rest on later turns of the loop. */
  write(data: Uint8Array | string): void
  /** Unparsed bytes: pause the program above PAUSE_ABOVE_BYTES, let it go on below RESUME_BELOW_BYTES. */
  readonly pendingBytes: number
  /** Tells how many bytes are left, after every batch that was parsed. */
  onDrained(listener: (pendingBytes: number) => void): () => void
  resize(cols: number, rows: number): void
  /** The visible screen as a new grid. */
  snapshot(): Grid
  /** The screen, `scrollOffset` lines up in its scrollback, into a grid of any size (cropped or filled with blanks). */
  copyInto(grid: Grid, view?: { readonly scrollOffset?: number }): void
  /** Rows as plain text without trailing blanks. */
  text(range?: LineRange): readonly string[]
  /** Rows with colours and styles as SGR sequences. */
  ansi(range?: LineRange): readonly string[]
  readonly cursor: Cursor
  readonly modes: ScreenModes
  /** The title the program set last, made safe to show. */
  readonly title: string
  /** The program asked to hold drawing until its frame is complete; the caller caps how long it does. */
  readonly synchronizedOutput: boolean
  /** Lines above the visible ones; 0 on the alternate screen. */
  readonly scrollbackLength: number
  /** Lines that ever left the top of the main screen: the distance between two looks anchors a scrolled view. */
  readonly linesScrolled: number
  /** Grows when anything may have changed. */
  readonly revision: number
  onChange(listener: (revision: number) => void): () => void
  setPalette(palette: Palette): void
  dispose(): void
}

const MIN_COLS = 2

function createTerminal(options: ScreenOptions): Terminal {
  const terminal = new xterm.Terminal({
    cols: Math.max(MIN_COLS, options.cols),
    rows: Math.max(1, options.rows),
    scrollback: options.scrollback ?? 1000,
    allowProposedApi: true,
    logLevel: 'off',
    // The emulator hands these reports to our own answers only when they are allowed.
    windowOptions: { getWinSizePixels: true, getCellSizePixels: true, getWinSizeChars: true },
  })
  applyWidths(terminal)
  limitMemory(terminal)
  limitCounts(terminal)
  registerEraseAtCorner(terminal)
  return terminal
}

/** What a full reset must put back besides what the emulator does itself. */
function registerReset(terminal: Terminal, keyboard: KeyboardFlags): void {
  terminal.parser.registerEscHandler({ final: 'c' }, () => {
    keyboard.reset()
    showCursor(terminal)
    return false
  })
}

function modesOf(terminal: Terminal, kittyKeyboard: number): ScreenModes {
  const modes = terminal.modes
  return {
    applicationCursor: modes.applicationCursorKeysMode,
    applicationKeypad: modes.applicationKeypadMode,
    bracketedPaste: modes.bracketedPasteMode,
    sendFocus: modes.sendFocusMode,
    mouse: modes.mouseTrackingMode,
    mouseSgr: isMouseSgr(terminal),
    kittyKeyboard,
    alternateScreen: terminal.buffer.active.type === 'alternate',
  }
}

function copyView(terminal: Terminal, grid: Grid, scrollOffset: number): void {
  const buffer = terminal.buffer.active
  grid.combined.clear()
  const top = Math.max(0, buffer.baseY - Math.max(0, Math.trunc(scrollOffset)))
  for (let y = 0; y < grid.rows; y += 1) {
    copyLine(y < terminal.rows ? buffer.getLine(top + y) : undefined, grid, y)
  }
}

/** The rows of a range, read line by line so that a long scrollback needs no big grid. */
function readLines(terminal: Terminal, range: LineRange, read: (grid: Grid, y: number) => string): readonly string[] {
  const buffer = terminal.buffer.active
  const row = createGrid(terminal.cols, 1)
  const readAt = (index: number): string => {
    row.combined.clear()
    copyLine(buffer.getLine(index), row, 0)
    return read(row, 0)
  }
  const count = Math.max(0, range.lines ?? terminal.rows)
  if (!range.fromBottom) {
    return Array.from({ length: Math.min(count, terminal.rows) }, (_, y) => readAt(buffer.baseY + y))
  }
  let last = buffer.baseY + terminal.rows - 1
  while (last > 0 && readAt(last) === '') last -= 1
  const first = Math.max(0, last - count + 1)
  return Array.from({ length: Math.min(count, last - first + 1) }, (_, index) => readAt(first + index))
}

class HeadlessScreen implements Screen {
  readonly #terminal: Terminal
  readonly #queue: ParseQueue
  readonly #keyboard: KeyboardFlags
  readonly #trimmed: () => number
  readonly #changed = createEmitter<number>()
  readonly #drained = createEmitter<number>()
  #palette: Palette
  #revision = 0
  #title = ''

  constructor(options: ScreenOptions) {
    const terminal = createTerminal(options)
    this.#terminal = terminal
    this.#palette = options.palette ?? DARK_PALETTE
    this.#keyboard = createKeyboardFlags(() => terminal.buffer.active.type === 'alternate')
    this.#trimmed = countTrimmedLines(terminal)
    this.#trimmed()
    this.#queue = createParseQueue({
      parse: (slice) => this.#parse(slice),
      parsed: () => this.#parsed(),
      failed: (error) => options.onError?.(error),
    })
    const reply = (bytes: string): void => {
      if (bytes !== '') options.reply(bytes)
    }
    terminal.onData(reply)
    const version = options.version ?? '0'
    registerQueries({ terminal, keyboard: this.#keyboard, version, palette: () => this.#palette }, reply)
    registerReset(terminal, this.#keyboard)
    registerSavedCursor(terminal)
    registerNotices(terminal, { ...options, onTitle: (title) => this.#retitle(title, options) })
  }

  get cols(): number {
    return this.#terminal.cols
  }

  get rows(): number {
    return this.#terminal.rows
  }

  get pendingBytes(): number {
    return this.#queue.pendingBytes
  }

  get cursor(): Cursor {
    const { cursorX, cursorY } = this.#terminal.buffer.active
    return { x: Math.min(cursorX, this.cols - 1), y: cursorY, visible: isCursorVisible(this.#terminal) }
  }

  get modes(): ScreenModes {
    return modesOf(this.#terminal, this.#keyboard.current)
  }

  get title(): string {
    return this.#title
  }

  get synchronizedOutput(): boolean {
    return this.#terminal.modes.synchronizedOutputMode
  }

  get scrollbackLength(): number {
    return this.#terminal.buffer.active.baseY
  }

  get linesScrolled(): number {
    return this.#trimmed() + this.#terminal.buffer.normal.baseY
  }

  get revision(): number {
    return this.#revision
  }

  write(data: Uint8Array | string): void {
    this.#queue.push(typeof data === 'string' ? Buffer.from(data) : data)
  }

  onDrained(listener: (pendingBytes: number) => void): () => void {
    return this.#drained.on(listener)
  }

  onChange(listener: (revision: number) => void): () => void {
    return this.#changed.on(listener)
  }

  resize(cols: number, rows: number): void {
    this.#terminal.resize(Math.max(MIN_COLS, cols), Math.max(1, rows))
    this.#change()
  }

  snapshot(): Grid {
    const grid = createGrid(this.cols, this.rows)
    copyView(this.#terminal, grid, 0)
    return grid
  }

  copyInto(grid: Grid, view: { readonly scrollOffset?: number } = {}): void {
    copyView(this.#terminal, grid, view.scrollOffset ?? 0)
  }

  text(range: LineRange = {}): readonly string[] {
    return readLines(this.#terminal, range, rowText)
  }

  ansi(range: LineRange = {}): readonly string[] {
    return readLines(this.#terminal, range, rowAnsi)
  }

  setPalette(palette: Palette): void {
    this.#palette = palette
  }

  dispose(): void {
    this.#queue.close()
    this.#terminal.dispose()
  }

  #parse(slice: Uint8Array): void {
    parseNow(this.#terminal, slice)
    this.#trimmed()
  }

  #parsed(): void {
    this.#change()
    this.#drained.emit(this.pendingBytes)
  }

  #change(): void {
    this.#revision += 1
    this.#changed.emit(this.#revision)
  }

  #retitle(title: string, options: ScreenOptions): void {
    this.#title = title
    options.onTitle?.(title)
  }
}

/** A screen that answers its program's questions itself; nothing the program prints leaves it but what is read here. */
export function createScreen(options: ScreenOptions): Screen {
  return new HeadlessScreen(options)
}
