import { expect, test } from 'vitest'
import { workId } from '../../src/core/ids.ts'
import { METRICS, type MetricId } from '../../src/core/metric-table.ts'
import type { MetricsReport } from '../../src/core/metrics.ts'
import { createProcessSampler } from '../../src/host/process-usage.ts'
import { startTestHost } from '../contract/running-host.ts'
import { eventually } from '../harness/eventually.ts'
import { SAY } from '../harness/stand-in-backend.ts'
import { startStandInHost } from '../harness/stand-in-host.ts'

function valuesOf(report: MetricsReport, id: MetricId) {
  return report.metrics.find(({ name }) => name === METRICS[id].name)?.values
}

test('what happens to sessions, work, messages and needs is measured', async () => {
  await using host = await startStandInHost()
  const { running } = host
  const session = await host.spawn('toast')
  await running.host.sendMessage(session.id, { type: 'nudge', body: 'hello' })
  await running.host.assignWork(session.id, {
    id: workId('gt-1'),
    type: 'task',
    description: 'count',
    payload: {},
    priority: 0,
  })
  await eventually('both messages', () => session.agent.texts.length === 2)
  session.agent.say(SAY.asks())
  await running.host.answer(session.id, session.now().need!.id, { kind: 'allow' })
  session.agent.say({ type: 'used', usage: { inputTokens: 5, outputTokens: 2, costUsd: 0.25 } })
  const report = await running.host.metrics()
  const backend = 'stand-in'
  expect(valuesOf(report, 'sessions')).toEqual([{ labels: { backend, state: 'running' }, value: 1 }])
  expect(valuesOf(report, 'spawns')).toEqual([{ labels: { backend, outcome: 'ready' }, value: 1 }])
  expect(valuesOf(report, 'spawnSeconds')).toMatchObject([{ labels: { backend }, count: 1 }])
  expect(valuesOf(report, 'assignmentSeconds')).toMatchObject([{ labels: { backend }, count: 1 }])
  expect(valuesOf(report, 'messages')).toEqual([{ labels: { type: 'nudge', outcome: 'delivered' }, value: 2 }])
  expect(valuesOf(report, 'submitSeconds')).toMatchObject([{ labels: { type: 'nudge' }, count: 2 }])
  expect(valuesOf(report, 'seenSeconds')).toMatchObject([{ labels: { type: 'nudge' }, count: 2 }])
  expect(valuesOf(report, 'deliveryRatio')).toEqual([{ labels: {}, value: 1 }])
  expect(valuesOf(report, 'messagesWaiting')).toEqual([{ labels: {}, value: 0 }])
  expect(valuesOf(report, 'answerSeconds')).toMatchObject([{ labels: { kind: 'permission' }, count: 1 }])
  expect(valuesOf(report, 'costUsd')).toEqual([{ labels: { backend }, value: 0.25 }])
  expect(valuesOf(report, 'tokens')).toContainEqual({ labels: { backend, direction: 'input' }, value: 5 })
})

test('a message that is given up counts against the share that is delivered', async () => {
  await using host = await startStandInHost()
  const { running } = host
  const session = await host.spawn('toast')
  session.agent.say(SAY.working())
  await running.host.sendMessage(session.id, { type: 'nudge', body: 'later' })
  expect(valuesOf(await running.host.metrics(), 'messagesWaiting')).toEqual([{ labels: {}, value: 1 }])
  await running.host.terminateSession(session.id)
  const report = await running.host.metrics()
  expect(valuesOf(report, 'messages')).toEqual([{ labels: { type: 'nudge', outcome: 'failed' }, value: 1 }])
  expect(valuesOf(report, 'deliveryRatio')).toEqual([{ labels: {}, value: 0 }])
})

test.runIf(process.platform === 'linux')(
  'memory and processor time are those of all processes of a session',
  async () => {
    await using running = await startTestHost()
    const id = await running.host.spawnSession({
      backend: 'shell',
      agentName: 'busy',
      workDir: running.workDir,
      args: ['sh', '-c', 'while :; do :; done & cat'],
    })
    const labels = { session: id, name: 'busy', backend: 'shell' }
    const report = await running.host.metrics()
    expect(valuesOf(report, 'memoryBytes')).toMatchObject([{ labels, value: expect.any(Number) }])
    const session = { id, pid: running.facts.fleet.sessions[id]?.pid }
    let now = 0
    const sample = createProcessSampler(() => now)
    const first = (await sample([session])).get(id)
    expect(first?.memoryBytes).toBeGreaterThan(100_000)
    now += 9_999
    expect((await sample([session])).get(id)).toBe(first)
    now += 1
    expect((await sample([session])).get(id)).not.toBe(first)
  },
)
