import type { SessionId } from '../../core/ids.ts'
import { selectedIn, shownIn } from '../store/select.ts'
import type { RoomState } from '../store/state.ts'
import { select, selectBy, selectGroup } from '../store/transitions/selection.ts'
import { gridOf, gridOrder } from '../views/grid.ts'
import { placeTowards } from '../views/grid-layout.ts'
import { layoutRoom } from '../views/layout.ts'
import { attempt, type Commander } from './commander.ts'

type Direction = 'up' | 'down' | 'left' | 'right'

/** A reply counts as looked at when its session was selected this long. */
const LOOK_MS = 1000

/** Moves the selection: along the list, or across the tiles of the grid. */
export function move(room: Commander, direction: Direction): void {
  leave(room, (state, now) =>
    state.view === 'grid' ? moveInGrid(state, direction, now) : moveInList(state, direction, now),
  )
}

/** Selects the first or the last session. */
export function moveToEnd(room: Commander, end: 'first' | 'last'): void {
  leave(room, (state, now) => {
    const { sessions } = shownIn(state)
    return select(state, (end === 'first' ? sessions[0] : sessions.at(-1))?.id, now)
  })
}

/** Moves on from a session; its reply has been read if it was looked at long enough. */
function leave(room: Commander, transition: (state: RoomState, now: number) => RoomState): void {
  const before = room.store.get()
  const now = room.clock.now()
  const session = selectedIn(before)
  room.store.update((state) => transition(state, now))
  const hasLeft = room.store.get().selectedId !== before.selectedId
  if (session?.unread !== true || !hasLeft || before.view === 'grid' || now - before.selectedAt < LOOK_MS) return
  attempt(room, room.orchestrator.markRead(session.id))
}

function moveInList(state: RoomState, direction: Direction, now: number): RoomState {
  if (direction === 'up' || direction === 'down') return selectBy(state, direction === 'down' ? 1 : -1, now)
  return selectGroup(state, direction === 'right' ? 1 : -1, now)
}

function moveInGrid(state: RoomState, direction: Direction, now: number): RoomState {
  const layout = layoutRoom(state.size)
  if (layout === undefined) return selectBy(state, 1, now)
  const grid = gridOf(state, layout.body)
  const places = [...grid.tiles, ...grid.lines]
  const next = placeTowards(places, state.selectedId, direction)
  if (next !== undefined) return select(state, next, now)
  return select(
    state,
    beyondPage(
      state,
      places.map((place) => place.id),
      direction,
    ),
    now,
  )
}

/** The session before or after the ones on this page, in the order of the grid. */
function beyondPage(state: RoomState, here: readonly SessionId[], direction: Direction): SessionId | undefined {
  const ids = gridOrder(state).map((item) => item.id)
  const shown = new Set(here)
  const place = state.selectedId === undefined ? -1 : ids.indexOf(state.selectedId)
  const isForward = direction === 'down' || direction === 'right'
  const others = isForward ? ids.slice(place + 1) : ids.slice(0, Math.max(0, place)).reverse()
  return others.find((id) => !shown.has(id))
}
