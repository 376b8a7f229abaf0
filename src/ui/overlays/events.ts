import type { Explanation } from '../../core/explain.ts'
import type { Envelope } from '../../core/facts.ts'
import type { SessionId } from '../../core/ids.ts'
import { CLOSED, isLeaving, type OverlayInput, type OverlayStep } from './overlay-input.ts'
import { scrolledBy } from './scrolling.ts'

/** What is shown of a session: why it is what it is, or all that happened to it. */
export type EventsPage = 'why' | 'all'

/** What happened to one session, as it was when this was opened. */
export interface EventsOverlay {
  readonly kind: 'events'
  readonly id: SessionId
  readonly name: string
  readonly page: EventsPage
  readonly explanation: Explanation
  readonly history: readonly Envelope[]
  /** Lines up from the newest, which is at the bottom. */
  readonly scroll: number
}

/** How many lines of each page there are, and how many are seen at once. */
export interface EventsRoom {
  readonly lines: number
  readonly rows: number
}

/** The overlay after an input: Tab changes the page, the rest scrolls or closes. */
export function stepEvents(overlay: EventsOverlay, input: OverlayInput, room: EventsRoom): OverlayStep<EventsOverlay> {
  if (isLeaving(input)) return CLOSED
  if (input.kind === 'paste') return { overlay }
  const { name } = input.key
  if (name === 'enter' || name === 'q') return CLOSED
  if (name === 'tab' || name === 'shift+tab') {
    return { overlay: { ...overlay, page: overlay.page === 'why' ? 'all' : 'why', scroll: 0 } }
  }
  const last = Math.max(0, room.lines - room.rows)
  const first = last - Math.min(overlay.scroll, last)
  const next = scrolledBy(first, name, { last, rows: room.rows })
  return { overlay: next === undefined ? overlay : { ...overlay, scroll: last - next } }
}
