import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { otlpTarget } from '../../src/host/otlp-target.ts'
import { pushMetrics } from '../../src/host/push-metrics.ts'
import { eventually } from '../harness/eventually.ts'
import { startStandInHost } from '../harness/stand-in-host.ts'

interface Pushed {
  readonly path: string | undefined
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: {
    readonly resourceMetrics: readonly {
      readonly resource: { readonly attributes: readonly { readonly key: string; readonly value: unknown }[] }
      readonly scopeMetrics: readonly {
        readonly metrics: readonly { readonly name: string; readonly [kind: string]: unknown }[]
      }[]
    }[]
  }
}

/** A collector on loopback that keeps what it was sent. */
async function startCollector() {
  const pushed: Pushed[] = []
  const server = createServer(async (request, response) => {
    pushed.push({ path: request.url, headers: request.headers, body: (await json(request)) as Pushed['body'] })
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    pushed,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}

function pushTo(host: Awaited<ReturnType<typeof startStandInHost>>, env: Readonly<Record<string, string>>) {
  const { meter, hostName } = host.running.host
  const lines: string[] = []
  const log = (line: string): void => void lines.push(line)
  return pushMetrics({ env, log, version: '1.2.3', hostName, metrics: meter })
}

describe('OTLP', () => {
  it('pushes what is measured to the collector that the environment names', async () => {
    await using collector = await startCollector()
    await using host = await startStandInHost()
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`, OTEL_METRIC_EXPORT_INTERVAL: '100' }
    const push = await pushTo(host, env)
    const session = await host.spawn('toast')
    session.agent.say({ type: 'used', usage: { inputTokens: 5, outputTokens: 2, costUsd: 0.25 } })
    const metricOf = (name: string) =>
      collector.pushed
        .flatMap(({ body }) => body.resourceMetrics)
        .flatMap(({ scopeMetrics }) => scopeMetrics)
        .flatMap(({ metrics }) => metrics)
        .findLast((metric) => metric.name === name)
    await eventually('the cost', () => metricOf('signalbox_cost_usd_total'))
    await push?.stop()
    expect(collector.pushed[0]).toMatchObject({ path: '/v1/metrics', headers: { 'content-type': 'application/json' } })
    const attributes = collector.pushed[0]?.body.resourceMetrics[0]?.resource.attributes
    expect(attributes).toContainEqual({ key: 'service.name', value: { stringValue: 'signalbox' } })
    const backend = { attributes: [{ key: 'backend', value: { stringValue: 'stand-in' } }] }
    expect(metricOf('signalbox_cost_usd_total')).toMatchObject({
      sum: { isMonotonic: true, dataPoints: [{ ...backend, asDouble: 0.25 }] },
    })
    expect(metricOf('signalbox_session_spawn_seconds')).toMatchObject({
      unit: 's',
      histogram: { dataPoints: [{ ...backend, count: 1, explicitBounds: expect.arrayContaining([0.05, 300]) }] },
    })
    expect(metricOf('signalbox_sessions')).toMatchObject({ gauge: { dataPoints: [{}] } })
  })

  it('ends soon when the collector is away, and is not there when none is named', async () => {
    await using host = await startStandInHost()
    expect(await pushTo(host, {})).toBeUndefined()
    const push = await pushTo(host, { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://127.0.0.1:9/v1/metrics' })
    const before = performance.now()
    await push?.stop()
    expect(performance.now() - before).toBeLessThan(5_000)
  })

  it.each<[Record<string, string>, string | undefined]>([
    [{}, undefined],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, undefined],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' }, 'http://c:4318/v1/metrics'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c/base/' }, 'http://c/base/v1/metrics'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://m/x' }, 'http://m/x'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_SDK_DISABLED: 'true' }, undefined],
  ])('%j means %s', (env, url) => {
    expect(otlpTarget(env)?.url).toBe(url)
  })
})
