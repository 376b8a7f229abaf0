import { expect, test } from 'vitest'
import { type SessionId, workId } from '../../src/core/ids.ts'
import { eventually } from '../harness/eventually.ts'
import { openPoolLab, type PoolLab } from '../harness/pool-lab.ts'

const PERIOD_MS = 60_000

/** The ids of all sessions that were ever started, in their order. */
function everStarted({ running }: PoolLab): readonly SessionId[] {
  return running.facts
    .since(0, 10_000)
    .flatMap(({ fact }) => (fact.type === 'session.registered' ? [fact.session.id] : []))
}

async function atRest(lab: PoolLab, count: number): Promise<void> {
  await eventually(
    `${count} sessions at rest`,
    () => lab.live().length === count && lab.live().every(({ activity }) => activity === 'idle'),
    { describe: () => JSON.stringify(lab.live().map(({ role, state, activity }) => [role, state, activity])) },
  )
}

async function does(lab: PoolLab, id: string, role: string): Promise<void> {
  await lab.queue(id, { role })
  await lab.until(id, ({ status }) => status === 'accepted')
  await lab.running.host.endWork(workId(id), { status: 'done' })
}

test('what is kept ready is what idle stop spares: two roles do not start and end a session for ever', async () => {
  await using lab = await openPoolLab({ pool: { warm: { one: 1 }, idleStopMs: PERIOD_MS } })
  await does(lab, 'gt-1', 'polecat')
  await atRest(lab, 2)
  await does(lab, 'gt-2', 'crew')
  await atRest(lab, 4)
  await lab.running.host.poolStatus()
  lab.clock.pass(PERIOD_MS)
  await atRest(lab, 1)
  const started = everStarted(lab)
  for (let period = 0; period < 3; period += 1) {
    lab.clock.pass(PERIOD_MS)
    await atRest(lab, 1)
  }
  expect(everStarted(lab)).toEqual(started)
  expect(lab.live()).toMatchObject([{ role: 'crew' }])
})

test('no second mayor is kept ready, and nobody for work that only one agent gets', async () => {
  await using lab = await openPoolLab({ pool: { warm: { one: 2 } } })
  const { host, workDir } = lab.running
  const mayor = await host.spawnSession({ backend: 'one', role: 'mayor', rig: 'demo', workDir })
  await lab.queue('gt-1', { role: 'mayor' })
  await lab.until('gt-1', ({ status }) => status === 'accepted')
  await host.spawnSession({ backend: 'one', role: 'crew', agentName: 'toast', rig: 'demo', workDir })
  await lab.queue('gt-2', { role: 'crew', agentName: 'toast' })
  await lab.until('gt-2', ({ status }) => status === 'accepted')
  for (const id of ['gt-1', 'gt-2']) await host.endWork(workId(id), { status: 'done' })
  expect(await host.poolStatus()).toMatchObject({ backends: [{ live: 2, starting: 0 }, {}] })
  expect(lab.live().map(({ agentName }) => agentName)).toEqual(['mayor', 'toast'])
  expect(lab.unit('gt-1').sessionId).toBe(mayor)
})

test('a session of the operator that could do the work counts as ready; those of the pool beyond are ended', async () => {
  await using lab = await openPoolLab({ pool: { warm: { one: 1 }, idleStopMs: PERIOD_MS } })
  const { host, workDir } = lab.running
  const mine = await host.spawnSession({ backend: 'one', role: 'polecat', agentName: 'mine', rig: 'demo', workDir })
  await does(lab, 'gt-1', 'polecat')
  await atRest(lab, 2)
  await host.poolStatus()
  lab.clock.pass(PERIOD_MS)
  await atRest(lab, 1)
  lab.clock.pass(PERIOD_MS)
  await atRest(lab, 1)
  expect(lab.live()).toMatchObject([{ id: mine }])
})
