import type { Log } from './log.ts'
import type { OtlpExport, OtlpOptions } from './otlp-export.ts'
import { otlpTarget } from './otlp-target.ts'

export interface PushOptions extends Omit<OtlpOptions, 'target'> {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly log: Log
}

/** Pushes metrics to the collector that the environment names, if it names one. A collector that is away costs no session. */
export async function pushMetrics({ env, log, ...options }: PushOptions): Promise<OtlpExport | undefined> {
  const target = otlpTarget(env)
  if (target === undefined) return undefined
  try {
    const { startOtlpExport } = await import('./otlp-export.ts')
    log('metrics.pushed', { url: target.url, intervalMs: target.intervalMs })
    return startOtlpExport({ ...options, target })
  } catch (error) {
    log('metrics.push-failed', { url: target.url, detail: String(error) })
    return undefined
  }
}
