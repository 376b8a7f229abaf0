import type { SessionId } from '../../../core/ids.ts'
import { groupOf } from '../../../core/triage.ts'
import { shownIn } from '../select.ts'
import type { RoomState } from '../state.ts'
import { noteNeed } from './facts.ts'

/** Selects a session as the operator asked for; one that is not shown is not selected. Its question does not come as a surprise. */
export function select(state: RoomState, id: SessionId | undefined, now: number): RoomState {
  const next = goTo(touch(state), id, now)
  return next === state ? state : noteNeed(next, 0)
}

/** The operator has done something: from here on the selection is theirs. */
export function touch(state: RoomState): RoomState {
  return state.isUntouched ? { ...state, isUntouched: false } : state
}

function goTo(state: RoomState, id: SessionId | undefined, now: number): RoomState {
  if (id === undefined || id === state.selectedId) return state
  if (!shownIn(state).sessions.some((session) => session.id === id)) return state
  return { ...state, selectedId: id, selectedAt: now, scrollTop: undefined }
}

/** Selects the session so many places further in the order of attention; stops at both ends. */
export function selectBy(state: RoomState, steps: number, now: number): RoomState {
  const ids = shownIn(state).sessions.map((session) => session.id)
  const place = state.selectedId === undefined ? -1 : ids.indexOf(state.selectedId)
  const next = Math.min(ids.length - 1, Math.max(0, place + steps))
  return select(state, ids[next], now)
}

/** Selects the first session of the next group, or of the previous one. */
export function selectGroup(state: RoomState, direction: 1 | -1, now: number): RoomState {
  const { sessions } = shownIn(state)
  const current = sessions.find((session) => session.id === state.selectedId)
  if (current === undefined) return select(state, sessions[0]?.id, now)
  const groups = [...new Set(sessions.map(groupOf))]
  const place = groups.indexOf(groupOf(current))
  const group = groups[Math.min(groups.length - 1, Math.max(0, place + direction))]
  return select(state, sessions.find((session) => groupOf(session) === group)?.id, now)
}

/** Selects the next session that wants the operator, or the previous one; goes round at the ends. */
export function selectNeed(state: RoomState, direction: 1 | -1, now: number): RoomState {
  const { needy } = shownIn(state)
  if (needy.length === 0) return state
  const place = needy.findIndex((session) => session.id === state.selectedId)
  const next = place < 0 ? (direction === 1 ? 0 : needy.length - 1) : (place + direction + needy.length) % needy.length
  return select(state, needy[next]?.id, now)
}

/** After an answer: on to the next session that wants the operator, if the answered one is still selected. */
export function advanceFrom(state: RoomState, answered: SessionId, now: number): RoomState {
  if (state.selectedId !== answered || state.focusedId !== undefined) return state
  const next = shownIn(state).needy.find((session) => session.id !== answered)
  return noteNeed(goTo(state, next?.id, now), now)
}
