import { expect, test } from 'vitest'
import { addressOf } from '../../src/core/address.ts'
import { DEFAULT_ROLE_RULES, DEFAULT_RULES } from '../../src/core/rules.ts'
import type { TestHostOptions } from '../contract/running-host.ts'
import { eventually } from '../harness/eventually.ts'
import { createProcessClock } from '../harness/process-clock.ts'
import { createStandIn, SAY } from '../harness/stand-in-backend.ts'
import { type StandInSession, startStandInHost } from '../harness/stand-in-host.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND

/** A host on a clock of its own, with one session. */
async function open(role = 'crew', changes: TestHostOptions = {}) {
  const clock = createProcessClock()
  const host = await startStandInHost({ clock, ...changes })
  const session = await host.spawn('toast', { role })
  return { ...host, clock, session, [Symbol.asyncDispose]: () => host[Symbol.asyncDispose]() }
}

function needOf({ now }: StandInSession): string | undefined {
  return now().need?.kind
}

test.each([
  ['crew', 20],
  ['polecat', 10],
])(
  'a %s at work of which nothing is heard is stalled after %i minutes, and still says why it worked',
  async (role, minutes) => {
    await using host = await open(role)
    const { clock, session } = host
    session.agent.say(SAY.working())
    clock.pass(minutes * MINUTE - 1)
    expect(needOf(session)).toBeUndefined()
    clock.pass(1)
    expect(needOf(session)).toBe('stalled')
    expect(session.now()).toMatchObject({ activity: 'working', why: 'running npm test', source: 'hook' })
    expect(session.now().need?.title).toBe(`no sign of life for ${minutes} min while running npm test`)
  },
)

test('what the settings say about its role comes first', async () => {
  const rules = () => ({ ...DEFAULT_RULES, roles: { crew: { ...DEFAULT_ROLE_RULES, stallMs: 3 * MINUTE } } })
  await using host = await open('crew', { rules })
  const { clock, session } = host
  session.agent.say(SAY.working())
  clock.pass(3 * MINUTE - 1)
  expect(needOf(session)).toBeUndefined()
  clock.pass(1)
  expect(needOf(session)).toBe('stalled')
})

test('every sign of life begins the time anew, whether or not it says something', async () => {
  await using host = await open()
  const { clock, session } = host
  const signs = [
    () => session.agent.say(SAY.working('editing main.ts')),
    () => session.agent.say({ type: 'used', usage: { inputTokens: 1 } }),
    () => session.agent.hear({ source: 'status-file', what: 'status file', detail: 'status=busy' }),
  ]
  session.agent.say(SAY.working())
  for (const sign of signs) {
    clock.pass(19 * MINUTE)
    sign()
  }
  clock.pass(20 * MINUTE - 1)
  expect(needOf(session)).toBeUndefined()
  clock.pass(1)
  expect(needOf(session)).toBe('stalled')
})

test('a stalled session is back to life with the next sign of it, and may stall again', async () => {
  await using host = await open()
  const { clock, session } = host
  session.agent.say(SAY.working())
  clock.pass(20 * MINUTE)
  const first = session.now().need?.id
  session.agent.hear({ source: 'hook', what: 'PreToolUse' })
  expect(session.now()).toMatchObject({ activity: 'working' })
  expect(needOf(session)).toBeUndefined()
  clock.pass(20 * MINUTE)
  expect(needOf(session)).toBe('stalled')
  expect(session.now().need?.id).not.toBe(first)
  session.agent.say(SAY.idle())
  expect(session.now()).toMatchObject({ activity: 'idle' })
  expect(needOf(session)).toBeUndefined()
})

test('output is a sign of life', async () => {
  const clock = createProcessClock()
  await using host = await startStandInHost({ clock, standIn: createStandIn('transcript') })
  const session = await host.spawn('toast')
  session.agent.say(SAY.working())
  clock.pass(20 * MINUTE)
  expect(needOf(session)).toBe('stalled')
  session.agent.draw('still here\r\n')
  await eventually('it is back to life', () => needOf(session) === undefined)
})

test('a prompt that went away without a word leaves "unknown", never "idle"', async () => {
  await using host = await open()
  const { clock, session } = host
  session.agent.say(SAY.asks({ key: 'request-1' }))
  clock.pass(24 * 60 * MINUTE)
  expect(session.now()).toMatchObject({ activity: 'waiting', need: { key: 'request-1' } })
  session.agent.say(SAY.asksNoMore('request-1'))
  clock.pass(15 * SECOND - 1)
  expect(session.now()).toMatchObject({ activity: 'waiting' })
  clock.pass(1)
  expect(session.now()).toMatchObject({ activity: 'unknown', source: 'silence' })
  clock.pass(24 * 60 * MINUTE)
  expect(session.now()).toMatchObject({ activity: 'unknown' })
  session.agent.say(SAY.idle('turn interrupted'))
  expect(session.now()).toMatchObject({ activity: 'idle', source: 'status-file' })
})

test('an answer after which nothing is heard leaves "unknown"', async () => {
  await using host = await open()
  const { clock, session, running } = host
  session.agent.say(SAY.asks())
  await running.host.answer(session.id, session.now().need!.id, { kind: 'allow' })
  clock.pass(15 * SECOND)
  expect(session.now()).toMatchObject({ activity: 'unknown', source: 'silence' })
})

