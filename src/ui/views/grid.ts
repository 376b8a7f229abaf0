import type { SessionId } from '../../core/ids.ts'
import type { Session } from '../../core/session.ts'
import { GROUPS, groupOf } from '../../core/triage.ts'
import type { Rect } from '../panes/regions.ts'
import { shownIn } from '../store/select.ts'
import type { RoomState } from '../store/state.ts'
import { AGE_WIDTH } from '../theme/ages.ts'
import { columnsOf, cut } from '../widgets/plain-text.ts'
import { type Line, lineWidth, span } from '../widgets/spans.ts'
import { type GridItem, type GridLayout, layoutGrid } from './grid-layout.ts'
import type { SceneCanvas } from './scene.ts'
import { ageSpan, onBackground, sessionLine, shownName, shownWhy, standingSpan } from './session-line.ts'
import type { TitlePlace } from './triage.ts'
import { drawNeedLine } from './zoom.ts'

/** The sessions in the order of the grid: by group, and in a group as they were started, so that tiles rarely move. */
export function gridOrder(state: RoomState): readonly GridItem[] {
  const { all, sessions } = shownIn(state)
  const shown = new Set<SessionId>(sessions.map((session) => session.id))
  return GROUPS.flatMap((group) =>
    all.filter((session) => shown.has(session.id) && groupOf(session) === group).map(({ id }) => ({ id, group })),
  )
}

/** The page of the grid that a state shows. */
export function gridOf(state: RoomState, body: Rect): GridLayout {
  return layoutGrid({ ...body, rows: body.rows - 1 }, gridOrder(state), state.selectedId)
}

/** Draws the grid view: every session as a live tile or a line. */
export function drawGrid(canvas: SceneCanvas, state: RoomState, body: Rect): void {
  const layout = gridOf(state, body)
  const sessions = new Map(shownIn(state).sessions.map((session) => [session.id, session]))
  for (const { id, rect } of layout.tiles) {
    const session = sessions.get(id)
    if (session !== undefined) drawTile(canvas, state, { session, rect, body })
  }
  for (const { id, rect } of layout.lines) {
    const session = sessions.get(id)
    if (session === undefined) continue
    const look = {
      isSelected: id === state.selectedId,
      isMarked: state.marked.has(id),
      width: rect.cols,
      nameWidth: rect.cols,
      key: 'line',
    }
    canvas.block(`line:${id}`, rect, [sessionLine(canvas, session, look)])
    canvas.hit(rect, { kind: 'select', id })
  }
  const last = { ...body, y: body.y + body.rows - 1, rows: 1 }
  drawNeedLine(canvas, state, last)
  drawPages(canvas, layout, last)
}

interface Tile {
  readonly session: Session
  readonly rect: Rect
  readonly body: Rect
}

function drawTile(canvas: SceneCanvas, state: RoomState, { session, rect, body }: Tile): void {
  const { glyphs } = canvas.tools
  const isFocused = state.focusedId === session.id
  canvas.block(`title:${session.id}`, { ...rect, rows: 1 }, [tileTitle(canvas, state, { session, width: rect.cols })])
  canvas.pane(session.id, { ...rect, y: rect.y + 1, rows: rect.rows - 1 })
  canvas.hit(rect, { kind: 'select', id: session.id })
  const right = rect.x + rect.cols
  if (right >= body.x + body.cols) return
  const sign = span(isFocused ? glyphs.heavyVertical : glyphs.vertical, isFocused ? 'focus' : 'rule')
  canvas.block(
    `edge:${session.id}`,
    { x: right, y: rect.y, cols: 1, rows: rect.rows },
    Array.from({ length: rect.rows }, () => [sign]),
  )
}

/** The title of a tile is also the rule above it. */
function tileTitle(canvas: SceneCanvas, state: RoomState, { session, width }: TitlePlace): Line {
  const { glyphs, theme } = canvas.tools
  const isSelected = session.id === state.selectedId
  const isFocused = session.id === state.focusedId
  const background = isSelected && !isFocused ? theme.selected : undefined
  const tone = isFocused ? 'focus' : isSelected ? 'accent' : 'rule'
  const mark = state.marked.has(session.id) ? glyphs.marked : ' '
  const room = width - AGE_WIDTH - 6
  const name = cut(shownName(session), Math.max(6, Math.ceil(room * 0.7)), glyphs.ellipsis)
  const why = cut(isFocused ? 'FOCUS' : shownWhy(session), Math.max(0, room - columnsOf(name) - 1), glyphs.ellipsis)
  const left: Line = [
    span(isSelected ? glyphs.bar : glyphs.horizontal, isSelected && !isFocused ? 'accent' : tone),
    standingSpan(session, canvas.tools),
    span(mark, 'accent'),
    span(name, isFocused ? 'focus' : isSelected ? 'strong' : 'plain'),
    span(` ${why} `, isFocused ? 'focus' : session.need === undefined ? 'muted' : 'needs'),
  ]
  const right: Line = [ageSpan(canvas, session, { key: 'tile', background }), span(' ')]
  const sign = isFocused ? glyphs.heavyHorizontal : glyphs.horizontal
  const filler = span(sign.repeat(Math.max(0, width - lineWidth(left) - lineWidth(right))), tone)
  const line = [...left, filler, ...right]
  return background === undefined ? line : onBackground(line, background)
}

function drawPages(canvas: SceneCanvas, layout: GridLayout, rect: Rect): void {
  const hidden = layout.hidden > 0 ? `${layout.hidden} more quiet   ` : ''
  const pages = layout.pages > 1 ? `page ${layout.page + 1} of ${layout.pages}` : ''
  if (hidden === '' && pages === '') return
  const text = ` ${hidden}${pages} `
  const cols = columnsOf(text)
  canvas.block('pages', { ...rect, x: rect.x + rect.cols - cols, cols }, [[span(text, 'accent')]])
}
