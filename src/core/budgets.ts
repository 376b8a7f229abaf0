import type { NeedDraft } from './need.ts'
import type { Budget } from './rules.ts'

/** What becomes of whoever has spent so much. */
export type BudgetLevel = 'warn' | 'pause' | 'stop'

/** A limit that was reached. */
export interface BudgetVerdict {
  readonly level: BudgetLevel
  readonly limitUsd: number
  readonly spentUsd: number
}

/** The highest limit of a budget that was reached; undefined while none was, or there is none. */
export function judgeBudget(budget: Budget | undefined, spentUsd: number): BudgetVerdict | undefined {
  const limits: readonly (readonly [BudgetLevel, number | undefined])[] = [
    ['stop', budget?.stopUsd],
    ['pause', budget?.pauseUsd],
    ['warn', budget?.warnUsd],
  ]
  for (const [level, limitUsd] of limits)
    if (limitUsd !== undefined && spentUsd >= limitUsd) return { level, limitUsd, spentUsd }
  return undefined
}

/** Whose budget: that of one session, or that of all in one day. */
export type Whose = 'session' | 'day'

const BUDGET_KEY = 'budget-'

/** The key of the need that tells of a reached limit. */
export function budgetKey(whose: Whose, level: BudgetLevel): string {
  return `${BUDGET_KEY}${whose}-${level}`
}

/** Whether a need tells of a budget. */
export function isBudgetNeed({ key }: Pick<NeedDraft, 'key'>): boolean {
  return key.startsWith(BUDGET_KEY)
}

/** `$4.20 of $4.00` */
export function budgetWords({ spentUsd, limitUsd }: BudgetVerdict): string {
  return `$${spentUsd.toFixed(2)} of $${limitUsd.toFixed(2)}`
}
