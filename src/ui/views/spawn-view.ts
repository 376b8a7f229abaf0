import type { Choice, SpawnField, SpawnOverlay } from '../overlays/spawn-form.ts'
import { needsCommand, SPAWN_FIELDS } from '../overlays/spawn-form.ts'
import type { RoomState } from '../store/state.ts'
import { AGE_WIDTH } from '../theme/ages.ts'
import { pad, plain, wrapLines } from '../widgets/plain-text.ts'
import { type Line, type Span, span } from '../widgets/spans.ts'
import { fieldLines, fieldSpans } from './field-line.ts'
import { drawPanel, panelTextColumns } from './overlay-panel.ts'
import type { SceneCanvas } from './scene.ts'

const LABEL_WIDTH = 12
const PROMPT_ROWS = 3

const PLACEHOLDERS: Readonly<Partial<Record<SpawnField, string>>> = {
  role: 'crew',
  rig: 'name of the directory',
  name: 'one that is free',
  directory: 'the current one',
  prompt: 'what it should do first (Alt+Enter: new line)',
  arguments: 'for the program, as after -- on the command line',
}

/** Draws the form that starts a session. */
export function drawSpawn(canvas: SceneCanvas, state: RoomState, overlay: SpawnOverlay): void {
  const width = panelTextColumns(state.size, 76)
  const lines = [
    ...SPAWN_FIELDS.flatMap((field) => fieldOf(canvas, overlay, { field, width })),
    [],
    ...statusLines(canvas, state, { overlay, width }),
  ]
  const keys =
    overlay.pending === undefined
      ? 'Enter start   Tab next field   Left Right choose   Esc cancel'
      : 'Esc hides this; the start goes on'
  drawPanel(canvas, state.size, { content: { title: 'Spawn a session', lines, keys }, cols: 80 })
}

interface FieldPlace {
  readonly field: SpawnField
  readonly width: number
}

function fieldOf(canvas: SceneCanvas, overlay: SpawnOverlay, { field, width }: FieldPlace): readonly Line[] {
  const isActive = overlay.field === field && overlay.pending === undefined
  const label = span(pad(field, LABEL_WIDTH), isActive ? 'accent' : 'muted')
  const room = width - LABEL_WIDTH
  if (field === 'backend' || field === 'host') {
    const choices = field === 'backend' ? overlay.backends : overlay.hosts
    return [[label, ...choiceSpans(choices, overlay.chosen[field], isActive)]]
  }
  const text = overlay.texts[field]
  const look = { width: room, isActive, background: canvas.tools.theme.field }
  const isCommand = field === 'arguments' && needsCommand(overlay)
  const placeholder = isCommand ? `command to run (${overlay.command})` : PLACEHOLDERS[field]
  if (text.text === '' && !isActive && placeholder !== undefined) {
    return [[label, span(placeholder, 'muted')]]
  }
  if (field !== 'prompt' || !isActive) return [[label, ...fieldSpans(text, look)]]
  const rows = Math.min(PROMPT_ROWS, text.text.split('\n').length)
  return fieldLines(text, look, rows).map((line, index) => [
    index === 0 ? label : span(' '.repeat(LABEL_WIDTH)),
    ...line,
  ])
}

function choiceSpans(choices: readonly Choice[], chosen: number, isActive: boolean): readonly Span[] {
  if (choices.length === 0) return [span('none found', 'failed')]
  const current = choices[chosen]
  const named = choices.map((choice, index): Span => {
    if (index === chosen)
      return { text: ` ${plain(choice.value)} `, tone: isActive ? 'accent' : 'strong', isInverse: isActive }
    return span(` ${plain(choice.value)} `, choice.problem === undefined ? 'plain' : 'muted')
  })
  const problem = current?.problem
  return [...named, span(`  ${plain(problem ?? current?.detail ?? '')}`, problem === undefined ? 'muted' : 'limited')]
}

interface StatusPlace {
  readonly overlay: SpawnOverlay
  readonly width: number
}

function statusLines(canvas: SceneCanvas, state: RoomState, { overlay, width }: StatusPlace): readonly Line[] {
  const { pending, problem } = overlay
  if (pending !== undefined) {
    const known = new Set<string>(pending.known)
    const started = Object.values(state.fleet.sessions).find((session) => !known.has(session.id))
    const phase = started === undefined ? 'preparing' : plain(started.why)
    const spinner = canvas.live('spinner:spawn', { kind: 'spinner' }, slotLook(canvas, 1, 'working'))
    const look = slotLook(canvas, AGE_WIDTH, 'muted')
    const age = canvas.live('age:spawn', { kind: 'age', since: pending.since }, look)
    return [[spinner, span(' starting… ', 'working'), age, span(` ${phase}`, 'plain')]]
  }
  if (problem === undefined) return []
  return [
    ...wrapLines(problem.message, width).map((line): Line => [span(line, 'failed')]),
    ...wrapLines(problem.hint, width).map((line): Line => [span(line, 'muted')]),
  ]
}

function slotLook(canvas: SceneCanvas, width: number, tone: 'working' | 'muted') {
  return { width, tone, background: canvas.tools.theme.panel } as const
}
