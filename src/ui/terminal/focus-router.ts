import type { ScreenModes } from '../../core/grid.ts'
import { decodeKey, keyName } from './key.ts'
import { type MouseReport, mouseEvent, mouseReport, sgrBytes, x10Bytes } from './mouse.ts'
import { focusReport, isReply } from './replies.ts'
import { InputTokenizer, type Token } from './tokenizer.ts'

/** What to do with a chunk of input while the operator types into an agent. */
export interface Routed {
  /** Bytes for the agent, in order; empty or one piece. */
  readonly forward: readonly Uint8Array[]
  /** The operator asked to leave. */
  readonly leave: boolean
  /** What followed the chord; it belongs to the chrome's parser. */
  readonly rest: Uint8Array
  /** Something incomplete is held: call `settle` when nothing more comes for `ESCAPE_DELAY_MS` or `SEQUENCE_DELAY_MS`. */
  readonly waiting: 'none' | 'short' | 'long'
}

/** The pane that is typed into, in cells of the screen. */
export interface PanePlace {
  readonly x: number
  readonly y: number
  readonly cols: number
  readonly rows: number
}

/** `chord` is in the notation of `keyName`; the functions are asked anew for each report. */
export interface FocusRouterOptions {
  readonly chord: string
  modes(): ScreenModes
  pane(): PanePlace
}

/** Decides which bytes go to the agent, and when the operator leaves. It forwards every key byte for byte. */
export interface FocusRouter {
  route(chunk: Uint8Array): Routed
  /** No more input came in time: what is held is complete as it stands. */
  settle(): Routed
}

/** The chord that leaves an agent unless the operator chose another. */
export const DEFAULT_DETACH_CHORD = 'ctrl+]'

const ESCAPE = Uint8Array.of(0x1b)

/** Creates a router that has seen nothing yet. */
export function createFocusRouter(options: FocusRouterOptions): FocusRouter {
  return new TokenRouter(options)
}

class TokenRouter implements FocusRouter {
  readonly #options: FocusRouterOptions
  readonly #tokenizer = new InputTokenizer((token) => this.#read(token))
  #forward: Uint8Array[] = []
  #rest: Uint8Array[] = []
  #hasLeft = false
  /** Whether the paste in progress goes to an agent that asked for the markers. */
  #keepsMarkers = false
  /** Whether a button went down inside the pane and is not up yet. */
  #isHeld = false

  constructor(options: FocusRouterOptions) {
    this.#options = options
  }

  route(chunk: Uint8Array): Routed {
    this.#tokenizer.push(chunk)
    return this.#take()
  }

  settle(): Routed {
    this.#tokenizer.settle()
    return this.#take()
  }

  #take(): Routed {
    const leave = this.#hasLeft
    if (leave) this.#rest.push(this.#tokenizer.release())
    const bytes = joined(this.#forward)
    const rest = joined(this.#rest)
    this.#forward = []
    this.#rest = []
    this.#hasLeft = false
    return { forward: bytes.length === 0 ? [] : [bytes], leave, rest, waiting: this.#tokenizer.waiting }
  }

  #read(token: Token): void {
    const isPaste = token.kind === 'paste-start' || token.kind === 'paste-part' || token.kind === 'paste-end'
    if (this.#hasLeft) this.#rest.push(token.bytes)
    else if (isPaste) this.#readPaste(token)
    else this.#readToken(token)
  }

  #readPaste(token: Token): void {
    if (token.kind === 'paste-start') this.#keepsMarkers = this.#options.modes().bracketedPaste
    if (token.kind === 'paste-part' || this.#keepsMarkers) this.#forward.push(token.bytes)
  }

  #readToken(token: Token): void {
    const report = mouseReport(token)
    if (report !== undefined) {
      this.#readMouse(report)
      return
    }
    if (focusReport(token) !== undefined) {
      if (this.#options.modes().sendFocus) this.#forward.push(token.bytes)
      return
    }
    if (isReply(token)) return
    const { chord } = this.#options
    this.#hasLeft = isChord(token, chord)
    if (!this.#hasLeft) this.#forward.push(token.bytes)
    // Escape and the chord in one chunk look like Alt and the chord: the Escape still belongs to the agent.
    else if (token.kind === 'alt' && !chord.includes('alt+')) this.#forward.push(ESCAPE)
  }

  #readMouse(report: MouseReport): void {
    const { mouse, mouseSgr } = this.#options.modes()
    const place = this.#options.pane()
    const { action } = mouseEvent(report)
    const isInside = contains(place, report)
    if (action === 'press') this.#isHeld = isInside
    // A button that went down in the pane must come up for the agent, wherever the mouse is by then.
    const isCaptured = this.#isHeld && (action === 'drag' || action === 'release')
    if (action === 'release') this.#isHeld = false
    if (!isWanted(mouse, report) || !(isInside || isCaptured)) return
    const local = shifted(report, place)
    const bytes = mouseSgr ? sgrBytes(local) : x10Bytes(local)
    if (bytes !== undefined) this.#forward.push(bytes)
  }
}

function isChord(token: Token, chord: string): boolean {
  const key = decodeKey(token)
  if (key === undefined || key === 'ignored') return false
  if (keyName(key) === chord) return true
  if (key.base !== undefined && keyName({ ...key, name: key.base }) === chord) return true
  return token.kind === 'alt' && keyName({ ...key, alt: false }) === chord
}

/** Whether an agent that set this mode would have got the report from a terminal of its own. */
function isWanted(mode: ScreenModes['mouse'], report: MouseReport): boolean {
  const { action } = mouseEvent(report)
  if (mode === 'none') return false
  if (mode === 'x10') return action === 'press'
  if (mode === 'vt200') return action !== 'drag' && action !== 'move'
  return mode === 'any' || action !== 'move'
}

function contains({ x, y, cols, rows }: PanePlace, at: MouseReport): boolean {
  return at.x >= x && at.x < x + cols && at.y >= y && at.y < y + rows
}

function shifted(report: MouseReport, { x, y, cols, rows }: PanePlace): MouseReport {
  const column = Math.min(Math.max(report.x - x, 0), cols - 1)
  const row = Math.min(Math.max(report.y - y, 0), rows - 1)
  return { ...report, x: column, y: row }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
