import type { Session } from '../../core/session.ts'
import type { Rect } from '../panes/regions.ts'
import { selectedIn, shownIn } from '../store/select.ts'
import type { RoomState } from '../store/state.ts'
import { type Line, span, spread } from '../widgets/spans.ts'
import { layoutTriage, mostNeedRows, needColumns, type TriageLayout } from './layout.ts'
import { hitAnswers, needLines } from './need-block.ts'
import type { SceneCanvas } from './scene.ts'
import { ageSpan, branchWords, shownName, shownWhy, standingSpan } from './session-line.ts'
import { drawList } from './session-list.ts'

/** Draws the triage view: the list by need on the left, the selected session with its question on the right. */
export function drawTriage(canvas: SceneCanvas, state: RoomState, body: Rect): void {
  const session = selectedIn(state)
  const size = { width: needColumns(body), most: mostNeedRows(body) }
  // In focus the keys are the agent's, its own dialog is in the pane, and the pane must keep its size.
  const need = state.focusedId === undefined ? session?.need : undefined
  const lines = need === undefined ? [] : needLines(need, canvas.tools, size)
  const layout = layoutTriage(body, lines.length)
  drawList(canvas, state, layout.list)
  drawDivider(canvas, state, layout)
  if (session === undefined) {
    drawNothing(canvas, state, layout)
    return
  }
  canvas.block('title', layout.title, [titleLine(canvas, state, { session, width: layout.title.cols })])
  canvas.block('need', layout.need, lines)
  const last = lines[layout.need.rows - 1]
  if (need !== undefined && last !== undefined) {
    hitAnswers(canvas, need, { line: last, rect: { ...layout.need, y: layout.need.y + layout.need.rows - 1 } })
  }
  canvas.pane(session.id, layout.pane)
  canvas.hit(layout.pane, { kind: 'select', id: session.id })
}

/** Whose title, and its columns. */
export interface TitlePlace {
  readonly session: Session
  readonly width: number
}

/** What is known of the session in one line; on the right its age, and its place among those that need the operator. */
export function titleLine(canvas: SceneCanvas, state: RoomState, { session, width }: TitlePlace): Line {
  const { needy } = shownIn(state)
  const place = needy.findIndex((each) => each.id === session.id)
  const facts = [session.backend, session.role, branchWords(session)].filter((fact) => fact !== '')
  const left: Line = [
    span(' '),
    standingSpan(session, canvas.tools),
    span(` ${shownName(session)}  `, 'strong'),
    span(shownWhy(session), session.need === undefined ? 'plain' : 'needs'),
    span(`  ${facts.join(` ${canvas.tools.glyphs.dot} `)}`, 'muted'),
  ]
  const right: Line = [
    ...scrollSpans(state),
    span(' '),
    ageSpan(canvas, session, { key: 'title' }),
    ...(place < 0 ? [] : [span(`  ${place + 1} of ${needy.length}`, 'needs')]),
    span(' '),
  ]
  return spread(left, right, width)
}

function scrollSpans(state: RoomState): Line {
  return state.scrollTop === undefined ? [] : [span(' scrolled back ', 'limited')]
}

function drawDivider(canvas: SceneCanvas, state: RoomState, layout: TriageLayout): void {
  const { glyphs } = canvas.tools
  const isFocused = state.focusedId !== undefined
  const tone = isFocused ? 'focus' : 'rule'
  const { divider, rule } = layout
  const turn = rule.y - divider.y
  const signs = Array.from({ length: divider.rows }, (_, row) => {
    if (row === turn) return span(isFocused ? glyphs.heavyVertical : glyphs.teeRight, tone)
    const isPane = row > turn && isFocused
    return span(isPane ? glyphs.heavyVertical : glyphs.vertical, isPane ? 'focus' : 'rule')
  })
  canvas.block(
    'divider',
    divider,
    signs.map((sign) => [sign]),
  )
  const line = (isFocused ? glyphs.heavyHorizontal : glyphs.horizontal).repeat(rule.cols)
  canvas.block('rule', rule, [
    isFocused ? [span(`${line.slice(0, 2)} FOCUS ${line.slice(9)}`, tone)] : [span(line, tone)],
  ])
}

function drawNothing(canvas: SceneCanvas, state: RoomState, layout: TriageLayout): void {
  const text = state.filter === '' ? 'No session is selected.' : 'No session matches the filter.'
  canvas.block('nothing', { ...layout.pane, rows: 1 }, [[span(`  ${text}`, 'muted')]])
}
