import xterm from '@xterm/headless'
import { BG, COLOUR, FG } from '../../src/core/grid.ts'
import { applyWidths } from '../../src/ui/panes/widths.ts'

/** One cell as the operator sees it. Colours: `default`, `palette:n` or `#rrggbb`. */
export interface SeenCell {
  readonly text: string
  readonly fg: string
  readonly bg: string
  /** Of bold, inverse, underline, strikethrough, italic, dim. */
  readonly styles: readonly string[]
}

/** The modes a program can leave a terminal in. */
export interface SeenModes {
  readonly alternateScreen: boolean
  readonly cursorVisible: boolean
  readonly applicationCursor: boolean
  readonly applicationKeypad: boolean
  readonly bracketedPaste: boolean
  readonly sendFocus: boolean
  readonly mouse: string
  readonly wraparound: boolean
  readonly synchronized: boolean
}

/** What the operator sees. */
export interface Screen {
  readonly cols: number
  readonly rows: number
  /** All rows, right-trimmed. */
  readonly lines: readonly string[]
  readonly modes: SeenModes
  readonly title: string
  text(): string
  row(index: number): string
  /** Where this text begins, looked for from the top. */
  find(text: string): { readonly x: number; readonly y: number } | undefined
  has(text: string): boolean
  cell(x: number, y: number): SeenCell
  /** Text, colours and style of every cell, as one line of text for each row: equal means looks the same. */
  look(): readonly string[]
}

/** The operator's terminal: an emulator that can be written to and asked. */
export interface OuterTerminal {
  readonly screen: Screen
  /** Parses; `parsed` is called when the screen shows it. */
  write(data: Uint8Array | string, parsed: () => void): void
  resize(cols: number, rows: number): void
  dispose(): void
}

/** What the emulator reports besides its screen. */
export interface OuterTerminalEvents {
  /** The payload of a private sequence OSC `code`. */
  onMarker(payload: string): void
  /** Bytes the terminal sends to the program by itself. */
  onReply(bytes: string): void
}

/** The private sequence that the room writes after each frame under test. */
const MARKER_OSC = 7717

/** Opens an empty terminal. */
export function openOuterTerminal(size: { cols: number; rows: number }, events: OuterTerminalEvents): OuterTerminal {
  const terminal = new xterm.Terminal({ ...size, scrollback: 0, allowProposedApi: true, logLevel: 'off' })
  applyWidths(terminal)
  let title = ''
  let cursorVisible = true
  terminal.onTitleChange((text) => {
    title = text
  })
  terminal.onData((bytes) => events.onReply(bytes))
  terminal.parser.registerOscHandler(MARKER_OSC, (payload) => {
    events.onMarker(payload)
    return true
  })
  for (const final of ['h', 'l'] as const) {
    terminal.parser.registerCsiHandler({ prefix: '?', final }, (parameters) => {
      if (parameters.includes(25)) cursorVisible = final === 'h'
      return false
    })
  }
  const line = (row: number) => terminal.buffer.active.getLine(terminal.buffer.active.baseY + row)
  const row = (index: number): string => line(index)?.translateToString(true) ?? ''
  const lines = (): readonly string[] => Array.from({ length: terminal.rows }, (_, index) => row(index))
  const cell = (x: number, y: number): SeenCell => seenCell(line(y)?.getCell(x))
  const find: Screen['find'] = (text) => {
    const y = lines().findIndex((each) => each.includes(text))
    return y < 0 ? undefined : { x: row(y).indexOf(text), y }
  }
  const screen: Screen = {
    get cols() {
      return terminal.cols
    },
    get rows() {
      return terminal.rows
    },
    get lines() {
      return lines()
    },
    get modes() {
      const { modes } = terminal
      return {
        alternateScreen: terminal.buffer.active.type === 'alternate',
        cursorVisible,
        applicationCursor: modes.applicationCursorKeysMode,
        applicationKeypad: modes.applicationKeypadMode,
        bracketedPaste: modes.bracketedPasteMode,
        sendFocus: modes.sendFocusMode,
        mouse: modes.mouseTrackingMode,
        wraparound: modes.wraparoundMode,
        synchronized: modes.synchronizedOutputMode,
      }
    },
    get title() {
      return title
    },
    text: () => lines().join('\n'),
    row,
    find,
    has: (text) => find(text) !== undefined,
    cell,
    look: () =>
      Array.from({ length: terminal.rows }, (_, y) =>
        Array.from({ length: terminal.cols }, (_, x) => lookOf(cell(x, y))).join(''),
      ),
  }
  return {
    screen,
    write: (data, parsed) => terminal.write(data, parsed),
    resize: (cols, rows) => terminal.resize(cols, rows),
    dispose: () => terminal.dispose(),
  }
}

interface CellWords {
  readonly fg: number
  readonly bg: number
  getChars(): string
  getWidth(): number
}

const STYLES: Readonly<Record<string, readonly ['fg' | 'bg', number]>> = {
  bold: ['fg', FG.bold],
  inverse: ['fg', FG.inverse],
  underline: ['fg', FG.underline],
  strikethrough: ['fg', FG.strikethrough],
  italic: ['bg', BG.italic],
  dim: ['bg', BG.dim],
}

const BLANK: SeenCell = { text: ' ', fg: 'default', bg: 'default', styles: [] }

function seenCell(cell: unknown): SeenCell {
  if (cell === undefined) return BLANK
  const words = cell as CellWords
  return {
    text: words.getWidth() === 0 ? '' : words.getChars() || ' ',
    fg: colour(words.fg),
    bg: colour(words.bg),
    styles: Object.entries(STYLES).flatMap(([name, [word, bit]]) => ((words[word] & bit) === 0 ? [] : [name])),
  }
}

function colour(word: number): string {
  const mode = word & COLOUR.modeMask
  if (mode === 0) return 'default'
  if (mode === COLOUR.rgb) return `#${(word & COLOUR.value).toString(16).padStart(6, '0')}`
  return `palette:${word & 0xff}`
}

/** A cell in text: its style only where it has one. */
function lookOf({ text, fg, bg, styles }: SeenCell): string {
  const isPlain = fg === 'default' && bg === 'default' && styles.length === 0
  return isPlain ? text : `${text}<${fg} ${bg} ${styles.join('+')}>`
}
