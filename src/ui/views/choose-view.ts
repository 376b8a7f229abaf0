import { type ChooseOverlay, isTextPlace, placesOf } from '../overlays/choose.ts'
import { panelRows } from '../overlays/overlay.ts'
import type { RoomState } from '../store/state.ts'
import { cut, plain, wrapLines } from '../widgets/plain-text.ts'
import { type Line, span } from '../widgets/spans.ts'
import { fieldSpans } from './field-line.ts'
import { drawPanel, panelTextColumns } from './overlay-panel.ts'
import { statusLine } from './reply-view.ts'
import type { SceneCanvas } from './scene.ts'

const COLUMNS = 96
/** Columns before an option: the bar, its box and its key. */
const INDENT = 9

/** Draws the form that answers several questions, or one that takes several options. */
export function drawChoose(canvas: SceneCanvas, state: RoomState, overlay: ChooseOverlay): void {
  const width = panelTextColumns(state.size, COLUMNS)
  const { lines, current } = linesOf(canvas, overlay, width)
  const rows = Math.max(1, panelRows(state.size.rows) - 1)
  const first = Math.max(0, Math.min(current - Math.floor(rows / 2), lines.length - rows))
  const isMulti = overlay.questions.some((question) => question.isMulti)
  const keys = `Up Down move   Space 1-9 choose${isMulti ? ' (several)' : ''}   Tab next question   Enter send   Esc cancel`
  const content = { title: overlay.name, lines: [...lines.slice(first, first + rows), statusLine(overlay)], keys }
  drawPanel(canvas, state.size, { content, cols: COLUMNS })
}

interface Lines {
  readonly lines: readonly Line[]
  /** Which of them has the keys. */
  readonly current: number
}

function linesOf(canvas: SceneCanvas, overlay: ChooseOverlay, width: number): Lines {
  const lines: Line[] = []
  let current = 0
  for (const [index, question] of overlay.questions.entries()) {
    if (index > 0) lines.push([])
    const words = question.isMulti
      ? `${question.body || question.title}  (any number)`
      : question.body || question.title
    lines.push(...wrapLines(words, width).map((line): Line => [span(line, 'strong')]))
    for (const place of placesOf(overlay).filter((each) => each.question === index)) {
      const isHere = overlay.place.question === index && overlay.place.option === place.option
      if (isHere) current = lines.length
      lines.push(placeLine(canvas, overlay, { ...place, isHere, width }))
    }
  }
  return { lines, current }
}

interface PlaceLook {
  readonly question: number
  readonly option: number
  readonly isHere: boolean
  readonly width: number
}

function placeLine(canvas: SceneCanvas, overlay: ChooseOverlay, look: PlaceLook): Line {
  const { theme, glyphs } = canvas.tools
  const { question, option, isHere, width } = look
  const bar = span(isHere ? `${glyphs.bar} ` : '  ', 'accent')
  const field = overlay.texts[question]
  if (isTextPlace(overlay, look) && field !== undefined) {
    const isWritten = field.text.trim() !== ''
    const box = span(`${isWritten ? '[x]' : '[ ]'} `, isWritten ? 'accent' : 'muted')
    const label = span('in words: ', 'muted')
    return [bar, box, label, ...fieldSpans(field, { width: width - 16, isActive: isHere, background: theme.field })]
  }
  const choice = overlay.questions[question]?.options[option]
  if (choice === undefined) return []
  const isChosen = overlay.chosen[question]?.includes(choice.key) === true
  const detail = choice.detail === undefined ? '' : `  ${plain(choice.detail)}`
  return [
    bar,
    span(`${isChosen ? '[x]' : '[ ]'} `, isChosen ? 'accent' : 'muted'),
    span(`${choice.key}  `, 'accent'),
    span(cut(`${plain(choice.label)}${detail}`, width - INDENT), isHere ? 'strong' : 'plain'),
  ]
}
