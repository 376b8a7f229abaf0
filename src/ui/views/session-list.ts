import type { Session } from '../../core/session.ts'
import { GROUPS, groupOf } from '../../core/triage.ts'
import type { Rect } from '../panes/regions.ts'
import { shownIn } from '../store/select.ts'
import type { RoomState } from '../store/state.ts'
import { keyName } from '../theme/key-names.ts'
import { GROUP_LOOKS } from '../theme/standing.ts'
import { columnsOf, pad } from '../widgets/plain-text.ts'
import { span } from '../widgets/spans.ts'
import type { SceneCanvas } from './scene.ts'
import { sessionLine, shownName } from './session-line.ts'

type Row =
  | {
      readonly kind: 'heading'
      readonly title: string
      readonly count: number
      readonly tone: (typeof GROUP_LOOKS)[keyof typeof GROUP_LOOKS]['tone']
    }
  | { readonly kind: 'session'; readonly session: Session }
  | { readonly kind: 'note'; readonly text: string }

/** Draws the list of sessions under their headings; it is scrolled so that the selected one is in it. */
export function drawList(canvas: SceneCanvas, state: RoomState, rect: Rect): void {
  const rows = rowsOf(state, keyName(canvas.tools.keymap.keysOf('list.quiet')[0] ?? ''))
  const selected = rows.findIndex((row) => row.kind === 'session' && row.session.id === state.selectedId)
  const first = firstRow(rows.length, rect.rows, selected)
  const shown = rows.slice(first, first + rect.rows)
  const below = rows.slice(first + rect.rows).filter((row) => row.kind === 'session').length
  const nameWidth = Math.max(0, ...shownIn(state).sessions.map((session) => columnsOf(shownName(session))))
  const lines = shown.map((row, index) => {
    const isLast = index === rect.rows - 1
    if (isLast && below > 0) return [span(pad(`   ${below + countSessions([row])} more`, rect.cols), 'muted')]
    if (row.kind === 'note') return [span(` ${row.text}`, 'muted')]
    if (row.kind === 'heading') return [span(` ${row.title}`, row.tone), span(` ${row.count}`, 'muted')]
    const { id } = row.session
    canvas.hit({ x: rect.x, y: rect.y + index, cols: rect.cols, rows: 1 }, { kind: 'select', id })
    const look = {
      isSelected: id === state.selectedId,
      isMarked: state.marked.has(id),
      width: rect.cols,
      nameWidth,
      key: 'list',
    }
    return sessionLine(canvas, row.session, look)
  })
  canvas.block('list', rect, lines)
}

function rowsOf(state: RoomState, quietKey: string): readonly Row[] {
  const { sessions, all, hidden } = shownIn(state)
  const rows: Row[] =
    state.filter === '' ? [] : [{ kind: 'note', text: `/ ${state.filter}   ${sessions.length} of ${all.length}` }]
  for (const group of GROUPS) {
    const members = sessions.filter((session) => groupOf(session) === group)
    if (members.length === 0) continue
    const { title, tone } = GROUP_LOOKS[group]
    rows.push({ kind: 'heading', title, count: members.length, tone })
    rows.push(...members.map((session) => ({ kind: 'session', session }) as const))
  }
  if (hidden > 0) rows.push({ kind: 'note', text: `${hidden} quiet, put away: ${quietKey} shows them` })
  return rows
}

function firstRow(total: number, room: number, selected: number): number {
  if (total <= room || selected < room - 1) return 0
  return Math.max(0, Math.min(selected - Math.floor(room / 2), total - room))
}

function countSessions(rows: readonly Row[]): number {
  return rows.filter((row) => row.kind === 'session').length
}
