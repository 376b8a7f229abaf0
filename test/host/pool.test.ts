import { expect, test } from 'vitest'
import { ControlError } from '../../src/core/errors.ts'
import { workId } from '../../src/core/ids.ts'
import { eventually } from '../harness/eventually.ts'
import { openPoolLab } from '../harness/pool-lab.ts'
import { temporaryDirectory } from '../harness/temporary.ts'

test('work is given out at once: to a session started for it, then to the same one when it is idle again', async () => {
  await using lab = await openPoolLab()
  const first = await lab.queue('gt-1')
  expect(first).toMatchObject({ attempts: 1, why: 'one, because you asked for it' })
  await lab.until('gt-1', ({ status }) => status === 'accepted')
  expect(lab.agent(first.sessionId!).texts).toEqual(['Work on task gt-1.'])
  lab.takes(first.sessionId)
  await lab.running.host.endWork(workId('gt-1'), { status: 'done', result: 'it works' })
  expect(lab.unit('gt-1')).toMatchObject({ status: 'done', result: 'it works', why: 'the operator says so' })
  const second = await lab.queue('gt-2')
  expect(second.sessionId).toBe(first.sessionId)
  expect(second.why).toMatch(/was idle \(one, because you asked for it\)/)
  expect(lab.live()).toHaveLength(1)
})

test('beyond the limit there is a queue that says its place, and the highest goes as soon as a session is free', async () => {
  await using lab = await openPoolLab({ pool: { limits: { one: 1 } } })
  const { host } = lab.running
  const first = await lab.queue('first')
  expect(await lab.queue('low')).toMatchObject({ status: 'queued' })
  expect(await lab.queue('high', { priority: 5, batch: 'friday' })).toMatchObject({ status: 'queued', batch: 'friday' })
  expect(lab.unit('high').why).toBe('1st in line: waits for a free one session (1 of 1)')
  await lab.until('low', ({ why }) => why === '2nd in line: waits for a free one session (1 of 1)')
  expect(await host.poolStatus()).toMatchObject({
    queued: 2,
    paused: null,
    isDraining: false,
    backends: [
      { backend: 'one', live: 1, limit: 1, idle: 0, queued: 2 },
      { backend: 'two', live: 0, limit: 10 },
    ],
  })
  await lab.until('first', ({ status }) => status === 'accepted')
  await host.endWork(workId('first'), { status: 'done' })
  await lab.until('high', ({ sessionId }) => sessionId === first.sessionId)
  expect(lab.unit('low').why).toBe('1st in line: waits for a free one session (1 of 1)')
  expect(lab.live()).toHaveLength(1)
})

test('an idle session of the pool makes room for another rig; one that the operator started stays', async () => {
  await using lab = await openPoolLab({ pool: { limits: { one: 2 } } })
  const { host, workDir } = lab.running
  const mine = await host.spawnSession({ backend: 'one', role: 'polecat', agentName: 'mine', rig: 'r1', workDir })
  const { sessionId } = await lab.queue('gt-1', { rig: 'r2' })
  await lab.until('gt-1', ({ status }) => status === 'accepted')
  expect((await lab.queue('gt-2', { rig: 'r3' })).status).toBe('queued')
  await host.endWork(workId('gt-1'), { status: 'done' })
  await lab.until('gt-2', ({ status }) => status !== 'queued')
  expect(lab.session(sessionId)).toMatchObject({ state: 'stopped' })
  expect(lab.session(mine)).toMatchObject({ state: 'running' })
})

test('while it drains nothing is given out; resumed, it goes on', async () => {
  await using lab = await openPoolLab()
  expect(await lab.running.host.drainPool()).toMatchObject({ isDraining: true })
  expect(await lab.queue('gt-1')).toMatchObject({ status: 'queued', why: '1st in line: the pool is draining' })
  expect(await lab.running.host.resumePool()).toMatchObject({ isDraining: false })
  await lab.until('gt-1', ({ status }) => status === 'accepted')
})

test('memory and the rate of starts hold work back, which goes on by itself', async () => {
  await using lab = await openPoolLab({ pool: { startsPerMinute: 1, memoryFloorMb: 500 } })
  lab.memory.freeMb = 550
  expect((await lab.queue('gt-1')).why).toBe(
    '1st in line: waits for memory (550 MB free, 500 MB are kept, one takes 100 MB)',
  )
  lab.memory.freeMb = 5000
  lab.clock.pass(5_000)
  await lab.until('gt-1', ({ status }) => status === 'accepted')
  expect((await lab.queue('gt-2')).why).toBe('1st in line: waits: 1 sessions were started within a minute')
  lab.clock.pass(60_000)
  await lab.until('gt-2', ({ status }) => status === 'accepted')
})

test('idle sessions are kept ready where there was work, and ended when nobody uses them', async () => {
  await using lab = await openPoolLab({ pool: { warm: { one: 1 }, idleStopMs: 60_000 } })
  const { host } = lab.running
  await lab.queue('gt-1')
  await eventually(
    'a warm session',
    () => lab.live().length === 2 && lab.live().every(({ state }) => state === 'running'),
  )
  await lab.until('gt-1', ({ status }) => status === 'accepted')
  await host.endWork(workId('gt-1'), { status: 'done' })
  await host.poolStatus()
  lab.clock.pass(61_000)
  await eventually('one is left', () => lab.live().length === 1)
  expect(await host.poolStatus()).toMatchObject({ backends: [{ backend: 'one', live: 1, idle: 1, warm: 1 }, {}] })
})

