import { type Cursor, createGrid, type Grid } from '../core/grid.ts'
import type { SessionId } from '../core/ids.ts'
import type { PaneView, Picture } from '../core/viewer.ts'
import { encodePicture, type Shadow } from '../wire/picture.ts'
import { encodePictureFrame, type PackedPicture } from '../wire/picture-frame.ts'
import { FRAME } from '../wire/protocol.ts'
import type { Transport } from '../wire/transport.ts'
import type { HostService } from './host-service.ts'
import type { Screen } from './terminal/screen.ts'

/** Shortest time between two looks at the focused pane: one burst of output is one frame. */
const FOCUSED_FLOOR_MS = 2
/** Shortest time between two looks at all other panes: some for each pane, within these. Nobody reads twelve panes thirty times a second. */
const OTHERS_FLOOR_MS = { each: 13, least: 33, most: 150 } as const
/** Longest time that a program may hold back its picture by synchronized output. */
const SYNCHRONIZED_CAP_MS = 150
/** A frame takes no more panes above this; the others go with the next one. */
const FRAME_BYTES = 4 * 1024 * 1024

/** What a viewer looks at screens through. */
export type ScreenSource = Pick<HostService, 'screenOf' | 'surfaceOf' | 'onScreenChange' | 'paneSize'>

/** The pictures of one connection. */
export interface PaneViewer {
  setPanes(panes: readonly PaneView[]): void
  /** The viewer drew this frame: the next one may go. */
  drawn(frame: number): void
  close(): void
}

export interface PaneViewerOptions {
  readonly source: ScreenSource
  readonly transport: Transport
  /** Milliseconds of a clock that never jumps. */
  readonly now: () => number
}

interface Pane {
  view: PaneView
  readonly shadow: Shadow
  /** Whether something may differ from what the viewer has. */
  isDirty: boolean
  /** Since when the program's synchronized output has kept this pane from being sent. */
  heldSince: number | undefined
  sent: { readonly screen: Screen; readonly surface: Picture['surface'] } | undefined
  /** The screen that was told the size of this pane. */
  sizedScreen: Screen | undefined
}

/**
 * Sends a viewer the screens it asked for, latest first and never two frames at a time: a viewer that does not draw costs
 * nothing, and nothing is computed, and no timer set, while nothing changes.
 */
class FramePacer implements PaneViewer {
  readonly #options: PaneViewerOptions
  readonly #panes = new Map<SessionId, Pane>()
  readonly #unsubscribe: () => void
  #scratch: Grid = createGrid(1, 1)
  #frame = 0
  #isAwaitingDrawn = false
  #focusedLookAt = Number.NEGATIVE_INFINITY
  #othersLookAt = Number.NEGATIVE_INFINITY
  #wake: { readonly dueAt: number; readonly cancel: () => void } | undefined

  constructor(options: PaneViewerOptions) {
    this.#options = options
    this.#unsubscribe = options.source.onScreenChange((id) => this.#markDirty(id))
  }

  setPanes(views: readonly PaneView[]): void {
    const wanted = new Map(views.map((view) => [view.id, view]))
    for (const id of this.#panes.keys()) if (!wanted.has(id)) this.#panes.delete(id)
    for (const view of wanted.values()) this.#setPane(view)
    this.#schedule()
  }

  drawn(frame: number): void {
    if (frame !== this.#frame) return
    this.#isAwaitingDrawn = false
    this.#schedule()
  }

  close(): void {
    this.#unsubscribe()
    this.#panes.clear()
    this.#cancelWake()
  }

  #setPane(view: PaneView): void {
    const screen = this.#options.source.screenOf(view.id)
    const pane = this.#panes.get(view.id) ?? newPane(view)
    this.#panes.set(view.id, pane)
    if (pane.view.scrollTop !== view.scrollTop) {
      pane.shadow.last = undefined
      pane.isDirty = true
    }
    const isSameSize = pane.view.size.cols === view.size.cols && pane.view.size.rows === view.size.rows
    pane.view = view
    if (!isSameSize) pane.sizedScreen = undefined
    this.#tellSize(pane, screen)
  }

  #tellSize(pane: Pane, screen: Screen | undefined): void {
    if (screen === undefined || pane.sizedScreen === screen) return
    pane.sizedScreen = screen
    this.#options.source.paneSize(pane.view.id, pane.view.size)
  }

