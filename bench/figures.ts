/** What a figure must be to be good: at most or at least this. */
export type Budget = { readonly atMost: number } | { readonly atLeast: number }

/** One measured number beside what it is compared with. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** The same by plain means or by a rival, from the same run. */
  readonly baseline?: { readonly name: string; readonly value: number; readonly unit?: string }
  /** The budget is of the ratio value / baseline. Without it, it is of the value. */
  readonly isRatio?: boolean
  readonly budget?: Budget
  /** What else is worth knowing, in a few words. */
  readonly note?: string
}

/** What one bench found. */
export type Figures = readonly Figure[]

/** How thoroughly to measure. */
export interface BenchOptions {
  /** Shorter and rougher, for a look while developing. */
  readonly isQuick: boolean
}

/** One bench; it stops everything it starts. */
export type Bench = (options: BenchOptions) => Promise<Figures>

/** value / baseline, when the figure has a baseline. */
export function ratioOf({ value, baseline }: Figure): number | undefined {
  return baseline === undefined || baseline.value === 0 ? undefined : value / baseline.value
}

/** Whether the budget is met; undefined without one. */
export function isMet(figure: Figure): boolean | undefined {
  const { budget } = figure
  const measured = figure.isRatio === true ? ratioOf(figure) : figure.value
  if (budget === undefined || measured === undefined) return undefined
  return 'atMost' in budget ? measured <= budget.atMost : measured >= budget.atLeast
}

/** The value below which this share of the samples lies. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
