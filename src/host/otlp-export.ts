import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { METRIC_IDS, METRICS, type MetricDefinition } from '../core/metric-table.ts'
import type { MetricFamily } from '../core/metrics.ts'
import type { Metrics } from './metrics.ts'
import type { OtlpTarget } from './otlp-target.ts'

export interface OtlpOptions {
  readonly target: OtlpTarget
  readonly metrics: Metrics
  readonly version: string
  readonly hostName: string
}

/** Pushes metrics until `stop`, which pushes once more. */
export interface OtlpExport {
  stop(): Promise<void>
}

/** Starts to push what is measured to an OpenTelemetry collector. Loaded only where one is named: it is a library of its own. */
export function startOtlpExport({ target, metrics, version, hostName }: OtlpOptions): OtlpExport {
  const { url, intervalMs, timeoutMs } = target
  const exporter = new OTLPMetricExporter({ url, timeoutMillis: timeoutMs })
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: intervalMs,
    exportTimeoutMillis: timeoutMs,
  })
  const provider = new MeterProvider({
    resource: resourceFromAttributes({
      'service.name': 'signalbox',
      'service.version': version,
      'host.name': hostName,
    }),
    readers: [reader],
  })
  const meter = provider.getMeter('signalbox', version)
  const histograms = new Map(
    METRIC_IDS.filter((id) => METRICS[id].type === 'histogram').map((id) => {
      const { name, help, bounds = [] }: MetricDefinition = METRICS[id]
      const advice = { explicitBucketBoundaries: [...bounds] }
      return [id, meter.createHistogram(name, { description: help, unit: 's', advice })] as const
    }),
  )
  const stopObserving = metrics.onObservation(({ id, labels, value }) => histograms.get(id)?.record(value, labels))
  const observables = new Map(
    METRIC_IDS.filter((id) => METRICS[id].type !== 'histogram').map((id) => {
      const { name, help, type }: MetricDefinition = METRICS[id]
      const about = { description: help }
      return [
        name,
        type === 'counter' ? meter.createObservableCounter(name, about) : meter.createObservableGauge(name, about),
      ] as const
    }),
  )
  meter.addBatchObservableCallback(
    async (result) => {
      for (const family of (await metrics.report()).metrics) {
        const observable = observables.get(family.name)
        if (observable === undefined) continue
        for (const { labels, value } of valuesOf(family)) result.observe(observable, value, labels)
      }
    },
    [...observables.values()],
  )
  return {
    async stop() {
      stopObserving()
      await Promise.race([provider.shutdown(), afterwards(LAST_PUSH_MS)])
    },
  }
}

/** Nobody waits longer than this for the end of a host because a collector is away. */
const LAST_PUSH_MS = 2000

function afterwards(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref()
  })
}

function valuesOf(family: MetricFamily) {
  return family.type === 'histogram' ? [] : family.values
}