test('work for one agent waits for nobody else and starts it only once', async () => {
  await using lab = await openPoolLab()
  const [one, two] = await Promise.all(['gt-1', 'gt-2'].map((id) => lab.queue(id, { agentName: 'nux' })))
  await lab.until('gt-1', ({ status }) => status === 'accepted')
  const held = await lab.until('gt-2', ({ status }) => status === 'accepted')
  expect(held.sessionId).toBe(lab.unit('gt-1').sessionId)
  expect([one!.id, two!.id]).toEqual(['gt-1', 'gt-2'])
  expect(lab.live().map(({ agentName }) => agentName)).toEqual(['nux'])
  expect((await lab.queue('gt-3', { agentName: 'nux', backend: 'two' })).why).toBe(
    '1st in line: demo/nux runs on one, not on two',
  )
})

test('a hand-off tells the next one with the note, and the one before that it is over', async () => {
  await using lab = await openPoolLab()
  const { host, workDir } = lab.running
  const next = await host.spawnSession({ backend: 'two', agentName: 'next', rig: 'demo', workDir })
  const { sessionId } = await lab.queue('gt-1', { agentName: 'before' })
  await lab.until('gt-1', ({ status }) => status === 'accepted')
  const handed = await host.reassignWork(workId('gt-1'), { to: next, note: 'the parser is done' })
  expect(handed).toMatchObject({ sessionId: next, attempts: 1, note: 'the parser is done' })
  expect(handed.why).toBe('handed over from demo/before to demo/next: the parser is done')
  await lab.until('gt-1', ({ status }) => status === 'accepted')
  expect(lab.agent(next).texts.join()).toMatch(
    /Work on task gt-1\.\ndemo\/before had this before you\.\nthe parser is done/,
  )
  await eventually('the one before hears it', () => lab.agent(sessionId!).texts.join().includes('no longer yours'))
  expect(lab.session(sessionId).workUnits).toEqual([])
  await expect(host.retryWork(workId('gt-1'))).rejects.toMatchObject({ code: 'work.held' })
})

test('what nobody has read yet is moved to whoever is free; what was read stays', async () => {
  await using lab = await openPoolLab({ pool: { limits: { one: 1 }, failover: { one: ['two'] } } })
  const { host } = lab.running
  const { sessionId } = await lab.queue('gt-1')
  await lab.until('gt-1', ({ status }) => status === 'accepted')
  lab.agent(sessionId!).say({ type: 'activity', activity: 'working', why: 'busy', source: 'hook' })
  await host.assignWork(sessionId!, { id: workId('gt-2'), type: 'task', description: 'x', payload: {}, priority: 0 })
  await lab.queue('gt-3')
  const moved = await host.rebalance()
  expect(moved.map(({ id }) => id).sort()).toEqual(['gt-3'])
  expect(lab.session(lab.unit('gt-3').sessionId)).toMatchObject({ backend: 'two' })
  expect(lab.unit('gt-1').sessionId).toBe(sessionId)
})

test('work that has ended is not ended twice; what failed can be dismissed or queued again', async () => {
  await using lab = await openPoolLab()
  const { host } = lab.running
  await lab.running.host.drainPool()
  await lab.queue('gt-1')
  await host.endWork(workId('gt-1'), { status: 'failed', result: 'no idea' })
  expect((await host.poolStatus()).failed).toBe(1)
  await expect(host.endWork(workId('gt-1'), { status: 'done' })).rejects.toMatchObject({ code: 'work.ended' })
  expect(await host.endWork(workId('gt-1'), { status: 'cancelled' })).toMatchObject({ status: 'cancelled' })
  expect(await host.retryWork(workId('gt-1'))).toMatchObject({ status: 'queued', attempts: 0, result: null })
  await expect(host.endWork(workId('none'), { status: 'done' })).rejects.toBeInstanceOf(ControlError)
})

test('a host that starts goes on with the queue of the one before; work with a session that ended with it waits there', async () => {
  using directory = temporaryDirectory()
  const pool = { limits: { one: 1 } }
  const before = await openPoolLab({ directory, pool })
  const { sessionId } = await before.queue('gt-1')
  await before.until('gt-1', ({ status }) => status === 'accepted')
  await before.queue('gt-2')
  await before[Symbol.asyncDispose]()
  await using after = await openPoolLab({ directory, pool })
  const next = await after.until('gt-2', ({ status }) => status === 'accepted')
  expect(next.sessionId).not.toBe(sessionId)
  expect(after.unit('gt-1')).toMatchObject({ status: 'accepted', sessionId })
  await after.running.host.retryWork(workId('gt-1'))
  expect(after.unit('gt-1')).toMatchObject({ status: 'queued', sessionId: null })
})

test('a limit that is raised in the settings reaches what waits, though nothing else happens', async () => {
  await using lab = await openPoolLab({ pool: { limits: { one: 1 } } })
  await lab.queue('gt-1')
  await lab.until('gt-1', ({ status }) => status === 'accepted')
  expect(await lab.queue('gt-2')).toMatchObject({ why: '1st in line: waits for a free one session (1 of 1)' })
  lab.changeRules({ limits: { one: 2 } })
  lab.clock.pass(5_000)
  await lab.until('gt-2', ({ status }) => status === 'accepted')
  const { host } = lab.running
  for (const id of ['gt-1', 'gt-2']) await host.endWork(workId(id), { status: 'done' })
  await eventually('nothing is looked at while nothing waits', () => lab.clock.waiting() === 0)
})
