import type { Fleet } from '../../core/fleet.ts'
import type { WorkUnit } from '../../core/work.ts'
import { batchProgress, progressText } from '../../core/work-batch.ts'
import { panelColumns, panelRows, READING_COLUMNS } from '../overlays/overlay.ts'
import { type Handing, WORK_TABS, type WorkOverlay, workKeys, workRows } from '../overlays/work-list.ts'
import { nameOf } from '../store/select.ts'
import type { RoomState } from '../store/state.ts'
import type { Tone } from '../theme/theme.ts'
import { cut, pad, plain, wrapLines } from '../widgets/plain-text.ts'
import { type Line, span } from '../widgets/spans.ts'
import { fieldSpans } from './field-line.ts'
import { drawPanel } from './overlay-panel.ts'
import type { SceneCanvas } from './scene.ts'
import { tabSpans } from './tab-line.ts'

const COLUMNS = { id: 18, status: 11, rig: 14, who: 20 } as const
/** Rows below the list for the chosen unit. */
const DETAIL_ROWS = 6

const TONES: Readonly<Record<WorkUnit['status'], Tone>> = {
  queued: 'plain',
  assigned: 'working',
  accepted: 'working',
  done: 'result',
  failed: 'failed',
  cancelled: 'muted',
}

/** Draws the work: the units of a tab, and the whole of the chosen one with why it is where it is. */
export function drawWork(canvas: SceneCanvas, state: RoomState, overlay: WorkOverlay): void {
  const width = panelColumns(state.size.cols)
  const rows = Math.max(1, panelRows(state.size.rows) - DETAIL_ROWS - 3)
  const all = workRows(state.fleet, overlay.tab)
  const index = Math.min(overlay.index, Math.max(0, all.length - 1))
  const first = Math.max(0, Math.min(index - Math.floor(rows / 2), all.length - rows))
  const chosen = all[index]
  const list = all
    .slice(first, first + rows)
    .map((unit) => rowLine(canvas, state, { unit, isChosen: unit === chosen, width }))
  const tabs = WORK_TABS.map((tab) => ({ tab, count: workRows(state.fleet, tab).length }))
  const lines: Line[] = [
    tabSpans(tabs, overlay.tab),
    [],
    ...(all.length === 0 ? [[span('  Nothing here.', 'muted')]] : list),
    [],
    ...(overlay.handing === undefined
      ? detailLines(chosen, state.fleet, width)
      : handingLines(canvas, overlay.handing, { overlay, width })),
  ]
  const keys = keysOf(overlay, chosen).join('   ')
  drawPanel(canvas, state.size, { content: { title: 'Work', lines, keys }, cols: READING_COLUMNS })
}

function keysOf(overlay: WorkOverlay, chosen: WorkUnit | undefined): readonly string[] {
  if (overlay.handing !== undefined) return ['Enter hand over', 'Esc back']
  return ['Tab next list', 'j k move', ...(chosen === undefined ? [] : workKeys(chosen, overlay)), 'Esc close']
}

interface Row {
  readonly unit: WorkUnit
  readonly isChosen: boolean
  readonly width: number
}

function rowLine(canvas: SceneCanvas, state: RoomState, { unit, isChosen, width }: Row): Line {
  const used = Object.values(COLUMNS).reduce((total, columns) => total + columns, 2)
  const who = unit.sessionId === null ? (unit.agentName ?? unit.role) : nameOf(state.fleet, unit.sessionId)
  return [
    span(isChosen ? `${canvas.tools.glyphs.bar} ` : '  ', 'accent'),
    span(`${pad(plain(unit.id), COLUMNS.id - 1)} `, isChosen ? 'strong' : 'plain'),
    span(pad(unit.status, COLUMNS.status), TONES[unit.status]),
    span(`${pad(plain(unit.rig), COLUMNS.rig - 1)} `, 'muted'),
    span(`${pad(plain(who), COLUMNS.who - 1)} `, 'plain'),
    span(cut(plain(unit.status === 'queued' ? unit.why : unit.description), Math.max(0, width - used)), 'muted'),
  ]
}

function handingLines(
  canvas: SceneCanvas,
  { id, note }: Handing,
  { overlay, width }: { readonly overlay: WorkOverlay; readonly width: number },
): readonly Line[] {
  const question = `What must ${overlay.target?.name ?? 'the next one'} know of how far ${id} is?`
  return [
    [span(cut(plain(question), width), 'strong')],
    fieldSpans(note, { width, isActive: true, background: canvas.tools.theme.field }),
  ]
}

function detailLines(unit: WorkUnit | undefined, fleet: Fleet, width: number): readonly Line[] {
  if (unit === undefined) return []
  const { batch } = unit
  const facts = [
    unit.type,
    `priority ${unit.priority}`,
    unit.attempts === 1 ? '1 try' : `${unit.attempts} tries`,
    ...(batch === null ? [] : [`batch ${batch}: ${progressText(batchProgress(Object.values(fleet.work), batch))}`]),
  ]
  const body = wrapLines(unit.description, width).slice(0, DETAIL_ROWS - 3)
  return [
    [span(cut(plain(facts.join(', ')), width), 'muted')],
    [span(cut(plain(unit.why), width), unit.status === 'failed' ? 'failed' : 'plain')],
    ...body.map((line): Line => [span(line, 'plain')]),
    ...(unit.result === null ? [] : [[span(cut(plain(unit.result), width), 'result')]]),
  ]
}
