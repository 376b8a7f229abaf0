import { WORDS } from '../../core/grid.ts'
import type { ChromeScreen } from './chrome-screen.ts'
import { type RegionKey, regionKey } from './key-colour.ts'
import type { RowCells, RowRange } from './xterm-cells.ts'

/** A run of key-coloured cells in one row, from `start` up to and without `end`. */
export interface Segment {
  readonly start: number
  readonly end: number
  readonly key: RegionKey
}

/** A rectangle of cells. */
export interface Rect {
  readonly x: number
  readonly y: number
  readonly cols: number
  readonly rows: number
}

/** Where the panes and live slots are, read from the key colours of the chrome. */
export interface Regions {
  /** Reads the changed rows again; returns the regions whose rectangle moved. */
  update(chrome: ChromeScreen, range: RowRange): readonly RegionKey[]
  segments(row: number): readonly Segment[]
  rect(key: RegionKey): Rect | undefined
  /** While held, a region that is partly covered keeps the rectangle it had. */
  hold(held: boolean): void
  /** Forgets everything, for a screen of another size. */
  reset(cols: number, rows: number): void
}

interface Extent {
  x0: number
  y0: number
  x1: number
  y1: number
  cells: number
}

const NO_SEGMENTS: readonly Segment[] = []

/** Creates the map of regions for a screen of this size. */
export function createRegions(initialCols: number, initialRows: number): Regions {
  let cols = initialCols
  let segmentsByRow: (readonly Segment[])[] = new Array(initialRows).fill(NO_SEGMENTS)
  let rects = new Map<RegionKey, Rect>()
  let isHeld = false

  function relocate(): readonly RegionKey[] {
    const extents = measure(segmentsByRow)
    const next = new Map<RegionKey, Rect>()
    for (const [key, extent] of extents) next.set(key, place(extent, rects.get(key), isHeld))
    if (isHeld) for (const [key, rect] of rects) if (!extents.has(key)) next.set(key, rect)
    const moved = [...next].filter(([key, rect]) => !isSameRect(rect, rects.get(key))).map(([key]) => key)
    rects = next
    return moved
  }

  return {
    update(chrome, range) {
      let isChanged = false
      for (let row = range.start; row <= Math.min(range.end, segmentsByRow.length - 1, chrome.rows - 1); row++) {
        const found = scanRow(chrome.row(row), cols)
        if (isSameRow(found, segmentsByRow[row] ?? NO_SEGMENTS)) continue
        segmentsByRow[row] = found
        isChanged = true
      }
      return isChanged ? relocate() : []
    },
    segments: (row) => segmentsByRow[row] ?? NO_SEGMENTS,
    rect: (key) => rects.get(key),
    hold(held) {
      isHeld = held
    },
    reset(newCols, newRows) {
      cols = newCols
      segmentsByRow = new Array(newRows).fill(NO_SEGMENTS)
      rects = new Map()
    },
  }
}

function scanRow(row: RowCells, cols: number): readonly Segment[] {
  const segments: Segment[] = []
  const length = Math.min(cols, row.length)
  let start = 0
  while (start < length) {
    const key = regionKey(row.cells[start * WORDS + 2] as number)
    let end = start + 1
    while (end < length && regionKey(row.cells[end * WORDS + 2] as number) === key) end++
    if (key !== 0) segments.push({ start, end, key })
    start = end
  }
  return segments.length === 0 ? NO_SEGMENTS : segments
}

function measure(segmentsByRow: readonly (readonly Segment[])[]): Map<RegionKey, Extent> {
  const extents = new Map<RegionKey, Extent>()
  segmentsByRow.forEach((segments, row) => {
    for (const { start, end, key } of segments) {
      const extent = extents.get(key)
      if (extent === undefined) {
        extents.set(key, { x0: start, y0: row, x1: end, y1: row + 1, cells: end - start })
        continue
      }
      extent.x0 = Math.min(extent.x0, start)
      extent.x1 = Math.max(extent.x1, end)
      extent.y1 = row + 1
      extent.cells += end - start
    }
  })
  return extents
}

/**
 * The rectangle of a region is the box around its cells, unless something covers part of it: then the corner of the box
 * may be hidden, and the content would jump. A hole in the box, or the hold, tells that it is covered and not smaller.
 */
function place(extent: Extent, before: Rect | undefined, isHeld: boolean): Rect {
  const box = { x: extent.x0, y: extent.y0, cols: extent.x1 - extent.x0, rows: extent.y1 - extent.y0 }
  const isCovered = isHeld || extent.cells < box.cols * box.rows
  return before !== undefined && isCovered && contains(before, box) ? before : box
}

function contains(outer: Rect, inner: Rect): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.cols <= outer.x + outer.cols &&
    inner.y + inner.rows <= outer.y + outer.rows
  )
}

function isSameRect(one: Rect, other: Rect | undefined): boolean {
  return other !== undefined && contains(one, other) && contains(other, one)
}

function isSameRow(one: readonly Segment[], other: readonly Segment[]): boolean {
  if (one === other) return true
  if (one.length !== other.length) return false
  return one.every((segment, index) => {
    const twin = other[index]
    return twin?.start === segment.start && twin.end === segment.end && twin.key === segment.key
  })
}
