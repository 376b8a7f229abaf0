import { shownIn } from '../select.ts'
import type { RoomState } from '../state.ts'

/** Marks the selected session, or takes its mark away. */
export function toggleMark(state: RoomState): RoomState {
  const { selectedId } = state
  if (selectedId === undefined) return state
  const marked = new Set(state.marked)
  if (!marked.delete(selectedId)) marked.add(selectedId)
  return { ...state, marked }
}

/** Marks every shown session, or takes all marks away when every shown one has it. */
export function toggleAllMarks(state: RoomState): RoomState {
  const ids = shownIn(state).sessions.map((session) => session.id)
  const isAll = ids.length > 0 && ids.every((id) => state.marked.has(id))
  return { ...state, marked: isAll ? new Set() : new Set([...state.marked, ...ids]) }
}

/** Takes all marks away. */
export function clearMarks(state: RoomState): RoomState {
  return state.marked.size === 0 ? state : { ...state, marked: new Set() }
}
