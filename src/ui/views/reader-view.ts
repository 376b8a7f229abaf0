import { panelColumns, panelRows, READING_COLUMNS } from '../overlays/overlay.ts'
import { type ReaderOverlay, readerLines } from '../overlays/reader.ts'
import type { RoomState } from '../store/state.ts'
import { type Line, span } from '../widgets/spans.ts'
import { answerWords } from './need-block.ts'
import { drawPanel } from './overlay-panel.ts'
import type { SceneCanvas } from './scene.ts'

/** Draws the whole text of a session: what it asks, or its last reply. */
export function drawReader(canvas: SceneCanvas, state: RoomState, overlay: ReaderOverlay): void {
  const { keymap } = canvas.tools
  const rows = panelRows(state.size.rows)
  const all = readerLines(overlay, panelColumns(state.size.cols))
  const first = Math.min(overlay.scroll, Math.max(0, all.length - rows))
  const lines = all.slice(first, first + rows).map((line): Line => [span(line, 'plain')])
  const left = Math.max(0, all.length - first - rows)
  const answers = overlay.asked === undefined ? '' : answerWords(overlay.asked.need, canvas.tools)
  const keys = [
    ...(answers === '' ? [] : [answers]),
    ...(all.length > rows ? ['j k PgUp PgDn scroll'] : []),
    `${keymap.keysOf('pane.copy')[0] ?? ''} copy`,
    ...(overlay.canReply ? [`${keymap.keysOf('session.reply')[0] ?? ''} reply`] : []),
    'Esc close',
    ...(left === 0 ? [] : [`${left} more lines below`]),
  ]
  const content = { title: overlay.title, lines, keys: keys.join('   ') }
  drawPanel(canvas, state.size, { content, cols: READING_COLUMNS })
}
