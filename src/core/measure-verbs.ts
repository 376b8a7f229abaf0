import type { CostReport, CostRequest } from './costs.ts'
import type { MetricsReport } from './metrics.ts'

/** What a host has counted and measured. */
export interface MeasureVerbs {
  /** Tokens and money; rejects with `usage.invalid` for a day that is none. */
  costs(request: CostRequest): Promise<CostReport>
  /** Everything measured since the host started; looks at the processes of the sessions, at most every ten seconds. */
  metrics(): Promise<MetricsReport>
}
