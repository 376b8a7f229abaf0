import type { Rect } from '../panes/regions.ts'
import { selectedIn, shownIn } from '../store/select.ts'
import type { RoomState } from '../store/state.ts'
import { type Line, lineWidth, span, spread } from '../widgets/spans.ts'
import { layoutZoom } from './layout.ts'
import { hitAnswers, needSummary } from './need-block.ts'
import type { SceneCanvas } from './scene.ts'
import { shownName } from './session-line.ts'
import { titleLine } from './triage.ts'

/** Draws the zoom view: one session at full size, with a status line that still shows needs elsewhere. */
export function drawZoom(canvas: SceneCanvas, state: RoomState, body: Rect): void {
  const layout = layoutZoom(body)
  const session = selectedIn(state)
  if (session === undefined) {
    canvas.block('nothing', layout.status, [[span('  No session is selected.', 'muted')]])
    return
  }
  const elsewhere = elsewhereSpans(state)
  const room = layout.status.cols - lineWidth(elsewhere)
  const title = titleLine(canvas, state, { session, width: room })
  const status = state.focusedId === undefined ? title : focused(title)
  canvas.block('status', layout.status, [spread(status, elsewhere, layout.status.cols)])
  canvas.pane(session.id, layout.pane)
  canvas.hit(layout.pane, { kind: 'select', id: session.id })
  drawNeedLine(canvas, state, layout.need)
}

/** Draws the line above the footer: what the selected session asks, or a rule. */
export function drawNeedLine(canvas: SceneCanvas, state: RoomState, rect: Rect): void {
  const { glyphs } = canvas.tools
  const need = state.focusedId === undefined ? selectedIn(state)?.need : undefined
  if (need === undefined) {
    const isFocused = state.focusedId !== undefined
    const sign = isFocused ? glyphs.heavyHorizontal : glyphs.horizontal
    canvas.block('need', rect, [[span(sign.repeat(rect.cols), isFocused ? 'focus' : 'rule')]])
    return
  }
  const line = needSummary(need, canvas.tools, rect.cols)
  canvas.block('need', rect, [line])
  hitAnswers(canvas, need, { line, rect })
}

function focused(line: Line): Line {
  return line.map((part) => ('slot' in part ? part : { ...part, tone: 'focus' as const }))
}

function elsewhereSpans(state: RoomState): Line {
  const others = shownIn(state).needy.filter((session) => session.id !== state.selectedId)
  const [first] = others
  if (first === undefined) return []
  const more = others.length === 1 ? '' : ` +${others.length - 1}`
  return [span(`  elsewhere: ${shownName(first)} ${first.need?.kind ?? ''}${more} `, 'needs')]
}
