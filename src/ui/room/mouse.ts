import { disabledReason } from '../../core/commands.ts'
import type { SessionId } from '../../core/ids.ts'
import type { Overlay } from '../overlays/overlay.ts'
import { contextOf } from '../store/select.ts'
import { select } from '../store/transitions/selection.ts'
import type { MouseEvent } from '../terminal/mouse.ts'
import { isInside } from '../views/layout.ts'
import type { Hit, HitAction, Scene } from '../views/scene.ts'
import { type Commander, say } from './commander.ts'
import { runCommand, scrollLines } from './handlers.ts'
import { feedOverlay } from './keys.ts'

const DOUBLE_CLICK_MS = 400
const WHEEL_LINES = 3

/** Turns what the mouse does into commands. */
export interface MouseHandler {
  handle(event: MouseEvent, scene: Scene): void
}

/** What is at a cell of the scene; later parts lie over earlier ones. */
export function hitAt(hits: readonly Hit[], x: number, y: number): HitAction | undefined {
  return hits.findLast((hit) => isInside(hit.rect, x, y))?.action
}

/** Creates a handler that has seen no click. */
export function createMouseHandler(room: Commander): MouseHandler {
  let last: { readonly id: SessionId; readonly at: number } | undefined

  function click(action: HitAction): void {
    if (action.kind === 'command') {
      runIfEnabled(room, action.id)
      return
    }
    const at = room.clock.now()
    const isDouble = last?.id === action.id && at - last.at < DOUBLE_CLICK_MS
    last = { id: action.id, at }
    room.store.update((state) => select(state, action.id, at))
    if (isDouble) runIfEnabled(room, 'session.focus')
  }

  function wheel(event: MouseEvent, action: HitAction | undefined): void {
    if (action?.kind !== 'select') return
    room.store.update((state) => select(state, action.id, room.clock.now()))
    if (event.button === 'wheelup') scrollLines(room, WHEEL_LINES)
    if (event.button === 'wheeldown') scrollLines(room, -WHEEL_LINES)
  }

  return {
    handle(event, scene) {
      const { overlay, focusedId } = room.store.get()
      if (focusedId !== undefined) return
      if (overlay !== undefined) {
        if (event.action === 'wheel' && READ.has(overlay.kind)) scrollOverlay(room, event)
        return
      }
      const action = hitAt(scene.hits, event.x, event.y)
      if (event.action === 'wheel') return wheel(event, action)
      if (event.action === 'press' && event.button === 'left' && action !== undefined) click(action)
    },
  }
}

/** Overlays that are read: the wheel scrolls them as the arrows do. */
const READ: ReadonlySet<Overlay['kind']> = new Set<Overlay['kind']>(['help', 'reader', 'events'])

function scrollOverlay(room: Commander, { button }: MouseEvent): void {
  const name = button === 'wheelup' ? 'up' : 'down'
  for (let line = 0; line < WHEEL_LINES; line += 1) feedOverlay(room, { kind: 'key', key: { name } })
}

function runIfEnabled(room: Commander, id: Parameters<typeof disabledReason>[0]): void {
  const reason = disabledReason(id, contextOf(room.store.get()))
  if (reason === undefined) runCommand(room, id, '')
  else say(room, 'info', reason)
}
