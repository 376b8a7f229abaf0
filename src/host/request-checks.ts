import { fail } from '../core/errors.ts'
import type { Size } from '../core/session.ts'
import type { PaneView } from '../core/viewer.ts'

/** Sides of a pane or terminal that are believed, in cells. */
const MAX_SIDE = 1000
const MAX_PANES = 500

/** Whether what a client sent are panes that the host can look through. */
export function isPaneViews(panes: unknown): panes is readonly PaneView[] {
  return Array.isArray(panes) && panes.length <= MAX_PANES && panes.every(isPaneView)
}

function isPaneView(view: unknown): view is PaneView {
  if (typeof view !== 'object' || view === null) return false
  const { id, size, scrollOffset, isFocused } = view as Partial<Record<keyof PaneView, unknown>>
  return typeof id === 'string' && isSize(size) && Number.isInteger(scrollOffset) && typeof isFocused === 'boolean'
}

/** Fails with `size.invalid` when a terminal cannot have this size. */
export function checkSize(size: unknown): asserts size is Size {
  if (isSize(size)) return
  const { cols, rows } = (size ?? {}) as Partial<Size>
  fail('size.invalid', { size: `${cols}x${rows}` })
}

function isSize(size: unknown): size is Size {
  if (typeof size !== 'object' || size === null) return false
  const { cols, rows } = size as Partial<Record<keyof Size, unknown>>
  return isSide(cols) && isSide(rows)
}

function isSide(side: unknown): boolean {
  return Number.isInteger(side) && Number(side) >= 1 && Number(side) <= MAX_SIDE
}
