import { expect, test } from 'vitest'
import { eventually } from '../harness/eventually.ts'
import { SAY } from '../harness/stand-in-backend.ts'
import { startStandInHost } from '../harness/stand-in-host.ts'

const HOUR_MS = 3_600_000

test.each([
  ['a week ahead', 7 * 24 * HOUR_MS],
  ['a week back', -7 * 24 * HOUR_MS],
])('the clock jumps %s: nothing is concluded from it, and every message arrives once', async (_, jumpMs) => {
  let offsetMs = 0
  await using host = await startStandInHost({ now: () => Date.now() + offsetMs })
  const worker = await host.spawn('worker')
  const asker = await host.spawn('asker')
  worker.agent.say(SAY.working())
  asker.agent.say(SAY.asks({ key: 'request-1' }))
  const { need } = asker.now()
  const waiting = await host.running.host.sendMessage(worker.id, { type: 'nudge', body: 'go on' })
  offsetMs = jumpMs
  worker.agent.hear({ source: 'hook', what: 'PreToolUse' })
  expect(worker.now()).toMatchObject({ state: 'running', activity: 'working' })
  expect(worker.now().need).toBeUndefined()
  expect(asker.now().need).toEqual(need)
  worker.agent.say(SAY.idle())
  const receipt = () => host.running.facts.fleet.deliveries[waiting.id]?.receipt
  await eventually('it is seen', () => receipt()?.status === 'seen')
  expect(worker.agent.texts).toEqual(['go on'])
  await host.running.host.answer(asker.id, need?.id ?? asker.now().need!.id, { kind: 'allow' })
  expect(asker.agent.answers).toHaveLength(1)
})

test('a message that may wait an hour is given up when the clock says so, and not in silence', async () => {
  let offsetMs = 0
  await using host = await startStandInHost({ now: () => Date.now() + offsetMs })
  const worker = await host.spawn('worker')
  worker.agent.say(SAY.working())
  const options = { type: 'nudge', body: 'before two o’clock', expiresInMs: HOUR_MS } as const
  const { id } = await host.running.host.sendMessage(worker.id, options)
  offsetMs = 2 * HOUR_MS
  worker.agent.say(SAY.idle())
  await eventually('it has its last receipt', () =>
    ['seen', 'expired'].includes(host.running.facts.fleet.deliveries[id]?.receipt.status ?? ''),
  )
})
