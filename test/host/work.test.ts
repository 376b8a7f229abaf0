import { expect, test } from 'vitest'
import { type SessionId, workId } from '../../src/core/ids.ts'
import { eventually } from '../harness/eventually.ts'
import { openPoolLab, type PoolLab } from '../harness/pool-lab.ts'
import { SAY } from '../harness/stand-in-backend.ts'

const WORK = workId('gt-1')

async function spawn({ running }: PoolLab, agentName: string, backend = 'two'): Promise<SessionId> {
  return running.host.spawnSession({ backend, agentName, rig: 'demo', workDir: running.workDir })
}

function isTold(lab: PoolLab, id: SessionId, text: string): Promise<unknown> {
  return eventually(`${text} is told`, () => lab.agent(id).texts.join('\n---\n').includes(text))
}

test('work that was handed over stays with the name it was given to, with its note, when that one crashes', async () => {
  await using lab = await openPoolLab()
  const { host } = lab.running
  await lab.queue('gt-1', { agentName: 'before' })
  const before = (await lab.until('gt-1', ({ status }) => status === 'accepted')).sessionId
  const next = await spawn(lab, 'next')
  await host.reassignWork(WORK, { to: next, note: 'the parser is done' })
  await lab.until('gt-1', ({ status, sessionId }) => status === 'accepted' && sessionId === next)
  lab.crash(next)
  const again = await lab.until('gt-1', ({ status, sessionId }) => status === 'accepted' && sessionId !== next)
  expect(again.sessionId).not.toBe(before)
  expect(lab.session(again.sessionId)).toMatchObject({ agentName: 'next', backend: 'two' })
  expect(again).toMatchObject({ agentName: 'next', note: 'the parser is done', attempts: 2 })
  expect(lab.agent(again.sessionId!).texts).toEqual(['Work on task gt-1.\nNote from the hand-off: the parser is done'])
})

test('a hand-off is no attempt that failed, however often it happens', async () => {
  await using lab = await openPoolLab()
  const { host } = lab.running
  await lab.queue('gt-1')
  await lab.until('gt-1', ({ status }) => status === 'accepted')
  const ids = [await spawn(lab, 'a'), await spawn(lab, 'b')]
  for (const to of [...ids, ...ids]) await host.reassignWork(WORK, { to })
  await lab.until('gt-1', ({ status }) => status === 'accepted')
  expect(lab.unit('gt-1')).toMatchObject({ sessionId: ids[1], attempts: 1 })
  lab.crash(ids[1]!)
  expect(await lab.until('gt-1', ({ attempts }) => attempts === 2)).toMatchObject({ agentName: 'b' })
})

test('a hand-off without a note leaves the one that the work has', async () => {
  await using lab = await openPoolLab()
  const { host } = lab.running
  await lab.queue('gt-1')
  const [a, b] = [await spawn(lab, 'a'), await spawn(lab, 'b')]
  await host.reassignWork(WORK, { to: a, note: 'the parser is done' })
  expect(await host.reassignWork(WORK, { to: b })).toMatchObject({ note: 'the parser is done', sessionId: b })
  await isTold(lab, b, 'the parser is done')
})

test('a hand-over that cannot be told changes nothing', async () => {
  await using lab = await openPoolLab()
  const { host } = lab.running
  const { sessionId } = await lab.queue('gt-1')
  await lab.until('gt-1', ({ status }) => status === 'accepted')
  const next = await spawn(lab, 'next')
  lab.agent(next).say(SAY.working())
  for (let count = 0; count < 200; count += 1) await host.sendMessage(next, { type: 'nudge', body: `news ${count}` })
  const before = lab.unit('gt-1')
  await expect(host.reassignWork(WORK, { to: next })).rejects.toMatchObject({ code: 'message.too-many' })
  expect(lab.unit('gt-1')).toBe(before)
  expect(lab.session(sessionId)).toMatchObject({ queuedMessages: 0 })
  expect(lab.agent(sessionId!).texts).toEqual(['Work on task gt-1.'])
})

test.each(['done', 'failed', 'cancelled'] as const)(
  'work that the operator says is %s is not begun',
  async (status) => {
    await using lab = await openPoolLab()
    const { host } = lab.running
    const id = await spawn(lab, 'nux')
    lab.agent(id).say(SAY.working())
    await lab.queue('gt-1', { agentName: 'nux', backend: 'two' })
    expect(lab.session(id)).toMatchObject({ queuedMessages: 1 })
    await host.endWork(WORK, { status })
    expect(lab.session(id)).toMatchObject({ queuedMessages: 0 })
    await host.sendMessage(id, { type: 'nudge', body: 'hello' })
    lab.agent(id).say(SAY.idle())
    await isTold(lab, id, 'hello')
    expect(lab.agent(id).texts).toEqual(['hello'])
  },
)

test.each([
  ['done', 'Work gt-1 is done, the operator says. Do nothing more about it.'],
  ['cancelled', 'Work gt-1 is no longer yours: it is cancelled. Stop working on it.'],
] as const)('who was told of work that the operator says is %s hears that it is over', async (status, text) => {
  await using lab = await openPoolLab()
  const { sessionId } = await lab.queue('gt-1')
  await lab.until('gt-1', ({ status }) => status === 'accepted')
  await lab.running.host.endWork(WORK, { status })
  await isTold(lab, sessionId!, text)
})

test('an agent that says its work is done before it has read of it never gets it', async () => {
  await using lab = await openPoolLab()
  const id = await spawn(lab, 'nux')
  lab.agent(id).say(SAY.working())
  await lab.queue('gt-1', { agentName: 'nux', backend: 'two' })
  const { SIGNALBOX_TOKEN: token = '' } = lab.agent(id).request.env
  const inside = await lab.running.connect({ session: id, token })
  await inside.endWork(WORK, { status: 'done' })
  expect(lab.unit('gt-1')).toMatchObject({ status: 'done', why: 'demo/nux says so' })
  expect(lab.session(id)).toMatchObject({ queuedMessages: 0 })
})
