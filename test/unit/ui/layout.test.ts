import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type SessionId, sessionId } from '../../../src/core/ids.ts'
import { GROUPS, type Group } from '../../../src/core/triage.ts'
import type { Rect } from '../../../src/ui/panes/regions.ts'
import { type GridItem, layoutGrid, placeTowards } from '../../../src/ui/views/grid-layout.ts'
import { layoutPanel, layoutRoom, layoutTriage, layoutZoom } from '../../../src/ui/views/layout.ts'

const sizes = fc.record({ cols: fc.integer({ min: 60, max: 300 }), rows: fc.integer({ min: 15, max: 100 }) })

/** Fails where two rectangles meet or one leaves the area. */
function expectApart(rects: readonly Rect[], within: Rect): void {
  const isOutside = rects.some(
    ({ x, y, cols, rows }) =>
      cols < 0 ||
      rows < 0 ||
      x < within.x ||
      y < within.y ||
      x + cols > within.x + within.cols ||
      y + rows > within.y + within.rows,
  )
  const meeting = rects.filter((one, index) => rects.slice(index + 1).some((other) => isMeeting(one, other)))
  expect({ isOutside, meeting }).toEqual({ isOutside: false, meeting: [] })
}

function isMeeting(one: Rect, other: Rect): boolean {
  const isBeside = one.x + one.cols <= other.x || other.x + other.cols <= one.x
  const isAbove = one.y + one.rows <= other.y || other.y + other.rows <= one.y
  return !isBeside && !isAbove
}

function bodyOf(size: { cols: number; rows: number }): Rect {
  return layoutRoom(size)!.body
}

function itemsOf(groups: readonly (number | Group)[]): readonly GridItem[] {
  return groups
    .map((group, index) => ({ id: sessionId(`s${index}`), group: typeof group === 'number' ? GROUPS[group]! : group }))
    .sort((a, b) => GROUPS.indexOf(a.group) - GROUPS.indexOf(b.group))
}

/** Eight sessions: one that asks, four that work, three that are idle. */
const CROWD: readonly Group[] = ['needs-you', ...Array(4).fill('working'), ...Array(3).fill('idle')]

const groups = fc.array(fc.integer({ min: 0, max: GROUPS.length - 1 }), { maxLength: 60 })

describe('layout', () => {
  test('the parts of the room fill the screen and never meet', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 0, max: 40 }), (size, needRows) => {
        const screen = { x: 0, y: 0, ...size }
        const { header, body, footer } = layoutRoom(size)!
        expectApart([header, body, footer], screen)
        expectApart(Object.values(layoutTriage(body, needRows)), body)
        expectApart(Object.values(layoutZoom(body)), body)
        expect(layoutTriage(body, needRows).pane.rows).toBeGreaterThanOrEqual(3)
        expectApart([layoutPanel(size, { cols: needRows * 9, rows: needRows * 3 })], screen)
      }),
      { numRuns: 60 },
    )
  })

  test('a terminal below 60×15 has no layout', () => {
    expect(layoutRoom({ cols: 59, rows: 40 })).toBeUndefined()
    expect(layoutRoom({ cols: 200, rows: 14 })).toBeUndefined()
  })

  test('tiles and lines of the grid never meet, and every session is on exactly one page', () => {
    fc.assert(
      fc.property(sizes, groups, (size, numbers) => {
        const body = bodyOf(size)
        const items = itemsOf(numbers)
        const seen = new Set<SessionId>()
        for (const item of items) {
          const layout = layoutGrid(body, items, item.id)
          const here = [...layout.tiles, ...layout.lines].map((place) => place.id)
          expect(here).toContain(item.id)
          expect(layout.page).toBeLessThan(layout.pages)
          for (const id of here) seen.add(id)
        }
        expect(seen.size).toBe(items.length)
        const first = layoutGrid(body, items, undefined)
        expectApart(
          [...first.tiles, ...first.lines].map((place) => place.rect),
          body,
        )
        for (const tile of first.tiles) expect(tile.rect.rows >= 3 && tile.rect.cols >= 20).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  test.each([4, 9, 20])('%i tiles fit on one page of 120×40', (count) => {
    const items = itemsOf(Array.from({ length: count }, () => 'working' as const))
    const layout = layoutGrid(bodyOf({ cols: 120, rows: 40 }), items, undefined)
    expect(layout.pages).toBe(1)
    expect(layout.tiles).toHaveLength(count)
  })

  test('needy sessions get larger tiles, quiet ones a line when there are many', () => {
    const layout = layoutGrid(bodyOf({ cols: 120, rows: 40 }), itemsOf(CROWD), undefined)
    const [needy, ...others] = layout.tiles
    expect(layout.lines).toHaveLength(3)
    for (const tile of others) {
      expect(needy!.rect.cols * needy!.rect.rows).toBeGreaterThan(tile.rect.cols * tile.rect.rows)
    }
  })

  test('every place is reached by the arrows', () => {
    const { tiles, lines } = layoutGrid(bodyOf({ cols: 120, rows: 40 }), itemsOf(CROWD), undefined)
    const places = [...tiles, ...lines]
    const reached = new Set<SessionId>([places[0]!.id])
    for (const id of reached) {
      for (const direction of ['up', 'down', 'left', 'right'] as const) {
        const next = placeTowards(places, id, direction)
        if (next !== undefined) reached.add(next)
      }
    }
    expect(reached.size).toBe(places.length)
  })
})
