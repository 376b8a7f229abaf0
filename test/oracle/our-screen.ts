import type { Grid } from '../../src/core/grid.ts'
import { createScreen, type Screen } from '../../src/host/terminal/screen.ts'
import { createChromeScreen } from '../../src/ui/panes/chrome-screen.ts'
import { type Compositor, createCompositor } from '../../src/ui/panes/compositor.ts'
import { paneColour } from '../../src/ui/panes/key-colour.ts'
import { applyPicture, encodePicture, type Picture, type Shadow } from '../../src/wire/picture.ts'
import { createOuterTerminal } from '../unit/panes/outer-terminal.ts'
import { gridRow, gridRows, isSameLook, type Look, type Rows } from './look.ts'
import { suspectRows, terminalGrid } from './terminal-rows.ts'

const ID = '01JD0000000000000000000000'
const PANE = 0

/** As many bytes as a screen parses at once, however slow the machine is. */
const PIECE_BYTES = 8192

/** The size of a terminal, in cells. */
export interface TerminalSize {
  readonly cols: number
  readonly rows: number
}

/**
 * A program's output on the way that it takes through the product: host screen → packed spans → picture of the viewer →
 * compositor → the operator's terminal. One pane fills the whole of that terminal.
 */
export interface OurScreen extends Disposable {
  write(bytes: Uint8Array): void
  resize(size: TerminalSize): void
  /** Sends the next picture and draws it; what the operator's terminal shows then. */
  shown(): Rows
  /** The same, and where it is not what the host's screen holds. */
  wrongCells(): readonly Difference[]
  readonly host: Screen
}

/** An empty screen of this size. Throws what the emulator threw, if it does. */
export function createOurScreen(size: TerminalSize): OurScreen {
  return new WholeWay(size)
}

class WholeWay implements OurScreen {
  readonly host: Screen
  readonly #shadow: Shadow = {}
  readonly #pictures = new Map<string, Picture>()
  readonly #chrome: ReturnType<typeof createChromeScreen>
  readonly #outer: ReturnType<typeof createOuterTerminal>
  readonly #compositor: Compositor
  #failure: unknown

  constructor({ cols, rows }: TerminalSize) {
    this.host = createScreen({ cols, rows, reply: () => undefined, onError: (error) => this.#fail(error) })
    this.#chrome = createChromeScreen(cols, rows)
    this.#outer = createOuterTerminal(cols, rows)
    this.#compositor = createCompositor({ cols, rows, depth: 'truecolor', write: (bytes) => this.#outer.write(bytes) })
    this.#compositor.setChrome(this.#chrome)
    this.#layOut({ cols, rows })
  }

  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) this.host.write(bytes.subarray(at, at + PIECE_BYTES))
    if (this.#failure !== undefined) throw this.#failure
  }

  resize({ cols, rows }: TerminalSize): void {
    this.host.resize(cols, rows)
    this.#outer.terminal.resize(cols, rows)
    this.#chrome.resize(cols, rows)
    this.#compositor.resize(cols, rows)
    this.#layOut({ cols, rows })
  }

  shown(): Rows {
    return gridRows(this.#draw())
  }

  wrongCells(): readonly Difference[] {
    const [shown, held] = [this.#draw(), this.host.snapshot()]
    return suspectRows(held, shown).flatMap((y) => differencesInRow(y, gridRow(held, y), gridRow(shown, y)))
  }

  [Symbol.dispose](): void {
    this.host.dispose()
    this.#chrome.dispose()
    this.#outer.terminal.dispose()
  }

  #draw(): Grid {
    this.#send()
    this.#compositor.frame()
    return terminalGrid(this.#outer.terminal)
  }

  #fail(error: unknown): void {
    this.#failure ??= error
  }

  #send(): void {
    const { host } = this
    const bytes = encodePicture(this.#shadow, host.snapshot(), {
      sessionId: ID,
      cursor: host.cursor,
      modes: host.modes,
      scroll: { offset: 0, length: host.scrollbackLength, liveTop: host.linesScrolled },
      revision: host.revision,
    })
    if (bytes === undefined) return
    applyPicture(bytes, this.#pictures)
    const picture = this.#pictures.get(ID)
    if (picture !== undefined) this.#compositor.setPane(PANE, { grid: picture.grid, top: 0, left: 0 })
  }

  #layOut({ cols, rows }: TerminalSize): void {
    const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(paneColour(PANE).slice(at, at + 2), 16))
    const row = (y: number) => `\x1b[${y + 1};1H\x1b[48;2;${red};${green};${blue}m${' '.repeat(cols)}`
    this.#chrome.write(`\x1b[0m\x1b[2J${Array.from({ length: rows }, (_, y) => row(y)).join('')}\x1b[0m`)
  }
}

/** Places where two screens differ, as text to read. */
export interface Difference {
  readonly x: number
  readonly y: number
  readonly ours: Look
  readonly theirs: Look
  /** The rows that it is in. */
  readonly row: { readonly ours: readonly Look[]; readonly theirs: readonly Look[] }
}

/** Every cell in which two screens of one size differ. */
export function differencesBetween(ours: Rows, theirs: Rows): readonly Difference[] {
  return ours.flatMap((row, y) => differencesInRow(y, row, theirs[y] ?? []))
}

function differencesInRow(y: number, row: readonly Look[], other: readonly Look[]): readonly Difference[] {
  return row.flatMap((look, x) => {
    const theirs = other[x] ?? ' '
    return isSameLook(look, theirs) ? [] : [{ x, y, ours: look, theirs, row: { ours: row, theirs: other } }]
  })
}
