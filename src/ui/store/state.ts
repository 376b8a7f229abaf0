import type { View } from '../../core/commands/command.ts'
import { EMPTY_FLEET, type Fleet } from '../../core/fleet.ts'
import type { MessageId, NeedId, SessionId } from '../../core/ids.ts'
import type { Size } from '../../core/session.ts'
import type { Overlay } from '../overlays/overlay.ts'

/** Whether facts and pictures arrive. */
export type Connection = { readonly status: 'live' } | { readonly status: 'lost'; readonly since: number }

/** A word to the operator on the bottom line. */
export type Toast =
  | { readonly kind: 'text'; readonly tone: 'info' | 'warning' | 'error'; readonly text: string; readonly at: number }
  /** Follows the receipts of what was just sent. */
  | { readonly kind: 'receipts'; readonly ids: readonly MessageId[]; readonly at: number }

/** The question on the screen, and since when: answers to one that has only just appeared are held back. */
export interface ShownNeed {
  readonly id: NeedId
  readonly at: number
}

/** Everything the room shows, as one plain object. Times are milliseconds since the epoch. */
export interface RoomState {
  readonly fleet: Fleet
  readonly connection: Connection
  readonly view: View
  readonly selectedId: SessionId | undefined
  /** Until the operator does anything, the session that wants attention most is the selected one. */
  readonly isUntouched: boolean
  /** When the operator came to the selected session. */
  readonly selectedAt: number
  readonly marked: ReadonlySet<SessionId>
  readonly filter: string
  /** Whether sessions that say nothing new are put away in one line. */
  readonly isQuietHidden: boolean
  readonly focusedId: SessionId | undefined
  readonly overlay: Overlay | undefined
  readonly toast: Toast | undefined
  /** The line of the selected session at the top of its pane (see `PaneView`); undefined = live. */
  readonly scrollTop: number | undefined
  readonly shownNeed: ShownNeed | undefined
  /** Of the operator's terminal. */
  readonly size: Size
}

/** A room that has heard nothing yet. */
export function initialState(size: Size): RoomState {
  return {
    fleet: EMPTY_FLEET,
    connection: { status: 'live' },
    view: 'triage',
    selectedId: undefined,
    isUntouched: true,
    selectedAt: 0,
    marked: new Set(),
    filter: '',
    isQuietHidden: false,
    focusedId: undefined,
    overlay: undefined,
    toast: undefined,
    scrollTop: undefined,
    shownNeed: undefined,
    size,
  }
}
