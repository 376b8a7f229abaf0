import type { Grid } from '../../core/grid.ts'
import { WORDS } from '../../core/grid.ts'
import type { ChromeScreen } from './chrome-screen.ts'
import { chromeSource, copyCells, fillCells, gridSource } from './compose.ts'
import type { GlyphTable } from './glyphs.ts'
import type { RegionKey } from './key-colour.ts'
import type { Regions, Segment } from './regions.ts'

/** What a region shows: a grid from `top`, `left` on, and the background word where the grid has no cells. */
export interface RegionSource {
  readonly grid: Grid
  readonly top: number
  readonly left: number
  readonly isDim: boolean
  readonly fill: number
}

/** Everything that a row of the screen is made of. */
export interface Layers {
  readonly chrome: ChromeScreen | undefined
  readonly regions: Regions
  readonly sources: ReadonlyMap<RegionKey, RegionSource>
  readonly glyphs: GlyphTable
}

/** Builds a row of the screen in `next`: the chrome, with the cells of each region in place of its key colour. */
export function composeRow(layers: Layers, row: number, next: Uint32Array): void {
  const cols = next.length / WORDS
  const { chrome, regions, glyphs } = layers
  if (chrome === undefined || row >= chrome.rows) {
    fillCells({ row: next, at: 0, count: cols }, 0)
    return
  }
  const line = chrome.row(row)
  let column = 0
  for (const segment of regions.segments(row)) {
    const { start, end } = segment
    if (start > column) copyCells({ row: next, at: column, count: start - column }, chromeSource(line, column), glyphs)
    copyRegion(layers, row, { segment, next })
    column = end
  }
  if (column < cols) copyCells({ row: next, at: column, count: cols - column }, chromeSource(line, column), glyphs)
}

function copyRegion(
  { sources, regions, glyphs }: Layers,
  row: number,
  { segment, next }: { readonly segment: Segment; readonly next: Uint32Array },
): void {
  const { start, end, key } = segment
  const source = sources.get(key)
  const rect = regions.rect(key)
  if (source === undefined || rect === undefined) {
    fillCells({ row: next, at: start, count: end - start }, 0)
    return
  }
  const { grid, top, left, isDim, fill } = source
  const view = { grid, row: top + row - rect.y, column: left + start - rect.x, fill, isDim }
  copyCells({ row: next, at: start, count: end - start }, gridSource(view), glyphs)
}
