/** Where metrics are pushed to, and how often. */
export interface OtlpTarget {
  readonly url: string
  readonly intervalMs: number
  readonly timeoutMs: number
}

const INTERVAL_MS = 60_000
const TIMEOUT_MS = 10_000

/** The collector that the environment names in OpenTelemetry's own variables; undefined where it names none. */
export function otlpTarget(env: Readonly<Record<string, string | undefined>>): OtlpTarget | undefined {
  const url = urlOf(env)
  if (url === undefined || env['OTEL_SDK_DISABLED'] === 'true') return undefined
  const intervalMs = milliseconds(env['OTEL_METRIC_EXPORT_INTERVAL'], INTERVAL_MS)
  const timeoutMs = milliseconds(env['OTEL_EXPORTER_OTLP_TIMEOUT'], TIMEOUT_MS)
  return { url, intervalMs, timeoutMs: Math.min(timeoutMs, intervalMs) }
}

function urlOf(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: own = '', OTEL_EXPORTER_OTLP_ENDPOINT: all = '' } = env
  if (own !== '') return own
  return all === '' ? undefined : `${all.replace(/\/+$/, '')}/v1/metrics`
}

function milliseconds(text: string | undefined, otherwise: number): number {
  const value = Number(text)
  return text !== undefined && Number.isFinite(value) && value > 0 ? value : otherwise
}
