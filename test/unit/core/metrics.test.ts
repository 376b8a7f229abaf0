import { describe, expect, it } from 'vitest'
import { METRIC_IDS, METRICS } from '../../../src/core/metric-table.ts'
import { createRegistry, type MetricFamily } from '../../../src/core/metrics.ts'
import { prometheusText } from '../../../src/core/prometheus.ts'
import { readPrometheus } from '../../harness/prometheus.ts'

function family(families: readonly MetricFamily[], name: string): MetricFamily {
  const found = families.find((each) => each.name === name)
  if (found === undefined) throw new Error(`no ${name}`)
  return found
}

describe('metric registry', () => {
  it('adds counters up by their labels, in whatever order these are', () => {
    const registry = createRegistry()
    registry.count('messages', { type: 'nudge', outcome: 'delivered' })
    registry.count('messages', { outcome: 'delivered', type: 'nudge' }, 2)
    registry.count('messages', { outcome: 'failed', type: 'mail' })
    expect(family(registry.report(), 'signalbox_messages_total').values).toEqual([
      { labels: { type: 'nudge', outcome: 'delivered' }, value: 3 },
      { labels: { outcome: 'failed', type: 'mail' }, value: 1 },
    ])
    expect(registry.total('messages', { outcome: 'delivered' })).toBe(3)
    expect(registry.total('messages', {})).toBe(4)
  })

  it('replaces a gauge as a whole', () => {
    const registry = createRegistry()
    registry.set('sessions', [{ labels: { backend: 'claude', state: 'running' }, value: 2 }])
    registry.set('sessions', [{ labels: { backend: 'shell', state: 'running' }, value: 1 }])
    expect(family(registry.report(), 'signalbox_sessions').values).toEqual([
      { labels: { backend: 'shell', state: 'running' }, value: 1 },
    ])
  })

  it('knows the spread of the last observations, and all of them by bucket', () => {
    const registry = createRegistry()
    for (let at = 1; at <= 100; at += 1) registry.observe('spawnSeconds', { backend: 'claude' }, at / 10)
    const [spread] = family(registry.report(), 'signalbox_session_spawn_seconds').values
    expect(spread).toMatchObject({ count: 100, sum: expect.closeTo(505, 6), p50: 5, p95: 9.5 })
    expect(spread).toMatchObject({ buckets: expect.arrayContaining([{ atMost: 1, count: 10 }]) })
    for (let at = 0; at < 2000; at += 1) registry.observe('spawnSeconds', { backend: 'claude' }, 7)
    expect(family(registry.report(), 'signalbox_session_spawn_seconds').values[0]).toMatchObject({ p50: 7, p95: 7 })
  })
})

describe('prometheus text', () => {
  it('is what the format says, for every metric and for hostile labels', () => {
    const registry = createRegistry()
    const labels = { name: 'a "b"\\\nc', backend: 'x{y}=,z' }
    registry.set('memoryBytes', [{ labels, value: 1.5e9 }])
    registry.set('sessions', [])
    registry.count('messages', { type: 'nudge', outcome: 'delivered' })
    registry.observe('answerSeconds', { kind: 'permission' }, 2)
    registry.observe('answerSeconds', { kind: 'permission' }, 1e9)
    const read = readPrometheus(prometheusText({ at: 0, metrics: registry.report() }))
    expect([...read.keys()]).toEqual(METRIC_IDS.map((id) => METRICS[id].name))
    expect(read.get('signalbox_session_memory_bytes')).toMatchObject({
      type: 'gauge',
      samples: [{ labels, value: 1.5e9 }],
    })
    const samples = read.get('signalbox_need_answer_seconds')?.samples ?? []
    const buckets = samples.filter(({ name }) => name.endsWith('_bucket'))
    expect(buckets.at(-1)).toMatchObject({ labels: { kind: 'permission', le: '+Inf' }, value: 2 })
    expect(buckets.map(({ value }) => value)).toEqual(buckets.map(({ value }) => value).sort((a, b) => a - b))
    expect(samples.find(({ name }) => name.endsWith('_count'))).toMatchObject({ value: 2 })
  })

  it.each(METRIC_IDS)('%s is called as the conventions have it', (id) => {
    const { name, type } = METRICS[id]
    expect(name).toMatch(/^signalbox_[a-z][a-z0-9_]*$/)
    expect(name.endsWith('_total')).toBe(type === 'counter')
  })
})
