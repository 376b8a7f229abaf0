import { type EventRow, eventRows, TIME_COLUMNS } from '../overlays/event-rows.ts'
import type { EventsOverlay } from '../overlays/events.ts'
import { panelColumns, panelRows, READING_COLUMNS } from '../overlays/overlay.ts'
import type { RoomState } from '../store/state.ts'
import { cut, pad, plain } from '../widgets/plain-text.ts'
import { type Line, span } from '../widgets/spans.ts'
import { drawPanel } from './overlay-panel.ts'
import type { SceneCanvas } from './scene.ts'

const COLUMNS = { at: TIME_COLUMNS, what: 24, source: 13 } as const

/** Draws what happened to a session: the newest at the bottom, with who says so and why. */
export function drawEvents(canvas: SceneCanvas, state: RoomState, overlay: EventsOverlay): void {
  const rows = panelRows(state.size.rows)
  const width = panelColumns(state.size.cols)
  const all = eventRows(overlay, width)
  const last = Math.max(0, all.length - rows)
  const first = last - Math.min(overlay.scroll, last)
  const shown = all.slice(first, first + rows)
  const lines = shown.length === 0 ? [[span('Nothing is known yet.', 'muted')]] : shown.map((row) => lineOf(row, width))
  const isWhy = overlay.page === 'why'
  const other = isWhy ? 'Tab everything that happened' : 'Tab why it is what it is'
  const above = first === 0 ? '' : `   ${first} lines above`
  const keys = `${other}   j k PgUp PgDn scroll   Esc close${above}`
  const title = `${isWhy ? 'Why' : 'Events'}: ${overlay.name}`
  drawPanel(canvas, state.size, { content: { title, lines, keys }, cols: READING_COLUMNS })
}

function lineOf(row: EventRow, width: number): Line {
  switch (row.kind) {
    case 'blank':
      return []
    case 'heading':
      return [span(cut(plain(row.text), width), 'accent')]
    case 'note':
      return [span(cut(`${' '.repeat(COLUMNS.at)}${plain(row.text)}`, width), 'muted')]
    case 'event':
      return [
        span(pad(row.at, COLUMNS.at), 'muted'),
        span(`${pad(plain(row.what), COLUMNS.what - 1)} `, 'strong'),
        span(pad(row.source, COLUMNS.source), 'muted'),
        span(cut(plain(row.why), width - COLUMNS.at - COLUMNS.what - COLUMNS.source), 'plain'),
      ]
  }
}
