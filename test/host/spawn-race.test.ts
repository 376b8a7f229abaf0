import { expect, test } from 'vitest'
import { type SessionId, workId } from '../../src/core/ids.ts'
import { openPoolLab } from '../harness/pool-lab.ts'
import { createStandIn } from '../harness/stand-in-backend.ts'
import { type StandInHost, startStandInHost } from '../harness/stand-in-host.ts'

/** A host whose backend allows so many sessions. */
function hostWithLimit(limit: number): Promise<StandInHost> {
  const standIn = createStandIn()
  const { backend } = standIn
  return startStandInHost({
    standIn: { ...standIn, backend: { ...backend, defaults: { ...backend.defaults, limit } } },
  })
}

function outcomes(settled: readonly PromiseSettledResult<unknown>[]): readonly string[] {
  return settled.map((each) => (each.status === 'fulfilled' ? 'started' : String(each.reason.code))).sort()
}

test('of several starts at the same moment with one name, one gets it and the others hear that it is taken', async () => {
  await using host = await hostWithLimit(10)
  const settled = await Promise.allSettled([1, 2, 3].map(() => host.spawn('toast')))
  expect(outcomes(settled)).toEqual(['session.name-taken', 'session.name-taken', 'started'])
  expect(Object.values(host.running.facts.fleet.sessions)).toMatchObject([{ agentName: 'toast', state: 'running' }])
})

test('of several starts at the same moment for the last place, one gets it and the others hear of the limit', async () => {
  await using host = await hostWithLimit(1)
  const settled = await Promise.allSettled(['toast', 'nux', 'ace'].map((name) => host.spawn(name)))
  expect(outcomes(settled)).toEqual(['backend.unavailable', 'backend.unavailable', 'started'])
  expect(Object.keys(host.running.facts.fleet.sessions)).toHaveLength(1)
})

test('a start that was given no name takes the next free one, whatever starts beside it', async () => {
  await using host = await hostWithLimit(10)
  const { workDir, facts } = host.running
  await Promise.all([1, 2, 3].map(() => host.running.host.spawnSession({ backend: 'stand-in', rig: 'demo', workDir })))
  const names = Object.values(facts.fleet.sessions).map(({ agentName }) => agentName)
  expect(new Set(names).size).toBe(3)
})

test('sessions that the pool starts at the same moment have names of their own', async () => {
  await using lab = await openPoolLab()
  await lab.running.host.drainPool()
  await Promise.all(['gt-1', 'gt-2', 'gt-3'].map((id) => lab.queue(id)))
  await lab.running.host.resumePool()
  for (const id of ['gt-1', 'gt-2', 'gt-3']) await lab.until(id, ({ status }) => status === 'accepted')
  expect(new Set(lab.live().map(({ agentName }) => agentName)).size).toBe(3)
})

test('a start whose work somebody else has leaves no session behind', async () => {
  await using host = await hostWithLimit(10)
  const { facts, workDir } = host.running
  const order = { id: workId('gt-1'), type: 'task' as const, description: 'x', payload: {}, priority: 0 }
  const { id } = await host.spawn('toast', { initialWork: order })
  await expect(host.spawn('nux', { initialWork: order, workDir })).rejects.toMatchObject({ code: 'work.open' })
  expect(Object.keys(facts.fleet.sessions)).toEqual([id])
  expect(facts.fleet.work[order.id]).toMatchObject({ sessionId: id })
})

test('a session is not resumed under a name that another one has taken meanwhile', async () => {
  await using host = await startStandInHost()
  const first = await host.spawn('toast')
  await host.running.host.terminateSession(first.id)
  const second = await host.spawn('toast')
  await expect(host.running.host.resume(first.id)).rejects.toMatchObject({ code: 'session.name-taken' })
  expect(first.now().state).toBe('stopped')
  await host.running.host.terminateSession(second.id)
  await host.running.host.resume(first.id)
  expect(first.now().state).toBe('running')
})

test('a word that is chosen for a new session is not that of an ended one, which can still be resumed', async () => {
  await using host = await startStandInHost()
  const { host: control, facts } = host.running
  const spawn = () => control.spawnSession({ backend: 'stand-in', rig: 'demo', workDir: host.running.workDir })
  const first = await spawn()
  await control.terminateSession(first)
  const second = await spawn()
  const nameOf = (id: SessionId) => facts.fleet.sessions[id]?.agentName
  expect(nameOf(second)).not.toBe(nameOf(first))
  await control.resume(first)
})
