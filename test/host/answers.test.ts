import { expect, test } from 'vitest'
import type { Client } from '../../src/client/client.ts'
import { ControlError } from '../../src/core/errors.ts'
import { needId } from '../../src/core/ids.ts'
import { createProcessClock } from '../harness/process-clock.ts'
import { SAY } from '../harness/stand-in-backend.ts'
import { type StandInSession, startStandInHost } from '../harness/stand-in-host.ts'

const ALLOW = { kind: 'allow' } as const
const DENY = { kind: 'deny' } as const

/** The need that a session shows, as a room saw it. */
function shown({ now }: StandInSession) {
  return now().need?.id ?? needId('none')
}

/** How many were taken, and what the others were told. */
async function outcomesOf(answers: readonly Promise<void>[]): Promise<readonly string[]> {
  const settled = await Promise.allSettled(answers)
  return settled.map((each) => {
    if (each.status === 'fulfilled') return 'taken'
    return each.reason instanceof ControlError ? each.reason.code : String(each.reason)
  })
}

/** Resolves when the host has begun with everything that this client asked of it before. */
async function begun(client: Client): Promise<void> {
  await client.listSessions()
}

test('of two rooms that answer at the same time exactly one wins, and the agent hears one answer', async () => {
  await using host = await startStandInHost()
  const session = await host.spawn('toast')
  const [one, other] = [await host.connect(), await host.connect()]
  const { promise, resolve } = Promise.withResolvers<void>()
  session.agent.takeAnswer = () => promise
  session.agent.say(SAY.asks({ key: 'request-1' }))
  const need = shown(session)
  const answers = [one.answer(session.id, need, ALLOW), other.answer(session.id, need, DENY)]
  await Promise.all([begun(one), begun(other)])
  resolve()
  expect([...(await outcomesOf(answers))].sort()).toEqual(['need.gone', 'taken'])
  expect(session.agent.answers.map(({ key }) => key)).toEqual(['request-1'])
  expect(session.now().need).toBeUndefined()
})

test('many answers at once are one answer', async () => {
  await using host = await startStandInHost()
  const session = await host.spawn('toast')
  const client = await host.connect()
  session.agent.say(SAY.asks())
  const need = shown(session)
  const outcomes = await outcomesOf(Array.from({ length: 20 }, () => client.answer(session.id, need, ALLOW)))
  expect(outcomes.filter((each) => each === 'taken').length).toBe(1)
  expect(new Set(outcomes)).toEqual(new Set(['taken', 'need.gone']))
  expect(session.agent.answers.length).toBe(1)
})

test('when the first answer was not taken, the second one is given', async () => {
  await using host = await startStandInHost()
  const session = await host.spawn('toast')
  const client = await host.connect()
  session.agent.takeAnswer = async (_, { kind }) => {
    if (kind === 'allow') throw new ControlError('backend.failed', { backend: 'stand-in', detail: 'try again' })
  }
  session.agent.say(SAY.asks())
  const need = shown(session)
  const answers = [client.answer(session.id, need, ALLOW), client.answer(session.id, need, DENY)]
  expect(await outcomesOf(answers)).toEqual(['backend.failed', 'taken'])
  expect(session.agent.answers.map(({ answer }) => answer)).toEqual([ALLOW, DENY])
})

test('an answer to what was on the screen is not given to what has taken its place', async () => {
  await using host = await startStandInHost()
  const session = await host.spawn('toast')
  const client = await host.connect()
  session.agent.say(SAY.asks({ key: 'request-1', body: 'ls' }))
  const need = shown(session)
  session.agent.say(SAY.asksNoMore('request-1'))
  session.agent.say(SAY.asks({ key: 'request-2', body: 'rm -rf /' }))
  expect(await outcomesOf([client.answer(session.id, need, ALLOW)])).toEqual(['need.gone'])
  expect(session.agent.answers).toEqual([])
  expect(session.agent.texts).toEqual([])
  expect(session.now().need?.key).toBe('request-2')
})

