import { METRIC_IDS, METRICS, type MetricDefinition, type MetricId } from './metric-table.ts'

export type Labels = Readonly<Record<string, string>>

/** The value of a counter or gauge. */
export interface MetricValue {
  readonly labels: Labels
  readonly value: number
}

/** What a histogram knows; the quantiles are of the last observations. */
export interface MetricSpread {
  readonly labels: Labels
  readonly count: number
  readonly sum: number
  readonly p50: number
  readonly p95: number
  /** How many were at most so much, by bucket; those above the last are in `count` only. */
  readonly buckets: readonly { readonly atMost: number; readonly count: number }[]
}

/** One metric with all its values. */
export type MetricFamily =
  | {
      readonly name: string
      readonly help: string
      readonly type: 'counter' | 'gauge'
      readonly values: readonly MetricValue[]
    }
  | {
      readonly name: string
      readonly help: string
      readonly type: 'histogram'
      readonly values: readonly MetricSpread[]
    }

/** Everything that a host has measured. */
export interface MetricsReport {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly metrics: readonly MetricFamily[]
}

/** Keeps what was measured, in bounded memory as long as labels are. */
export interface MetricRegistry {
  count(id: MetricId, labels: Labels, by?: number): void
  /** Replaces all values of a gauge, or of a counter that somebody else keeps. */
  set(id: MetricId, values: readonly MetricValue[]): void
  observe(id: MetricId, labels: Labels, value: number): void
  /** The sum of a counter over its labels that match. */
  total(id: MetricId, labels: Labels): number
  report(): readonly MetricFamily[]
}

/** Observations that quantiles are made of. */
const REMEMBERED = 512

interface Spread {
  readonly labels: Labels
  readonly recent: number[]
  readonly buckets: number[]
  count: number
  sum: number
}

/** An empty registry of all metrics. */
export function createRegistry(): MetricRegistry {
  const values = new Map<MetricId, Map<string, MetricValue>>()
  const spreads = new Map<MetricId, Map<string, Spread>>()
  return {
    count(id, labels, by = 1) {
      const series = within(values, id)
      const key = keyOf(labels)
      series.set(key, { labels, value: (series.get(key)?.value ?? 0) + by })
    },
    set(id, all) {
      values.set(id, new Map(all.map((each) => [keyOf(each.labels), each])))
    },
    observe(id, labels, value) {
      const { bounds }: MetricDefinition = METRICS[id]
      const series = within(spreads, id)
      const key = keyOf(labels)
      const spread = series.get(key) ?? emptySpread(labels, bounds ?? [])
      series.set(key, spread)
      add(spread, bounds ?? [], value)
    },
    total: (id, labels) =>
      [...within(values, id).values()]
        .filter((each) => Object.entries(labels).every(([name, value]) => each.labels[name] === value))
        .reduce((sum, { value }) => sum + value, 0),
    report: () =>
      METRIC_IDS.map((id) =>
        familyOf(METRICS[id], [...within(values, id).values()], [...within(spreads, id).values()]),
      ),
  }
}

function within<Value>(all: Map<MetricId, Map<string, Value>>, id: MetricId): Map<string, Value> {
  const series = all.get(id) ?? new Map<string, Value>()
  all.set(id, series)
  return series
}

function keyOf(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1)))
}

function emptySpread(labels: Labels, bounds: readonly number[]): Spread {
  return { labels, recent: [], buckets: bounds.map(() => 0), count: 0, sum: 0 }
}

function add(spread: Spread, bounds: readonly number[], value: number): void {
  spread.recent[spread.count % REMEMBERED] = value
  spread.count += 1
  spread.sum += value
  for (const [index, bound] of bounds.entries())
    if (value <= bound) spread.buckets[index] = (spread.buckets[index] ?? 0) + 1
}

function familyOf(
  definition: MetricDefinition,
  values: readonly MetricValue[],
  spreads: readonly Spread[],
): MetricFamily {
  const { name, help, type, bounds = [] } = definition
  if (type !== 'histogram') return { name, help, type, values }
  return { name, help, type, values: spreads.map((spread) => spreadOf(spread, bounds)) }
}

function spreadOf({ labels, recent, buckets, count, sum }: Spread, bounds: readonly number[]): MetricSpread {
  const sorted = [...recent].sort((one, other) => one - other)
  return {
    labels,
    count,
    sum,
    p50: quantile(sorted, 0.5),
    p95: quantile(sorted, 0.95),
    buckets: bounds.map((atMost, index) => ({ atMost, count: buckets[index] ?? 0 })),
  }
}

/** The smallest of the sorted values that so great a share of them does not exceed. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0
}
