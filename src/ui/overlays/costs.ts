import { COST_GROUPS, type CostGroup, type CostReport } from '../../core/costs.ts'
import { CLOSED, isLeaving, type OverlayInput, type OverlayStep } from './overlay-input.ts'
import { scrolledBy } from './scrolling.ts'
import { tabAfter } from './table-moves.ts'

/** What was spent, as it was when this was opened. */
export interface CostsOverlay {
  readonly kind: 'costs'
  readonly by: CostGroup
  readonly reports: Readonly<Record<CostGroup, CostReport>>
  readonly scroll: number
}

/** The costs after an input: Tab changes what they are summed up by, the rest scrolls or closes. */
export function stepCosts(overlay: CostsOverlay, input: OverlayInput, rows: number): OverlayStep<CostsOverlay> {
  if (isLeaving(input)) return CLOSED
  if (input.kind === 'paste') return { overlay }
  const { name } = input.key
  if (name === 'enter' || name === 'q' || name === '$') return CLOSED
  if (name === 'tab' || name === 'shift+tab')
    return { overlay: { ...overlay, by: tabAfter(COST_GROUPS, overlay.by, name), scroll: 0 } }
  const last = Math.max(0, overlay.reports[overlay.by].rows.length - rows)
  return { overlay: { ...overlay, scroll: scrolledBy(overlay.scroll, name, { last, rows }) ?? overlay.scroll } }
}