test('what changes while an answer waits for its turn is looked at again', async () => {
  await using host = await startStandInHost()
  const session = await host.spawn('toast')
  const [one, other] = [await host.connect(), await host.connect()]
  const { promise, resolve } = Promise.withResolvers<void>()
  session.agent.takeAnswer = () => promise
  session.agent.say(SAY.asks({ key: 'request-1' }))
  const need = shown(session)
  const answers = [one.answer(session.id, need, ALLOW), other.answer(session.id, need, ALLOW)]
  await Promise.all([begun(one), begun(other)])
  session.agent.say(SAY.asksNoMore('request-1'))
  session.agent.say(SAY.asks({ key: 'request-2' }))
  resolve()
  expect([...(await outcomesOf(answers))].sort()).toEqual(['need.gone', 'taken'])
  expect(session.agent.answers.map(({ key }) => key)).toEqual(['request-1'])
  expect(session.now().need?.key).toBe('request-2')
})

test('an agent that is slow to take an answer keeps no other session from its own', async () => {
  await using host = await startStandInHost()
  const [slow, quick] = [await host.spawn('slow'), await host.spawn('quick')]
  const client = await host.connect()
  const { promise, resolve } = Promise.withResolvers<void>()
  slow.agent.takeAnswer = () => promise
  for (const session of [slow, quick]) session.agent.say(SAY.asks())
  const first = client.answer(slow.id, shown(slow), ALLOW)
  await client.answer(quick.id, shown(quick), ALLOW)
  expect(quick.now().need).toBeUndefined()
  expect(slow.now().need).toBeDefined()
  resolve()
  await first
})

test('an answer that the need does not take never reaches the agent', async () => {
  await using host = await startStandInHost()
  const session = await host.spawn('toast')
  const client = await host.connect()
  session.agent.say(SAY.asks({ answers: ['allow', 'deny'] }))
  expect(await outcomesOf([client.answer(session.id, shown(session), { kind: 'option', key: '1' })])).toEqual([
    'need.unanswerable',
  ])
  expect(session.agent.answers).toEqual([])
  expect(session.now().need).toBeDefined()
})

test('what the agent itself no longer asks is shown no longer, and then nobody knows what it does', async () => {
  const clock = createProcessClock()
  await using host = await startStandInHost({ clock })
  const session = await host.spawn('toast')
  const client = await host.connect()
  session.agent.takeAnswer = async () => {
    throw new ControlError('need.gone', { name: 'toast' })
  }
  session.agent.say(SAY.asks())
  expect(await outcomesOf([client.answer(session.id, shown(session), ALLOW)])).toEqual(['need.gone'])
  expect(session.now()).toMatchObject({ activity: 'waiting' })
  expect(session.now().need).toBeUndefined()
  clock.pass(15_000)
  expect(session.now()).toMatchObject({ activity: 'unknown', source: 'silence' })
})

test('a session that has ended is not answered', async () => {
  await using host = await startStandInHost()
  const session = await host.spawn('toast')
  const client = await host.connect()
  session.agent.say(SAY.asks())
  const need = shown(session)
  await client.terminateSession(session.id)
  expect(await outcomesOf([client.answer(session.id, need, ALLOW)])).toEqual(['need.gone'])
  expect(session.agent.answers).toEqual([])
})

test('a message waits while something is asked, and goes in once the turn is over', async () => {
  await using host = await startStandInHost()
  const session = await host.spawn('toast')
  const client = await host.connect()
  session.agent.say(SAY.asks({ key: 'request-1' }))
  const { id } = await client.sendMessage(session.id, { type: 'nudge', body: 'hello' })
  await client.answer(session.id, shown(session), ALLOW)
  expect(session.agent.texts).toEqual([])
  session.agent.say(SAY.working())
  expect((await client.receipt(id)).status).toBe('queued')
  session.agent.say(SAY.idle())
  expect(session.agent.texts).toEqual(['hello'])
})
