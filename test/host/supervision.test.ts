import { expect, test } from 'vitest'
import { ControlError } from '../../src/core/errors.ts'
import { workId } from '../../src/core/ids.ts'
import { eventually } from '../harness/eventually.ts'
import { openPoolLab } from '../harness/pool-lab.ts'
import { aDraft, SAY } from '../harness/stand-in-backend.ts'

const UNREADY = () => new ControlError('session.not-ready', { name: 'x', seconds: 5, why: 'no prompt', screen: '-' })

test('work whose session ends is given to another one, three times at most; then it is in sight until it is retried', async () => {
  await using lab = await openPoolLab()
  const { host, facts } = lab.running
  await lab.queue('gt-1')
  for (const attempt of [1, 2, 3]) {
    const { sessionId } = await lab.until(
      'gt-1',
      ({ status, attempts }) => status === 'accepted' && attempts === attempt,
    )
    // The alarm for many deaths at once is another matter.
    lab.clock.pass(60_000)
    lab.crash(sessionId)
  }
  const given = await lab.until('gt-1', ({ status }) => status === 'failed')
  expect(given.why).toMatch(/^given up: demo\/\w+ ended \(.+\), attempt 3 of 3$/)
  expect((await host.poolStatus()).failed).toBe(1)
  const requeued = facts.since(0, 1000).flatMap(({ fact }) => (fact.type === 'work.requeued' ? [fact.why] : []))
  expect(requeued).toHaveLength(2)
  expect(requeued[0]).toMatch(/attempt 1 of 3/)
  await host.retryWork(workId('gt-1'))
  await lab.until('gt-1', ({ status, attempts }) => status === 'accepted' && attempts === 1)
})

test('a session that the operator ends keeps its work, and goes on with it when it is resumed', async () => {
  await using lab = await openPoolLab()
  const { host } = lab.running
  const { sessionId } = await lab.queue('gt-1')
  await lab.until('gt-1', ({ status }) => status === 'accepted')
  await host.terminateSession(sessionId!)
  expect(lab.unit('gt-1')).toMatchObject({
    status: 'accepted',
    sessionId,
    why: expect.stringMatching(/was ended; resume/),
  })
  expect(lab.live()).toEqual([])
  await host.resume(sessionId!)
  expect(lab.session(sessionId)).toMatchObject({ state: 'running', workUnits: [{ id: 'gt-1', status: 'accepted' }] })
  await host.terminateSession(sessionId!)
  await host.retryWork(workId('gt-1'))
  await lab.until('gt-1', (unit) => unit.status === 'accepted' && unit.sessionId !== sessionId)
})

test('a role that is to be kept alive is started again after a pause, until it is clear that it crashes on and on', async () => {
  await using lab = await openPoolLab({ roles: { witness: { restart: 'on-failure', hasWorktree: false } } })
  const { host, workDir } = lab.running
  const id = await host.spawnSession({ backend: 'one', role: 'witness', agentName: 'witness', rig: 'demo', workDir })
  for (const pauseMs of [30_000, 60_000, 120_000, 240_000]) {
    lab.crash(id)
    lab.clock.pass(pauseMs - 1)
    expect(lab.session(id).state).toBe('failed')
    lab.clock.pass(1)
    await eventually('it runs again', () => lab.session(id).state === 'running', {
      describe: () => JSON.stringify(lab.session(id)),
    })
  }
  lab.crash(id)
  expect(lab.session(id)).toMatchObject({
    state: 'failed',
    need: { kind: 'exited', title: 'it ended 5 times within 15 min and is not started again' },
  })
  lab.clock.pass(3_600_000)
  expect(lab.session(id)).toMatchObject({ state: 'failed', generation: 5 })
})

test('when three end within a moment everything is held back until the operator resumes it', async () => {
  await using lab = await openPoolLab({ roles: { witness: { restart: 'always', hasWorktree: false } } })
  const { host, workDir } = lab.running
  const names = ['a', 'b', 'c']
  const ids = await Promise.all(
    names.map((agentName) => host.spawnSession({ backend: 'one', role: 'witness', agentName, rig: 'demo', workDir })),
  )
  const { sessionId } = await lab.queue('gt-1', { role: 'witness', agentName: 'a' })
  expect(sessionId).toBe(ids[0])
  await lab.until('gt-1', ({ status }) => status === 'accepted')
  for (const id of ids) lab.crash(id)
  const why = '3 sessions ended unexpectedly within 30 s'
  expect(await host.poolStatus()).toMatchObject({ paused: why })
  await lab.until('gt-1', (unit) => unit.why === `1st in line: the pool is paused: ${why}`)
  lab.clock.pass(600_000)
  expect(lab.live()).toEqual([])
  expect(ids.map((id) => lab.session(id).restartAt)).toEqual([null, null, null])
  expect(await host.resumePool()).toMatchObject({ paused: null })
  await eventually('they run again', () => ids.every((id) => lab.session(id).state === 'running'))
  await lab.until('gt-1', ({ status }) => status === 'accepted')
})

test('work whose start fails goes to another backend, once, and says why', async () => {
  await using lab = await openPoolLab({ pool: { failover: { one: ['two'] } } })
  lab.failStarts('one', UNREADY(), UNREADY())
  const unit = await lab.queue('gt-1')
  expect(lab.session(unit.sessionId)).toMatchObject({ backend: 'two' })
  expect(unit.why).toMatch(/^two instead of one, because one did not start: x was not ready after 5 s/)
  expect(lab.live()).toHaveLength(1)
})

