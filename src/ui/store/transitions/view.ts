import type { View } from '../../../core/commands/command.ts'
import type { Size } from '../../../core/session.ts'
import type { Picture } from '../../../core/viewer.ts'
import type { Overlay } from '../../overlays/overlay.ts'
import type { RoomState, Toast } from '../state.ts'
import { settle } from './facts.ts'

/** Shows the sessions in another view. */
export function changeView(state: RoomState, view: View): RoomState {
  return view === state.view ? state : { ...state, view, scrollTop: undefined }
}

/** The operator's terminal has another size. */
export function resize(state: RoomState, size: Size): RoomState {
  const isSame = size.cols === state.size.cols && size.rows === state.size.rows
  return isSame ? state : { ...state, size }
}

/** Shows only sessions that match. */
export function changeFilter(state: RoomState, filter: string, now: number): RoomState {
  if (filter === state.filter) return state
  // Whoever filters looks for somebody: what was found stays selected when the others are back.
  return settle({ ...state, filter, isUntouched: false }, state, now)
}

/** What there is to scroll through: how many lines above the live screen, and the line at the top of that. */
export type Scrollable = Pick<Picture, 'liveTop' | 'scrollLength'>

/** Puts sessions that say nothing new away in one line, or brings them back. */
export function toggleQuiet(state: RoomState, now: number): RoomState {
  return settle({ ...state, isQuietHidden: !state.isQuietHidden }, state, now)
}

/** Scrolls the selected session by so many lines up (negative: down); at the bottom it is live again. */
export function scrollBy(state: RoomState, lines: number, { liveTop, scrollLength }: Scrollable): RoomState {
  const wanted = Math.max(liveTop - scrollLength, (state.scrollTop ?? liveTop) - lines)
  return scrollTo(state, wanted < liveTop ? wanted : undefined)
}

/** Puts this line at the top, or (undefined) goes back to what is live. */
export function scrollTo(state: RoomState, scrollTop: number | undefined): RoomState {
  return scrollTop === state.scrollTop ? state : { ...state, scrollTop }
}

/** Opens, changes or (undefined) closes the overlay. */
export function setOverlay(state: RoomState, overlay: Overlay | undefined): RoomState {
  return overlay === state.overlay ? state : { ...state, overlay }
}

/** Says something on the bottom line, or (undefined) takes it away. */
export function setToast(state: RoomState, toast: Toast | undefined): RoomState {
  return toast === state.toast ? state : { ...state, toast }
}
