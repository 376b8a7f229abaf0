import { isDay } from '../core/costs.ts'
import { fail } from '../core/errors.ts'
import type { MeasureVerbs } from '../core/measure-verbs.ts'
import { type BudgetWatchOptions, createBudgetWatch } from './budget-watch.ts'
import type { FactLog } from './fact-log.ts'
import type { LiveSessions } from './live-sessions.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { PROCESS_CLOCK, type ProcessClock } from './process-clock.ts'
import { createProcessSampler } from './process-usage.ts'

/** The parts that count and measure. */
export interface Measuring {
  readonly metrics: Metrics
  /** From now on nothing is measured, and no budget ends anything. */
  readonly closeMeasuring: () => void
}

export interface MeasuringOptions extends Pick<BudgetWatchOptions, 'facts' | 'log' | 'now' | 'newId'> {
  readonly clock?: ProcessClock
}

/** Makes the metrics and the watch over budgets. */
export function createMeasuring(
  options: MeasuringOptions,
  live: LiveSessions,
  rules: BudgetWatchOptions['rules'],
): Measuring {
  const { facts, log, now, newId, clock = PROCESS_CLOCK } = options
  const metrics = createMetrics({ facts, now, sample: createProcessSampler(clock.now) })
  const budgets = createBudgetWatch({ facts, log, now, newId, rules, live: (id) => live.get(id) })
  return {
    metrics,
    closeMeasuring() {
      metrics.close()
      budgets.close()
    },
  }
}

/** What was counted and measured, for whoever asks. */
export function measureVerbs(facts: FactLog, metrics: Metrics): MeasureVerbs {
  return {
    async costs(request) {
      const { since } = request
      if (since !== undefined && !isDay(since))
        fail('usage.invalid', { what: `"${since}" is not a day`, hint: 'Give it as 2026-11-27.' })
      return facts.costs(request)
    },
    metrics: () => metrics.report(),
  }
}
