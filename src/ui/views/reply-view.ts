import type { ReplyOverlay } from '../overlays/reply.ts'
import type { RoomState } from '../store/state.ts'
import { wrapLines } from '../widgets/plain-text.ts'
import { type Line, span } from '../widgets/spans.ts'
import { fieldLines } from './field-line.ts'
import { drawPanel, panelTextColumns } from './overlay-panel.ts'
import type { SceneCanvas } from './scene.ts'

const TEXT_ROWS = 4
const COLUMNS = 80

/** Draws the reply to a question: what is asked, and the place to write. */
export function drawReply(canvas: SceneCanvas, state: RoomState, overlay: ReplyOverlay): void {
  const width = panelTextColumns(state.size, COLUMNS)
  const most = Math.max(1, Math.min(8, state.size.rows - TEXT_ROWS - 8))
  const asked = wrapLines(overlay.question, width)
  const shown = asked.length > most ? [...asked.slice(0, most - 1), `${asked.length - most + 1} more lines`] : asked
  const look = { width, isActive: !overlay.isPending, background: canvas.tools.theme.field }
  const lines: Line[] = [
    ...shown.map((line): Line => [span(line, 'muted')]),
    [],
    ...fieldLines(overlay.text, look, TEXT_ROWS),
    statusLine(overlay),
  ]
  const isDenial = overlay.answers === 'deny'
  const title = isDenial ? `Deny ${overlay.name}, and say why` : `Reply to ${overlay.name}`
  const keys = `Enter ${isDenial ? 'deny' : 'send'}   Alt+Enter new line   Esc cancel`
  drawPanel(canvas, state.size, { content: { title, lines, keys }, cols: COLUMNS })
}

/** What became of an answer, below the place where it is written. */
export function statusLine({
  isPending,
  problem,
}: {
  readonly isPending: boolean
  readonly problem: string | undefined
}): Line {
  return isPending ? [span('sending…', 'working')] : [span(problem ?? '', 'failed')]
}
