import type { SessionId } from '../../core/ids.ts'
import type { Group } from '../../core/triage.ts'
import type { Rect } from '../panes/regions.ts'

/** A session that wants a place in the grid, in the order of the grid. */
export interface GridItem {
  readonly id: SessionId
  readonly group: Group
}

/** Where a session is in the grid. `rect` includes the title row of a tile. */
export interface Place {
  readonly id: SessionId
  readonly rect: Rect
}

/** One page of the grid. */
export interface GridLayout {
  readonly tiles: readonly Place[]
  /** Sessions shown as one line each, below the tiles. */
  readonly lines: readonly Place[]
  /** Sessions that have a line on none of the rows shown. */
  readonly hidden: number
  /** Pages count from 0. */
  readonly page: number
  readonly pages: number
}

const SMALLEST_TILE = { cols: 26, rows: 4 } as const
const LINE_COLUMNS = 30
/** From this many sessions on, quiet ones are lines. */
const COLLAPSE_FROM = 7
/** The shape of a tile that shows most of a terminal. */
const GOOD_TILE = { cols: 80, rows: 22 } as const

/** Lays out the page of the grid that shows `selectedId`: needy sessions larger, quiet ones as lines when there are many. */
export function layoutGrid(area: Rect, items: readonly GridItem[], selectedId: SessionId | undefined): GridLayout {
  const isCollapsed = items.length >= COLLAPSE_FROM && items.some((item) => !isQuiet(item))
  const quiet = isCollapsed ? items.filter(isQuiet) : []
  const loud = isCollapsed ? items.filter((item) => !isQuiet(item)) : items
  const strip = layoutLines(area, quiet, selectedId)
  const tilesArea = { ...area, rows: area.rows - strip.rows }
  const capacity = capacityOf(tilesArea)
  const pages = Math.max(1, Math.ceil(loud.length / capacity))
  const selected = loud.findIndex((item) => item.id === selectedId)
  const page = selected < 0 ? 0 : Math.floor(selected / capacity)
  const shown = loud.slice(page * capacity, (page + 1) * capacity)
  return { tiles: layoutTiles(tilesArea, shown), lines: strip.places, hidden: strip.hidden, page, pages }
}

/** The nearest place in a direction from the one with this id; undefined when there is none. */
export function placeTowards(
  places: readonly Place[],
  id: SessionId | undefined,
  direction: 'up' | 'down' | 'left' | 'right',
): SessionId | undefined {
  const from = places.find((place) => place.id === id)
  if (from === undefined) return places[0]?.id
  const vertical = direction === 'up' || direction === 'down'
  const sign = direction === 'down' || direction === 'right' ? 1 : -1
  const ahead = places.flatMap((place) => {
    const along = sign * (vertical ? centre(place).y - centre(from).y : centre(place).x - centre(from).x)
    const across = Math.abs(vertical ? centre(place).x - centre(from).x : centre(place).y - centre(from).y)
    const overlaps = vertical
      ? place.rect.y !== from.rect.y
      : place.rect.y < bottom(from) && from.rect.y < bottom(place)
    return along > 0 && overlaps ? [{ id: place.id, distance: along * 4 + across }] : []
  })
  return ahead.sort((a, b) => a.distance - b.distance)[0]?.id
}

function isQuiet(item: GridItem): boolean {
  return item.group === 'idle' || item.group === 'stopped'
}

function capacityOf(area: Rect): number {
  const across = Math.max(1, Math.floor((area.cols + 1) / (SMALLEST_TILE.cols + 1)))
  return across * Math.max(1, Math.floor(area.rows / SMALLEST_TILE.rows))
}

function layoutLines(area: Rect, quiet: readonly GridItem[], selectedId: SessionId | undefined) {
  if (quiet.length === 0) return { places: [], rows: 0, hidden: 0 }
  const across = Math.max(1, Math.floor((area.cols + 1) / (LINE_COLUMNS + 1)))
  const wanted = Math.ceil(quiet.length / across)
  const rows = Math.min(wanted, Math.max(1, Math.floor(area.rows / 5)))
  const room = rows * across
  const selected = Math.max(
    0,
    quiet.findIndex((item) => item.id === selectedId),
  )
  const first = Math.min(Math.floor(selected / across), wanted - rows) * across
  const shown = quiet.slice(first, first + room)
  const columns = divide(area.cols, across)
  const places = shown.flatMap((item, index) => {
    const column = columns[index % across]
    const y = area.y + area.rows - rows + Math.floor(index / across)
    return column === undefined
      ? []
      : [{ id: item.id, rect: { x: area.x + column.start, y, cols: column.length, rows: 1 } }]
  })
  return { places, rows, hidden: quiet.length - shown.length }
}

function layoutTiles(area: Rect, items: readonly GridItem[]): readonly Place[] {
  const needy = items.filter((item) => item.group === 'needs-you')
  const others = items.filter((item) => item.group !== 'needs-you')
  const top = Math.ceil(area.rows * 0.55)
  const isWorthIt = needy.length > 0 && needy.length * 2 <= items.length && items.length >= 3
  const below = { ...area, y: area.y + top, rows: area.rows - top }
  const fits = capacityOf(below) >= others.length && capacityOf({ ...area, rows: top }) >= needy.length
  if (!isWorthIt || !fits) return evenTiles(area, items)
  return [...evenTiles({ ...area, rows: top }, needy), ...evenTiles(below, others)]
}

function evenTiles(area: Rect, items: readonly GridItem[]): readonly Place[] {
  if (items.length === 0) return []
  const across = bestAcross(area, items.length)
  const rows = divide(area.rows, Math.ceil(items.length / across), 0)
  return items.flatMap((item, index) => {
    const line = Math.floor(index / across)
    // The last row may have fewer tiles: they share its width.
    const columns = divide(area.cols, Math.min(across, items.length - line * across))
    const column = columns[index % across]
    const row = rows[line]
    if (column === undefined || row === undefined) return []
    return [
      { id: item.id, rect: { x: area.x + column.start, y: area.y + row.start, cols: column.length, rows: row.length } },
    ]
  })
}

function bestAcross(area: Rect, count: number): number {
  const most = Math.max(1, Math.floor((area.cols + 1) / (SMALLEST_TILE.cols + 1)))
  const choices = Array.from({ length: Math.min(most, count) }, (_, index) => index + 1)
  const worth = (across: number) => {
    const rows = Math.floor(area.rows / Math.ceil(count / across))
    const cols = Math.floor((area.cols + 1) / across) - 1
    return rows < SMALLEST_TILE.rows ? -1 : Math.min(cols / GOOD_TILE.cols, rows / GOOD_TILE.rows)
  }
  return choices.reduce((best, across) => (worth(across) > worth(best) ? across : best), most)
}

/** Divides a length into parts that differ by at most one, with `gap` between them. */
function divide(
  length: number,
  parts: number,
  gap = 1,
): readonly { readonly start: number; readonly length: number }[] {
  const usable = length - (parts - 1) * gap
  return Array.from({ length: parts }, (_, index) => {
    const start = Math.floor((usable * index) / parts)
    return { start: start + index * gap, length: Math.floor((usable * (index + 1)) / parts) - start }
  })
}

function centre({ rect }: Place): { readonly x: number; readonly y: number } {
  return { x: rect.x + rect.cols / 2, y: rect.y + rect.rows / 2 }
}

function bottom({ rect }: Place): number {
  return rect.y + rect.rows
}
