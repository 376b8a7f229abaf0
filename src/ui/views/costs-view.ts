import { COST_GROUPS, type CostRow } from '../../core/costs.ts'
import type { CostsOverlay } from '../overlays/costs.ts'
import { panelColumns, panelRows, READING_COLUMNS } from '../overlays/overlay.ts'
import type { RoomState } from '../store/state.ts'
import { pad, plain } from '../widgets/plain-text.ts'
import { type Line, span } from '../widgets/spans.ts'
import { drawPanel } from './overlay-panel.ts'
import type { SceneCanvas } from './scene.ts'
import { tabSpans } from './tab-line.ts'

const NUMBER_COLUMNS = 14

/** Draws tokens and money, summed up as chosen; what nobody knows the price of is said, never counted as nothing. */
export function drawCosts(canvas: SceneCanvas, state: RoomState, overlay: CostsOverlay): void {
  const { rows: all, total } = overlay.reports[overlay.by]
  const room = Math.max(1, panelRows(state.size.rows) - 6)
  const first = Math.min(overlay.scroll, Math.max(0, all.length - room))
  const nameWidth = Math.max(12, panelColumns(state.size.cols) - NUMBER_COLUMNS * 4)
  const numbers = (row: Omit<CostRow, 'key' | 'name'>): string =>
    [
      count(row.inputTokens),
      count(row.outputTokens),
      money(row.costUsd),
      row.unpricedTokens === 0 ? '' : `? ${count(row.unpricedTokens)}`,
    ]
      .map((text) => text.padStart(NUMBER_COLUMNS))
      .join('')
  const heading = ['input', 'output', 'cost', 'unpriced'].map((text) => text.padStart(NUMBER_COLUMNS)).join('')
  const lines: Line[] = [
    tabSpans(
      COST_GROUPS.map((tab) => ({ tab })),
      overlay.by,
    ),
    [],
    [span(pad(overlay.by, nameWidth), 'accent'), span(heading, 'muted')],
    ...all
      .slice(first, first + room)
      .map((row): Line => [span(pad(plain(row.name), nameWidth), 'plain'), span(numbers(row), 'plain')]),
    ...(all.length === 0 ? [[span('Nothing was spent yet.', 'muted')]] : []),
    [],
    [span(pad('total', nameWidth), 'strong'), span(numbers(total), 'strong')],
  ]
  const left = Math.max(0, all.length - first - room)
  const keys = `Tab sum up by   j k scroll   Esc close${left === 0 ? '' : `   ${left} more lines below`}`
  drawPanel(canvas, state.size, { content: { title: 'Tokens and cost', lines, keys }, cols: READING_COLUMNS })
}

function count(tokens: number): string {
  return tokens < 10_000
    ? String(tokens)
    : tokens < 10_000_000
      ? `${(tokens / 1000).toFixed(1)}k`
      : `${(tokens / 1e6).toFixed(1)}M`
}

function money(usd: number | null): string {
  return usd === null ? '?' : `$${usd.toFixed(usd < 1 ? 4 : 2)}`
}
