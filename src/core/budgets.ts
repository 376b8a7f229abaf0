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

/** `$4.20 of $4.00` */
export function budgetWords({ spentUsd, limitUsd }: BudgetVerdict): string {
  return `$${spentUsd.toFixed(2)} of $${limitUsd.toFixed(2)}`
}
