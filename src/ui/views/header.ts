import { countGroups, GROUPS } from '../../core/triage.ts'
import type { Rect } from '../panes/regions.ts'
import { shownIn } from '../store/select.ts'
import type { RoomState } from '../store/state.ts'
import { AGE_WIDTH } from '../theme/ages.ts'
import { GROUP_LOOKS } from '../theme/standing.ts'
import { plain } from '../widgets/plain-text.ts'
import { type Line, lineWidth, type Span, span, spread } from '../widgets/spans.ts'
import type { SceneCanvas } from './scene.ts'

/** Draws the top line: counts by group on the left; hosts, cost and the clock on the right. */
export function drawHeader(canvas: SceneCanvas, state: RoomState, rect: Rect): void {
  const right = [
    ...connectionSpans(canvas, state),
    ...noticeSpans(state),
    ...poolSpans(state),
    ...factSpans(state, rect.cols),
    clock(canvas),
    span(' '),
  ]
  const left = countSpans(state, rect.cols - lineWidth(right) - 1)
  canvas.block('header', rect, [spread(left, right, rect.cols)])
}

function clock(canvas: SceneCanvas): Span {
  return canvas.live('clock', { kind: 'clock' }, { width: 5, tone: 'muted' })
}

/** As many counts as fit, in order of attention; groups without sessions are left out. */
function countSpans(state: RoomState, width: number): Line {
  const { all } = shownIn(state)
  const counts = countGroups(all)
  const noun = all.length === 1 ? 'session' : 'sessions'
  const parts: Line[] = [[span(` ${all.length} ${noun}`, 'plain')]]
  for (const group of GROUPS) {
    const { count, tone } = GROUP_LOOKS[group]
    const word = group === 'needs-you' && counts[group] === 1 ? 'needs you' : count
    if (counts[group] > 0) parts.push([span(`   ${counts[group]} ${word}`, tone)])
  }
  const line: Span[] = [span(' signalbox ', 'strong')]
  for (const part of parts) {
    if (lineWidth([...line, ...part]) <= width) line.push(...part)
  }
  return line
}

function connectionSpans(canvas: SceneCanvas, { connection }: RoomState): Line {
  if (connection.status === 'live') return []
  const { since } = connection
  const age = canvas.live('age:connection', { kind: 'age', since }, { width: AGE_WIDTH, tone: 'failed' })
  return [span('reconnecting, unknown since ', 'failed'), age, span('  ')]
}

/** What the host says about itself; `signalbox doctor` says more. */
function noticeSpans({ fleet }: RoomState): Line {
  return Object.values(fleet.notices ?? {}).map(({ title }) => span(`${title}   `, 'failed'))
}

/** Work that nobody gets is a thing to know wherever one looks. */
function poolSpans({ fleet }: RoomState): Line {
  if (fleet.pool?.paused !== undefined && fleet.pool.paused !== null) return [span('work paused   ', 'failed')]
  return fleet.pool?.isDraining === true ? [span('draining   ', 'limited')] : []
}

function factSpans(state: RoomState, cols: number): Line {
  const { all } = shownIn(state)
  const hosts = [...new Set(all.map((session) => session.host))]
  const costs = all.flatMap((session) => session.usage?.costUsd ?? [])
  const cost = costs.reduce((total, each) => total + each, 0)
  const spans: Span[] = state.marked.size === 0 ? [] : [span(`${state.marked.size} marked   `, 'accent')]
  const [only] = hosts
  if (hosts.length > 1) spans.push(span(`${hosts.length} hosts   `, 'muted'))
  else if (only !== undefined && cols >= 110) spans.push(span(`${plain(only)}   `, 'muted'))
  if (costs.length > 0) spans.push(span(`$${cost.toFixed(2)}   `, 'muted'))
  return spans
}