test('work under a limit of which nothing more is heard becomes "unknown", and the limit stays', async () => {
  await using host = await open()
  const { clock, session } = host
  session.agent.say(SAY.working('retrying in 4 s: overloaded'))
  session.agent.say(SAY.asks({ key: 'retry-1', kind: 'limited', title: 'Model', answers: [] }))
  clock.pass(20 * MINUTE)
  expect(session.now()).toMatchObject({ activity: 'unknown', need: { kind: 'limited' } })
})

test('a message behind unsent text is pointed out after two minutes, and goes in once the text is sent', async () => {
  await using host = await open()
  const { clock, session, running } = host
  running.host.type(session.id, Buffer.from('half a thought'))
  await running.host.sendMessage(session.id, { type: 'nudge', from: 'mayor', body: 'please stop' })
  clock.pass(2 * MINUTE - 1)
  expect(needOf(session)).toBeUndefined()
  clock.pass(1)
  expect(session.now()).toMatchObject({ activity: 'idle', need: { kind: 'unsent', answers: [] } })
  expect(session.now().need?.body).toMatch(/from mayor[\s\S]*please stop/)
  expect(session.agent.texts).toEqual([])
  running.host.type(session.id, Buffer.from('\r'))
  expect(needOf(session)).toBeUndefined()
  expect(session.agent.texts).toEqual(['please stop'])
})

test('mail for its address that waits behind unsent text is pointed out as well', async () => {
  await using host = await open()
  const { clock, session, running } = host
  running.host.type(session.id, Buffer.from('half a thought'))
  await running.host.sendMail(addressOf(session.now()), { type: 'mail', from: 'mayor', body: 'please stop' })
  clock.pass(2 * MINUTE)
  expect(session.now().need).toMatchObject({ kind: 'unsent', body: expect.stringContaining('please stop') })
})

test('unsent text without a message, or during a turn, is nobody’s business', async () => {
  await using host = await open()
  const { clock, session, running } = host
  running.host.type(session.id, Buffer.from('half a thought'))
  clock.pass(10 * MINUTE)
  expect(needOf(session)).toBeUndefined()
  session.agent.say(SAY.working())
  await running.host.sendMessage(session.id, { type: 'nudge', body: 'hello' })
  clock.pass(10 * MINUTE)
  expect(needOf(session)).toBeUndefined()
  session.agent.say(SAY.idle())
  clock.pass(2 * MINUTE)
  expect(needOf(session)).toBe('unsent')
})

test('a question takes the place of unsent text, and the text is pointed out again after it', async () => {
  await using host = await open()
  const { clock, session, running } = host
  running.host.type(session.id, Buffer.from('half a thought'))
  await running.host.sendMessage(session.id, { type: 'nudge', body: 'hello' })
  clock.pass(2 * MINUTE)
  session.agent.say(SAY.asks({ key: 'request-1' }))
  expect(needOf(session)).toBe('permission')
  session.agent.say(SAY.asksNoMore('request-1'))
  session.agent.say(SAY.idle())
  clock.pass(2 * MINUTE - 1)
  expect(needOf(session)).toBeUndefined()
  clock.pass(1)
  expect(needOf(session)).toBe('unsent')
})

test('many sessions have one timer, and those at rest have none', async () => {
  await using host = await open()
  const { clock, session } = host
  const other = await host.spawn('nux', { role: 'polecat' })
  expect(clock.waiting()).toBe(0)
  session.agent.say(SAY.working())
  clock.pass(5 * MINUTE)
  other.agent.say(SAY.working())
  expect(clock.waiting()).toBe(1)
  clock.pass(10 * MINUTE)
  expect([needOf(session), needOf(other)]).toEqual([undefined, 'stalled'])
  clock.pass(5 * MINUTE)
  expect([needOf(session), needOf(other)]).toEqual(['stalled', 'stalled'])
  for (const { agent } of [session, other]) agent.say(SAY.idle())
  clock.pass(20 * MINUTE)
  expect(clock.waiting()).toBe(0)
})

test('the end of an agent ends its deadlines, and one that is started again has its own', async () => {
  await using host = await open()
  const { clock, session, running } = host
  session.agent.say(SAY.working())
  clock.pass(19 * MINUTE)
  await running.host.terminateSession(session.id)
  expect(clock.waiting()).toBe(0)
  clock.pass(5 * MINUTE)
  expect(session.now()).toMatchObject({ state: 'stopped' })
  expect(needOf(session)).toBeUndefined()
  await running.host.resume(session.id)
  session.agent.say(SAY.working('of the first launch'))
  expect(session.now()).toMatchObject({ generation: 2, activity: 'idle' })
  clock.pass(24 * 60 * MINUTE)
  expect(needOf(session)).toBeUndefined()
})

test('a host that stops concludes nothing more', async () => {
  const clock = createProcessClock()
  const host = await startStandInHost({ clock })
  const session = await host.spawn('toast')
  session.agent.say(SAY.working())
  await host[Symbol.asyncDispose]()
  expect(clock.waiting()).toBe(0)
})
