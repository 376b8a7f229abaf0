import type { View } from '../../../core/commands/command.ts'
import type { Size } from '../../../core/session.ts'
import type { Overlay } from '../../overlays/overlay.ts'
import type { RoomState, Toast } from '../state.ts'
import { settle } from './facts.ts'

/** Shows the sessions in another view. */
export function changeView(state: RoomState, view: View): RoomState {
  return view === state.view ? state : { ...state, view, scrollOffset: 0 }
}

/** The operator's terminal has another size. */
export function resize(state: RoomState, size: Size): RoomState {
  const isSame = size.cols === state.size.cols && size.rows === state.size.rows
  return isSame ? state : { ...state, size }
}

/** Shows only sessions that match. */
export function changeFilter(state: RoomState, filter: string, now: number): RoomState {
  return filter === state.filter ? state : settle({ ...state, filter }, state, now)
}

/** Scrolls the selected session by so many lines up (negative: down), at most `limit` lines above the live screen. */
export function scrollBy(state: RoomState, lines: number, limit: number): RoomState {
  const scrollOffset = Math.min(Math.max(0, limit), Math.max(0, state.scrollOffset + lines))
  return scrollOffset === state.scrollOffset ? state : { ...state, scrollOffset }
}

/** Opens, changes or (undefined) closes the overlay. */
export function setOverlay(state: RoomState, overlay: Overlay | undefined): RoomState {
  return overlay === state.overlay ? state : { ...state, overlay }
}

/** Says something on the bottom line, or (undefined) takes it away. */
export function setToast(state: RoomState, toast: Toast | undefined): RoomState {
  return toast === state.toast ? state : { ...state, toast }
}
