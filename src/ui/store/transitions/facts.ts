import type { Fleet } from '../../../core/fleet.ts'
import type { SessionId } from '../../../core/ids.ts'
import { isLive } from '../../../core/session.ts'
import { backendChoices, withBackends } from '../../overlays/spawn-choices.ts'
import { nameOf, selectedIn, shownIn } from '../select.ts'
import type { Connection, RoomState } from '../state.ts'
import { leaveFocus } from './focus.ts'

/** The fleet is now this: selection, marks, focus and the shown question follow it. */
export function applyFleet(state: RoomState, fleet: Fleet, now: number): RoomState {
  if (fleet === state.fleet) return state
  const isAsking = state.overlay?.kind === 'spawn' && fleet.backends !== state.fleet.backends
  const overlay = isAsking ? withBackends(state.overlay, backendChoices(fleet.backends)) : state.overlay
  return settle({ ...state, fleet, overlay }, state, now)
}

/** Facts arrive again, or no longer. While they do not, what live sessions do is unknown. */
export function changeConnection(state: RoomState, connection: Connection, now: number): RoomState {
  if (connection.status === state.connection.status) return state
  return settle({ ...state, connection }, state, now)
}

/** Makes a state whole again after the sessions it shows have changed; `before` tells where the selection was. */
export function settle(state: RoomState, before: RoomState, now: number): RoomState {
  const { sessions, all } = shownIn(state)
  const known = new Set(all.map((session) => session.id))
  const marked = [...state.marked].every((id) => known.has(id))
    ? state.marked
    : new Set([...state.marked].filter((id) => known.has(id)))
  const selectedId = selectionAmong(
    sessions.map((session) => session.id),
    state,
    before,
  )
  const moved =
    selectedId === state.selectedId ? state : { ...state, selectedId, selectedAt: now, scrollTop: undefined }
  const next = marked === moved.marked ? moved : { ...moved, marked }
  return noteNeed(endFocus(next, now), now)
}

/** Remembers when the question of the selected session came onto the screen. */
export function noteNeed(state: RoomState, now: number): RoomState {
  const id = selectedIn(state)?.need?.id
  if (id === state.shownNeed?.id) return state
  return { ...state, shownNeed: id === undefined ? undefined : { id, at: now } }
}

function selectionAmong(ids: readonly SessionId[], state: RoomState, before: RoomState): SessionId | undefined {
  if (state.isUntouched && state.focusedId === undefined) return ids[0]
  const isShown = ids.some((id) => id === state.selectedId)
  return isShown ? state.selectedId : neighbour(before, ids)
}

function neighbour(before: RoomState, ids: readonly RoomState['selectedId'][]): RoomState['selectedId'] {
  const order = shownIn(before).sessions.map((session) => session.id)
  const place = before.selectedId === undefined ? -1 : order.indexOf(before.selectedId)
  if (place < 0) return ids[0]
  const left = new Set(ids)
  const after = order.slice(place + 1).find((id) => left.has(id))
  return after ?? order.slice(0, place).findLast((id) => left.has(id)) ?? ids[0]
}

function endFocus(state: RoomState, now: number): RoomState {
  if (state.focusedId === undefined) return state
  const session = state.fleet.sessions[state.focusedId]
  if (session !== undefined && isLive(session)) return state
  const text = `${nameOf(state.fleet, state.focusedId)} ended: keys go to the room again`
  return { ...leaveFocus(state), toast: { kind: 'text', tone: 'warning', text, at: now } }
}
