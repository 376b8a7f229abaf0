import type { RoomState } from '../state.ts'

/** Every key goes to the selected session from now on. */
export function enterFocus(state: RoomState): RoomState {
  if (state.selectedId === undefined) return state
  return { ...state, focusedId: state.selectedId, overlay: undefined, scrollTop: undefined }
}

/** Keys go to the room again. */
export function leaveFocus(state: RoomState): RoomState {
  return state.focusedId === undefined ? state : { ...state, focusedId: undefined }
}
