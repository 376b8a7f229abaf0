import { PLAIN_MODES, type ScreenModes } from '../../core/grid.ts'
import { leaveFocus } from '../store/transitions/focus.ts'
import {
  createFocusRouter,
  DEFAULT_DETACH_CHORD,
  type FocusRouter,
  type PanePlace,
  type Routed,
} from '../terminal/focus-router.ts'
import {
  createInputParser,
  ESCAPE_DELAY_MS,
  type InputEvent,
  type InputParser,
  SEQUENCE_DELAY_MS,
} from '../terminal/input.ts'
import type { Commander } from './commander.ts'

export interface InputRouterOptions {
  readonly room: Commander
  /** Where the focused pane is on the screen. */
  place(): PanePlace
  /** What is meant for the room. */
  onEvent(event: InputEvent): void
  /** A chunk has been handled to its end. */
  onHandled(): void
}

/** Sends what the operator types to the room or, while a session is focused, to that session. */
export interface InputRouter {
  push(chunk: Uint8Array): void
  /** Chunks handled to their end so far: one that ends with Escape only when nothing more belongs to it. */
  readonly chunks: number
  dispose(): void
}

const ESCAPE = 0x1b

/** Creates the router. Focus ends between any two keys of one chunk; it begins with the chunk after its key. */
export function createInputRouter(options: InputRouterOptions): InputRouter {
  return new KeyRouter(options)
}

class KeyRouter implements InputRouter {
  readonly #options: InputRouterOptions
  readonly #parser: InputParser
  #focus: FocusRouter | undefined
  #cancelSettle: (() => void) | undefined
  #cancelCount: (() => void) | undefined
  #chunks = 0

  constructor(options: InputRouterOptions) {
    this.#options = options
    const { onEvent, room } = options
    this.#parser = createInputParser({
      onEvent,
      schedule: (callback, delayMs) => room.clock.schedule(callback, delayMs),
    })
  }

  get chunks(): number {
    return this.#chunks
  }

  push(chunk: Uint8Array): void {
    this.#cancelSettle?.()
    this.#cancelSettle = undefined
    if (this.#cancelCount !== undefined) {
      this.#cancelCount()
      this.#cancelCount = undefined
      this.#chunks += 1
    }
    if (this.#focusedId === undefined) {
      this.#focus = undefined
      this.#parser.push(chunk)
    } else this.#use(this.#router().route(chunk))
    this.#count(chunk)
  }

  dispose(): void {
    this.#cancelSettle?.()
    this.#cancelCount?.()
    this.#parser.dispose()
  }

  get #focusedId() {
    return this.#options.room.store.get().focusedId
  }

  #router(): FocusRouter {
    const [chord = DEFAULT_DETACH_CHORD] = this.#options.room.keymap.keysOf('focus.leave')
    const pane = () => this.#options.place()
    this.#focus ??= createFocusRouter({ chord, modes: () => this.#modes(), pane })
    return this.#focus
  }

  #modes(): ScreenModes {
    const id = this.#focusedId
    return (id === undefined ? undefined : this.#options.room.viewer.picture(id)?.modes) ?? PLAIN_MODES
  }

  #use(routed: Routed): void {
    const { room } = this.#options
    const id = this.#focusedId
    if (id !== undefined) for (const bytes of routed.forward) room.viewer.type(id, bytes)
    if (routed.leave) {
      this.#focus = undefined
      room.store.update(leaveFocus)
      if (routed.rest.length > 0) this.#parser.push(routed.rest)
      return
    }
    if (routed.waiting === 'none') return
    const delayMs = routed.waiting === 'short' ? ESCAPE_DELAY_MS : SEQUENCE_DELAY_MS
    this.#cancelSettle = room.clock.schedule(() => this.#use(this.#router().settle()), delayMs)
  }

  /** The clock calls back in order: what the parser or the focus router wait for is settled by then. */
  #count(chunk: Uint8Array): void {
    const counted = (): void => {
      this.#cancelCount = undefined
      this.#chunks += 1
      this.#options.onHandled()
    }
    if (chunk.at(-1) === ESCAPE) this.#cancelCount = this.#options.room.clock.schedule(counted, ESCAPE_DELAY_MS + 1)
    else counted()
  }
}
