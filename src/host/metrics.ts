import { createEmitter } from '../core/emitter.ts'
import { type Fleet, sessionsOf } from '../core/fleet.ts'
import type { MetricId } from '../core/metric-table.ts'
import {
  createRegistry,
  type Labels,
  type MetricRegistry,
  type MetricsReport,
  type MetricValue,
} from '../core/metrics.ts'
import type { Dispose } from '../core/scope.ts'
import { isLive } from '../core/session.ts'
import type { FactLog } from './fact-log.ts'
import { followMeasures } from './measures.ts'
import type { ProcessSampler } from './process-usage.ts'

/** One observation of something whose spread is measured. */
export interface Observation {
  readonly id: MetricId
  readonly labels: Labels
  readonly value: number
}

/** What a host measures. */
export interface Metrics {
  /** Everything as it is now; looks at the processes of the sessions. */
  report(): Promise<MetricsReport>
  onObservation(listener: (observation: Observation) => void): Dispose
  close(): void
}

export interface MetricsOptions {
  readonly facts: FactLog
  readonly now: () => number
  readonly sample: ProcessSampler
}

/** Measures from facts as they happen; all else is looked up when somebody asks. */
export function createMetrics({ facts, now, sample }: MetricsOptions): Metrics {
  const registry = createRegistry()
  const observed = createEmitter<Observation>()
  const close = followMeasures(facts, {
    count: registry.count,
    observe(id, labels, value) {
      registry.observe(id, labels, value)
      observed.emit({ id, labels, value })
    },
  })
  return {
    async report() {
      setFleet(registry, facts.fleet)
      setCosts(registry, facts)
      await setProcesses(registry, facts.fleet, sample)
      return { at: now(), metrics: registry.report() }
    },
    onObservation: (listener) => observed.on(listener),
    close,
  }
}

function setFleet(registry: MetricRegistry, fleet: Fleet): void {
  registry.set('sessions', counted(sessionsOf(fleet).map(({ backend, state }) => ({ backend, state }))))
  const work = Object.values(fleet.work).filter(({ status }) => status === 'queued').length
  const messages = Object.values(fleet.deliveries).filter(({ receipt }) => receipt.status === 'queued').length
  registry.set('workWaiting', [{ labels: {}, value: work }])
  registry.set('messagesWaiting', [{ labels: {}, value: messages }])
  const of = (outcome: string): number => registry.total('messages', { outcome })
  const ended = of('delivered') + of('failed') + of('expired')
  registry.set('deliveryRatio', ended === 0 ? [] : [{ labels: {}, value: of('delivered') / ended }])
}

function counted(all: readonly Labels[]): readonly MetricValue[] {
  const counts = new Map<string, { readonly labels: Labels; value: number }>()
  for (const labels of all) {
    const key = JSON.stringify(labels)
    const known = counts.get(key) ?? { labels, value: 0 }
    known.value += 1
    counts.set(key, known)
  }
  return [...counts.values()]
}

function setCosts(registry: MetricRegistry, facts: FactLog): void {
  const { rows } = facts.costs({ by: 'backend' })
  registry.set(
    'tokens',
    rows.flatMap(({ key: backend, inputTokens, outputTokens }) => [
      { labels: { backend, direction: 'input' }, value: inputTokens },
      { labels: { backend, direction: 'output' }, value: outputTokens },
    ]),
  )
  registry.set(
    'costUsd',
    rows.flatMap(({ key: backend, costUsd }) => (costUsd === null ? [] : [{ labels: { backend }, value: costUsd }])),
  )
}

async function setProcesses(registry: MetricRegistry, fleet: Fleet, sample: ProcessSampler): Promise<void> {
  const live = sessionsOf(fleet).filter(isLive)
  const usage = await sample(live.map(({ id, pid }) => ({ id, pid })))
  const valuesOf = (field: 'memoryBytes' | 'cpuCores'): readonly MetricValue[] =>
    live.flatMap(({ id, backend, rig, agentName }) => {
      const value = usage.get(id)?.[field]
      return value === undefined ? [] : [{ labels: { session: id, name: agentName, rig, backend }, value }]
    })
  registry.set('memoryBytes', valuesOf('memoryBytes'))
  registry.set('cpuCores', valuesOf('cpuCores'))
}
