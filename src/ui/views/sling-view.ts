import { SLING_FIELDS, type SlingField, type SlingOverlay } from '../overlays/sling-form.ts'
import type { RoomState } from '../store/state.ts'
import { pad } from '../widgets/plain-text.ts'
import { type Line, span } from '../widgets/spans.ts'
import { fieldLines, fieldSpans } from './field-line.ts'
import { drawPanel, panelTextColumns } from './overlay-panel.ts'
import type { SceneCanvas } from './scene.ts'

const LABEL_WIDTH = 12
const WORK_ROWS = 3
const COLUMNS = 80

const PLACEHOLDERS: Readonly<Partial<Record<SlingField, string>>> = {
  name: 'any agent that is free',
  backend: 'what the settings say',
}

/** Draws the form that gives out work. */
export function drawSling(canvas: SceneCanvas, state: RoomState, overlay: SlingOverlay): void {
  const width = panelTextColumns(state.size, COLUMNS) - LABEL_WIDTH
  const lines = [
    ...SLING_FIELDS.flatMap((field) => fieldOf(canvas, overlay, { field, width })),
    [],
    [span(overlay.problem ?? '', 'failed')],
  ]
  const keys = 'Enter give it out   Tab next field   Alt+Enter new line   Esc cancel'
  drawPanel(canvas, state.size, { content: { title: 'Sling work', lines, keys }, cols: COLUMNS })
}

interface FieldPlace {
  readonly field: SlingField
  readonly width: number
}

function fieldOf(canvas: SceneCanvas, overlay: SlingOverlay, { field, width }: FieldPlace): readonly Line[] {
  const isActive = overlay.field === field
  const label = span(pad(field, LABEL_WIDTH), isActive ? 'accent' : 'muted')
  const text = overlay.texts[field]
  const look = { width, isActive, background: canvas.tools.theme.field }
  const placeholder = PLACEHOLDERS[field]
  if (text.text === '' && !isActive && placeholder !== undefined) return [[label, span(placeholder, 'muted')]]
  if (field !== 'work') return [[label, ...fieldSpans(text, look)]]
  return fieldLines(text, look, WORK_ROWS).map((line, index) => [
    index === 0 ? label : span(' '.repeat(LABEL_WIDTH)),
    ...line,
  ])
}
