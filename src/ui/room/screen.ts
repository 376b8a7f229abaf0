import type { Viewer } from '../../core/viewer.ts'
import type { Keymap } from '../keymap/keymap.ts'
import { colourDepthOf } from '../panes/colour-depth.ts'
import { type Compositor, createCompositor } from '../panes/compositor.ts'
import { createVirtualTerminal, type VirtualTerminal } from '../panes/virtual-terminal.ts'
import type { RoomStore } from '../store/room-store.ts'
import type { RoomState } from '../store/state.ts'
import { resize } from '../store/transitions/view.ts'
import { ASCII, needsAscii, UNICODE } from '../theme/glyphs.ts'
import type { Theme } from '../theme/theme.ts'
import type { Scene } from '../views/scene.ts'
import type { Chrome, MountChrome } from './chrome.tsx'
import type { Clock } from './clock.ts'
import { createPainter, type Painter } from './painter.ts'
import { createPanes, type Panes } from './panes.ts'
import { createSlots, type Slots } from './slots.ts'

export interface RoomScreenOptions {
  readonly store: RoomStore
  readonly viewer: Viewer
  readonly keymap: Keymap
  readonly theme: Theme
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly mount: MountChrome
  /** Hands bytes to the terminal; false when no more should follow until `resume`. */
  write(bytes: Uint8Array): boolean
  /** A session could not be opened in its pane. */
  onError(error: unknown): void
  onFrame(frame: number, state: RoomState): void
}

/** All that draws: chrome, panes and live texts, put together by the compositor. */
export interface RoomScreen {
  readonly painter: Painter
  readonly panes: Panes
  /** How often Ink has drawn. */
  readonly chromeFrames: number
  resize(cols: number, rows: number): void
  /** The terminal takes bytes again. */
  resume(): void
  /** The terminal shows something else: everything is drawn again. */
  repaint(): void
  dispose(): void
}

/** Creates the screen for the size that the store has. */
export function createRoomScreen(options: RoomScreenOptions): RoomScreen {
  return new ComposedScreen(options)
}

class ComposedScreen implements RoomScreen {
  readonly painter: Painter
  readonly panes: Panes
  readonly #options: RoomScreenOptions
  readonly #virtual: VirtualTerminal
  readonly #compositor: Compositor
  readonly #slots: Slots
  #chrome: Chrome | undefined
  #isReady = true

  constructor(options: RoomScreenOptions) {
    this.#options = options
    const { store, viewer, keymap, theme, env, clock, onError, onFrame } = options
    const { size } = store.get()
    const isAscii = needsAscii(env)
    const glyphs = isAscii ? ASCII : UNICODE
    const write = (bytes: Uint8Array): boolean => this.#write(bytes)
    const compositor = createCompositor({ ...size, depth: colourDepthOf(env), write })
    this.#virtual = createVirtualTerminal(size.cols, size.rows)
    this.#compositor = compositor
    compositor.setChrome(this.#virtual.screen)
    this.panes = createPanes({ viewer, compositor, onError })
    this.#slots = createSlots({ clock, theme, glyphs, compositor, onChange: () => this.painter.requestFrame() })
    this.painter = createPainter({
      clock,
      tools: { theme, glyphs, isAscii, keymap },
      compositor,
      viewer,
      panes: this.panes,
      slots: this.#slots,
      state: store.get,
      draw: (scene) => this.#draw(scene),
      isReady: () => this.#isReady,
      onFrame,
    })
  }

  get chromeFrames(): number {
    return this.#chrome?.frames ?? 0
  }

  resize(cols: number, rows: number): void {
    this.#virtual.resize(cols, rows)
    this.#compositor.resize(cols, rows)
    this.#options.store.update((state) => resize(state, { cols, rows }))
    this.painter.requestFrame()
  }

  resume(): void {
    this.#isReady = true
    this.#compositor.resume()
    this.painter.requestFrame()
  }

  repaint(): void {
    this.#compositor.invalidate()
    this.resume()
  }

  dispose(): void {
    this.painter.dispose()
    this.panes.dispose()
    this.#slots.dispose()
    this.#chrome?.dispose()
    this.#virtual.dispose()
  }

  #write(bytes: Uint8Array): boolean {
    this.#isReady = this.#options.write(bytes)
    return this.#isReady
  }

  #draw(scene: Scene): void {
    if (this.#chrome === undefined) this.#chrome = this.#options.mount(this.#virtual, this.#options.theme, scene)
    else this.#chrome.draw(scene)
  }
}
