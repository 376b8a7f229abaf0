import type { PanePlace } from '../terminal/focus-router.ts'
import type { Commander } from './commander.ts'
import { createInputRouter } from './input-router.ts'
import { handleKey, typeIntoFocus } from './keys.ts'
import { createMouseHandler } from './mouse.ts'
import type { RoomScreen } from './screen.ts'

export interface RoomInputOptions {
  readonly room: Commander
  readonly screen: RoomScreen
  /** Draws a frame after every input, even when nothing has changed: tests wait for it. */
  readonly reportsAll: boolean
}

/** What the operator does, on its way to commands, overlays and sessions. */
export interface RoomInput {
  push(chunk: Uint8Array): void
  /** Chunks handled so far. */
  readonly chunks: number
  /** When the last key up to this time was pressed; milliseconds since the epoch, 0 when none was. */
  lastKeyUntil(time: number): number
  /** Whether something was typed a moment ago. */
  isTyping(): boolean
  dispose(): void
}

/** How long after a key the operator counts as typing. */
const TYPING_MS = 150
const KEYS_REMEMBERED = 32
const NOWHERE: PanePlace = { x: 0, y: 0, cols: 1, rows: 1 }

/** Creates the input of a room. */
export function createRoomInput({ room, screen, reportsAll }: RoomInputOptions): RoomInput {
  const mouse = createMouseHandler(room)
  let typedAt = 0
  let keyTimes: readonly number[] = []
  const router = createInputRouter({
    room,
    place: () => focusedPlace(room, screen),
    onEvent(event) {
      if (event.type === 'mouse' && screen.painter.scene !== undefined) mouse.handle(event, screen.painter.scene)
      if (event.type !== 'key' && event.type !== 'paste') return
      keyTimes = [...keyTimes.slice(1 - KEYS_REMEMBERED), room.clock.now()]
      if (room.store.get().focusedId === undefined) handleKey(room, event)
      else typeIntoFocus(room, event)
    },
    onHandled() {
      if (reportsAll) screen.painter.requestFrame()
    },
  })
  return {
    push(chunk) {
      typedAt = room.clock.now()
      router.push(chunk)
    },
    isTyping: () => room.clock.now() - typedAt < TYPING_MS,
    get chunks() {
      return router.chunks
    },
    lastKeyUntil: (time) => keyTimes.findLast((at) => at <= time) ?? 0,
    dispose: () => router.dispose(),
  }
}

function focusedPlace(room: Commander, screen: RoomScreen): PanePlace {
  const { focusedId } = room.store.get()
  return (focusedId === undefined ? undefined : screen.panes.pane(focusedId)?.rect) ?? NOWHERE
}
