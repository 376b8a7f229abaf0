import { COST_GROUPS, type CostReport, type CostRow } from '../../core/costs.ts'
import type { VerbContext } from '../context.ts'
import { tableText } from '../table.ts'
import { choiceOption, textOption, type VerbHandler } from '../verb-input.ts'

/** Sums up tokens and money. */
export const costs: VerbHandler = async (context, input) => {
  const by = choiceOption(input, 'by', COST_GROUPS) ?? 'session'
  const since = dayOf(context, textOption(input, 'since'))
  const connection = await context.connect()
  const report = await connection.costs({ by, ...(since === undefined ? {} : { since }) })
  return { json: report, text: textOf(report), notes: notesOn(report) }
}

function dayOf({ now }: VerbContext, given: string | undefined): string | undefined {
  if (given !== 'today') return given
  const date = new Date(now())
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-')
}

function textOf({ by, since, rows, total }: CostReport): string {
  if (rows.length === 0) return `Nothing was spent${since === null ? '' : ` since ${since}`}.`
  const line = (name: string, row: Omit<CostRow, 'key' | 'name'>): readonly string[] => [
    name,
    String(row.inputTokens),
    String(row.outputTokens),
    costText(row),
  ]
  return tableText(
    [by.toUpperCase(), 'INPUT', 'OUTPUT', 'COST'],
    [...rows.map((row) => line(row.name, row)), line('total', total)],
  )
}

function costText({ costUsd, unpricedTokens }: Pick<CostRow, 'costUsd' | 'unpricedTokens'>): string {
  if (costUsd === null) return '?'
  return `$${costUsd.toFixed(2)}${unpricedTokens > 0 ? ' + ?' : ''}`
}

function notesOn({ total }: CostReport): readonly string[] {
  if (total.unpricedTokens === 0) return []
  return [`The price of ${total.unpricedTokens} tokens is not known: they are not in the cost (?).`]
}
