import type { SessionId } from '../../core/ids.ts'
import type { Viewer } from '../../core/viewer.ts'
import type { Compositor } from '../panes/compositor.ts'
import type { RoomState } from '../store/state.ts'
import { sceneOf } from '../views/room-scene.ts'
import type { Scene, SceneTools } from '../views/scene.ts'
import { share } from '../views/share.ts'
import type { Clock } from './clock.ts'
import { createNumbers } from './numbers.ts'
import type { Panes } from './panes.ts'
import type { Slots } from './slots.ts'

/** How long the chrome may lag behind while the operator types into a session. */
const TYPING_MS = 150

export interface PainterOptions {
  readonly clock: Clock
  readonly tools: Omit<SceneTools, 'slotOf' | 'paneOf'>
  readonly compositor: Compositor
  readonly viewer: Viewer
  readonly panes: Panes
  readonly slots: Slots
  state(): RoomState
  /** Draws the chrome before it returns. */
  draw(scene: Scene): void
  /** Whether the terminal takes bytes: pictures are acknowledged only when they really went out. */
  isReady(): boolean
  /** Called after each frame, with the state that it shows. */
  onFrame(frame: number, state: RoomState): void
}

/** Draws the room: chrome when something semantic has changed, panes and live texts whenever they have. */
export interface Painter {
  /** The state has changed. `isTyping`: keys go to a session right now. */
  stateChanged(isTyping: boolean): void
  picturesChanged(ids: ReadonlySet<SessionId>): void
  /** A frame is due. */
  requestFrame(): void
  /** The scene on the screen. */
  readonly scene: Scene | undefined
  readonly frames: number
  dispose(): void
}

/** Creates the painter; the first frame comes with the first state change. */
export function createPainter(options: PainterOptions): Painter {
  return new RoomPainter(options)
}

class RoomPainter implements Painter {
  readonly #options: PainterOptions
  readonly #tools: SceneTools
  #scene: Scene | undefined
  #drawn: RoomState | undefined
  #isDue = false
  #isOver = false
  #hasNews = false
  #cancelDeferred: (() => void) | undefined
  #frames = 0

  constructor(options: PainterOptions) {
    this.#options = options
    this.#tools = { ...options.tools, slotOf: createNumbers().of, paneOf: createNumbers().of }
  }

  get scene(): Scene | undefined {
    return this.#scene
  }

  get frames(): number {
    return this.#frames
  }

  stateChanged(isTyping: boolean): void {
    if (isTyping) this.#cancelDeferred ??= this.#options.clock.schedule(() => this.#endDeferral(), TYPING_MS)
    else this.#cancelDeferred?.()
    if (!isTyping) this.#cancelDeferred = undefined
    this.requestFrame()
  }

  picturesChanged(ids: ReadonlySet<SessionId>): void {
    this.#hasNews = true
    this.#options.panes.paint(ids)
    this.requestFrame()
  }

  requestFrame(): void {
    if (this.#isDue || this.#isOver) return
    this.#isDue = true
    this.#options.clock.soon(() => this.#paint())
  }

  dispose(): void {
    this.#isOver = true
    this.#cancelDeferred?.()
  }

  #endDeferral(): void {
    this.#cancelDeferred = undefined
    this.requestFrame()
  }

  #paint(): void {
    const { compositor, viewer, isReady, onFrame } = this.#options
    this.#isDue = false
    if (this.#isOver) return
    if (this.#cancelDeferred === undefined) this.#drawChrome()
    compositor.frame()
    if (this.#hasNews && isReady()) {
      this.#hasNews = false
      viewer.drawn()
    }
    this.#frames += 1
    if (this.#drawn !== undefined) onFrame(this.#frames, this.#drawn)
  }

  /** Draws what is different in the scene of the state as it is now; nothing when nothing is. */
  #drawChrome(): void {
    const { slots, panes, draw } = this.#options
    const state = this.#options.state()
    if (state === this.#drawn) return
    this.#drawn = state
    const next = share(this.#scene, sceneOf(state, this.#tools))
    if (next !== this.#scene) {
      draw(next)
      slots.show(next.slots)
    }
    this.#scene = next
    panes.show(next, state)
  }
}