test('without another backend it is tried again after a pause, and given up when that does not help', async () => {
  await using lab = await openPoolLab()
  lab.failStarts('one', UNREADY(), UNREADY(), UNREADY())
  expect(await lab.queue('gt-1')).toMatchObject({ status: 'queued', why: expect.stringMatching(/one did not start/) })
  lab.clock.pass(30_000)
  await lab.until('gt-1', ({ attempts, status }) => attempts === 2 && status === 'queued')
  lab.clock.pass(60_000)
  expect((await lab.until('gt-1', ({ status }) => status === 'failed')).why).toMatch(/^given up: one did not start/)
  expect(lab.live()).toEqual([])
})

test('what no try can mend is given up at once', async () => {
  await using lab = await openPoolLab()
  lab.failStarts('one', new ControlError('program.missing', { program: 'nope' }))
  expect(await lab.queue('gt-1')).toMatchObject({
    status: 'failed',
    why: expect.stringMatching(/"nope" was not found/),
  })
})

test('work of a limited backend goes to another one, and the session that had it is told', async () => {
  await using lab = await openPoolLab({ pool: { failover: { one: ['two'] } } })
  const { sessionId } = await lab.queue('gt-1')
  await lab.until('gt-1', ({ status }) => status === 'accepted')
  const need = aDraft({ key: 'limit', kind: 'limited', title: 'until 15:00', answers: [] })
  lab.agent(sessionId!).say({ type: 'need', need, source: 'hook' })
  const moved = await lab.until('gt-1', (unit) => unit.status === 'accepted' && unit.sessionId !== sessionId)
  expect(lab.session(moved.sessionId)).toMatchObject({ backend: 'two' })
  expect(moved.why).toBe('two instead of one, because one is limited: until 15:00')
  const next = await lab.queue('gt-2')
  expect(lab.session(next.sessionId)).toMatchObject({ backend: 'two' })
})

test('a limit counts against its backend for a quarter of an hour, then the next unit tries it again', async () => {
  let later = 0
  await using lab = await openPoolLab({ now: () => Date.now() + later })
  const { sessionId } = await lab.queue('gt-1')
  await lab.until('gt-1', ({ status }) => status === 'accepted')
  const need = aDraft({ key: 'limit', kind: 'limited', title: 'until 15:00', answers: [] })
  lab.agent(sessionId!).say({ type: 'need', need, source: 'hook' })
  expect(await lab.queue('gt-2')).toMatchObject({ status: 'queued', why: expect.stringMatching('one is limited') })
  later = 15 * 60_000
  expect(await lab.queue('gt-3')).toMatchObject({ sessionId: expect.any(String) })
})

test('a budget that warns takes nothing away, and holds nothing back', async () => {
  const budgets = { session: { warnUsd: 1 } }
  await using lab = await openPoolLab({ budgets, pool: { failover: { one: ['two'] } } })
  const { sessionId } = await lab.queue('gt-1')
  await lab.until('gt-1', ({ status }) => status === 'accepted')
  lab.agent(sessionId!).say(SAY.idle())
  lab.agent(sessionId!).say({ type: 'used', usage: { costUsd: 1.2 } })
  expect(lab.session(sessionId)).toMatchObject({ need: { title: 'Budget: $1.20 of $1.00' } })
  expect(await lab.until('gt-1', () => true)).toMatchObject({ status: 'accepted', sessionId })
  expect(lab.session((await lab.queue('gt-2')).sessionId)).toMatchObject({ backend: 'one' })
})

test('a session that has spent its budget is given nothing more, not even by its name', async () => {
  await using lab = await openPoolLab({ budgets: { session: { pauseUsd: 1 } } })
  const { sessionId } = await lab.queue('gt-1', { agentName: 'toast' })
  await lab.until('gt-1', ({ status }) => status === 'accepted')
  lab.takes(sessionId)
  await lab.running.host.endWork(workId('gt-1'), { status: 'done' })
  lab.agent(sessionId!).say({ type: 'used', usage: { costUsd: 1.2 } })
  expect(await lab.queue('gt-2', { agentName: 'toast' })).toMatchObject({
    status: 'queued',
    why: expect.stringMatching('demo/toast: Budget: \\$1.20 of \\$1.00'),
  })
})

test('work that its agent gives up wants the operator, when the agent has come to rest', async () => {
  await using lab = await openPoolLab()
  const { sessionId } = await lab.queue('gt-1')
  await lab.until('gt-1', ({ status }) => status === 'accepted')
  lab.agent(sessionId!).say(SAY.working())
  await lab.running.host.endWork(workId('gt-1'), { status: 'failed', result: 'the tests do not build' }, sessionId!)
  expect(lab.session(sessionId).need).toBeUndefined()
  lab.agent(sessionId!).say(SAY.idle())
  const { need } = lab.session(sessionId)
  expect(need).toMatchObject({ kind: 'error', title: 'Work gt-1 failed', answers: ['text'] })
  expect(need?.body).toMatch('the tests do not build')
  await lab.running.host.endWork(workId('gt-1'), { status: 'cancelled' })
  expect(lab.session(sessionId).need).toBeUndefined()
})

test('a session that cannot be started leaves no work behind', async () => {
  await using lab = await openPoolLab()
  const { host, workDir } = lab.running
  lab.failStarts('one', UNREADY())
  const initialWork = { id: workId('gt-1'), type: 'task', description: 'x', payload: {}, priority: 0 } as const
  await expect(host.spawnSession({ backend: 'one', rig: 'demo', workDir, initialWork })).rejects.toMatchObject({
    code: 'session.not-ready',
  })
  expect(lab.unit('gt-1')).toMatchObject({ status: 'cancelled', why: 'its session did not start' })
  expect(lab.live()).toEqual([])
})