  #markDirty(id: SessionId): void {
    const pane = this.#panes.get(id)
    if (pane === undefined) return
    // One that is dirty already has its turn, unless it waits for its program to complete a frame.
    if (pane.isDirty && pane.heldSince === undefined) return
    pane.isDirty = true
    this.#schedule()
  }

  #schedule(): void {
    if (this.#isAwaitingDrawn) return
    const now = this.#options.now()
    let dueAt = Number.POSITIVE_INFINITY
    for (const pane of this.#panes.values()) {
      if (pane.isDirty) dueAt = Math.min(dueAt, this.#dueAt(pane))
    }
    if (dueAt === Number.POSITIVE_INFINITY) return
    if (this.#wake !== undefined && this.#wake.dueAt <= dueAt) return
    this.#cancelWake()
    this.#wake = { dueAt, cancel: wakeIn(dueAt - now, () => this.#flush()) }
  }

  #dueAt({ view, heldSince }: Pane): number {
    const floorAt = view.isFocused ? this.#focusedLookAt + FOCUSED_FLOOR_MS : this.#othersLookAt + this.#othersFloorMs()
    const isHeld = heldSince !== undefined && this.#options.source.screenOf(view.id)?.synchronizedOutput === true
    return isHeld ? Math.max(floorAt, heldSince + SYNCHRONIZED_CAP_MS) : floorAt
  }

  #othersFloorMs(): number {
    const { each, least, most } = OTHERS_FLOOR_MS
    return Math.min(most, Math.max(least, each * this.#panes.size))
  }

  #cancelWake(): void {
    this.#wake?.cancel()
    this.#wake = undefined
  }

  #flush(): void {
    this.#wake = undefined
    const now = this.#options.now()
    const pictures = this.#draw(now)
    if (pictures.length > 0) {
      this.#frame = (this.#frame + 1) >>> 0
      this.#isAwaitingDrawn = true
      this.#options.transport.send(FRAME.pictures, encodePictureFrame({ frame: this.#frame, pictures }))
    }
    this.#schedule()
  }

  /** The pictures that are due, the focused pane's first. */
  #draw(now: number): readonly PackedPicture[] {
    const pictures: PackedPicture[] = []
    let bytes = 0
    const due = [...this.#panes.values()].filter((pane) => pane.isDirty && this.#dueAt(pane) <= now)
    for (const pane of due.sort((a, b) => Number(b.view.isFocused) - Number(a.view.isFocused))) {
      if (bytes > FRAME_BYTES) break
      const picture = this.#drawPane(pane, now)
      if (pane.isDirty) continue
      // A look that found nothing to send counts too: what redraws all the time must not be looked at all the time.
      if (pane.view.isFocused) this.#focusedLookAt = now
      else this.#othersLookAt = now
      if (picture === undefined) continue
      bytes += picture.bytes.byteLength
      pictures.push(picture)
    }
    return pictures
  }

  #drawPane(pane: Pane, now: number): PackedPicture | undefined {
    const { source } = this.#options
    const screen = source.screenOf(pane.view.id)
    if (screen === undefined) {
      pane.isDirty = false
      return undefined
    }
    if (screen.synchronizedOutput) {
      pane.heldSince ??= now
      if (now < pane.heldSince + SYNCHRONIZED_CAP_MS) return undefined
    }
    this.#tellSize(pane, screen)
    pane.heldSince = undefined
    pane.isDirty = false
    const surface = source.surfaceOf(pane.view.id)
    if (pane.sent?.screen !== screen || pane.sent.surface !== surface) pane.shadow.last = undefined
    pane.sent = { screen, surface }
    const bytes = this.#encode(pane, screen)
    return bytes && { surface, bytes }
  }

  #encode(pane: Pane, screen: Screen): Uint8Array | undefined {
    if (this.#scratch.cols !== screen.cols || this.#scratch.rows !== screen.rows) {
      this.#scratch = createGrid(screen.cols, screen.rows)
    }
    const offset = scrollOffsetOf(pane.view, screen)
    screen.copyInto(this.#scratch, { scrollOffset: offset })
    return encodePicture(pane.shadow, this.#scratch, {
      sessionId: pane.view.id,
      cursor: scrolledCursor(screen, offset),
      modes: screen.modes,
      scroll: { offset, length: screen.scrollbackLength, liveTop: screen.linesScrolled },
      revision: screen.revision,
    })
  }
}

function newPane(view: PaneView): Pane {
  return {
    view,
    shadow: {},
    isDirty: true,
    heldSince: undefined,
    sent: undefined,
    sizedScreen: undefined,
  }
}

/** Lines above the live screen: what the viewer scrolled to moves up as lines come in below. */
function scrollOffsetOf({ scrollTop }: PaneView, screen: Screen): number {
  if (scrollTop === undefined) return 0
  return Math.max(0, Math.min(screen.linesScrolled - scrollTop, screen.scrollbackLength))
}

/** The cursor scrolls with the text and is gone below the last row. */
function scrolledCursor({ cursor, rows }: Screen, offset: number): Cursor {
  const y = cursor.y + offset
  return { x: cursor.x, y: Math.min(y, rows - 1), visible: cursor.visible && y < rows }
}

/** Calls back after this turn of the loop, or in `delayMs`. */
function wakeIn(delayMs: number, callback: () => void): () => void {
  if (delayMs <= 0) {
    const immediate = setImmediate(callback)
    return () => clearImmediate(immediate)
  }
  const timer = setTimeout(callback, Math.ceil(delayMs))
  return () => clearTimeout(timer)
}

/** The pictures of one connection, until it closes. */
export function createPaneViewer(options: PaneViewerOptions): PaneViewer {
  return new FramePacer(options)
}
