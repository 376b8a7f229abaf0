import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { whyWaits } from '../../src/core/hold.ts'
import { type MessageId, type SessionId, workId } from '../../src/core/ids.ts'
import { DEFAULT_POOL_RULES, DEFAULT_RULES } from '../../src/core/rules.ts'
import type { TestHostOptions } from '../contract/running-host.ts'
import { eventually } from '../harness/eventually.ts'
import { createProcessClock } from '../harness/process-clock.ts'
import { createRepository, worktreeSettings } from '../harness/repository.ts'
import { createStandIn, SAY, type StandIn } from '../harness/stand-in-backend.ts'
import { type StandInHost, type StandInSession, startStandInHost } from '../harness/stand-in-host.ts'
import { temporaryDirectory } from '../harness/temporary.ts'

interface Aftermath extends AsyncDisposable {
  readonly host: StandInHost
  readonly standIn: StandIn
}

/** The next host, with the state as it is on disk at this moment: as after a power cut. */
async function powerCut(before: StandInHost, change: TestHostOptions = {}): Promise<Aftermath> {
  const directory = temporaryDirectory()
  mkdirSync(join(directory.path, 's'), { mode: 0o700 })
  for (const name of ['journal.db', 'journal.db-wal', 'identity.key'])
    cpSync(join(before.running.paths.stateDirectory, name), join(directory.path, 's', name))
  const standIn = createStandIn('pty', before.standIn.conversations)
  const host = await startStandInHost({ directory, standIn, ...change })
  return {
    host,
    standIn,
    [Symbol.asyncDispose]: async () => {
      await host[Symbol.asyncDispose]()
      directory[Symbol.dispose]()
    },
  }
}

const of = ({ host }: Aftermath, id: SessionId) => host.running.facts.fleet.sessions[id]

describe('after a power cut', () => {
  test('a session is resumed once, whoever is first: the operator or the host', async () => {
    await using before = await startStandInHost()
    const { id } = await before.spawn('toast')
    await using after = await powerCut(before)
    expect(of(after, id)).toMatchObject({ state: 'stopped', interruption: { activity: 'idle' } })
    await after.host.running.host.resume(id)
    await after.host.running.host.recover()
    expect(after.standIn.agents).toHaveLength(1)
    expect(of(after, id)).toMatchObject({ state: 'running', generation: 2 })
  })

  test('one that was removed meanwhile stays away', async () => {
    await using before = await startStandInHost()
    const { id } = await before.spawn('toast')
    await using after = await powerCut(before)
    await after.host.running.host.terminateSession(id)
    await after.host.running.host.recover()
    expect(after.standIn.agents).toEqual([])
  })

  test('a turn that was cut off is a need, which a text answers', async () => {
    await using before = await startStandInHost()
    const { id, agent } = await before.spawn('toast')
    agent.say(SAY.working())
    await using after = await powerCut(before)
    await after.host.running.host.recover()
    const need = of(after, id)?.need
    expect(need).toMatchObject({ kind: 'error', isAfterTurn: true, answers: ['text'] })
    await after.host.running.host.answer(id, need!.id, { kind: 'text', text: 'go on' })
    expect(after.standIn.agent().texts).toEqual(['go on'])
    expect(of(after, id)?.need).toBeUndefined()
  })

  test('a message is delivered when its agent has not got it, also when it got the same words before', async () => {
    await using before = await startStandInHost()
    const { id, agent } = await before.spawn('toast')
    const nudge = { type: 'nudge', body: 'go on' } as const
    const statusOf = (host: StandInHost, message: string) =>
      Object.values(host.running.facts.fleet.deliveries).find((each) => each.message.id === message)?.receipt.status
    const first = await before.running.host.sendMessage(id, nudge)
    await eventually('the first is seen', () => statusOf(before, first.id) === 'seen')
    agent.say(SAY.working())
    const second = await before.running.host.sendMessage(id, nudge)
    await using after = await powerCut(before)
    await after.host.running.host.recover()
    await eventually('the second is seen', () => statusOf(after.host, second.id) === 'seen')
    expect(after.standIn.agent().texts).toEqual(['go on'])
  })

  test('a message is not delivered again when its agent has it', async () => {
    await using before = await startStandInHost()
    const { id, agent } = await before.spawn('toast')
    agent.say(SAY.working())
    const { id: message } = await before.running.host.sendMessage(id, { type: 'nudge', body: 'once' })
    await using after = await powerCut(before)
    after.standIn.onOpen = (opened) => {
      opened.wasGiven = (text) => text === 'once'
    }
    await after.host.running.host.recover()
    const receipt = () => after.host.running.facts.fleet.deliveries[message]?.receipt
    await eventually('it is seen', () => receipt()?.status === 'seen')
    expect(after.standIn.agent().texts).toEqual([])
  })

  test('a message that its agent has not got is given up when its time is over meanwhile', async () => {
    await using before = await startStandInHost()
    const { id, agent } = await before.spawn('toast')
    const { promise: isTaken, resolve: take } = Promise.withResolvers<void>()
    agent.takeText = () => isTaken
    const sent = await before.running.host.sendMessage(id, { type: 'nudge', body: 'go on', expiresInMs: 60_000 })
    const receiptIn = ({ running }: StandInHost) => running.facts.fleet.deliveries[sent.id]?.receipt
    await eventually('it is typed', () => receiptIn(before)?.status === 'injected')
    await using after = await powerCut(before, { now: () => Date.now() + 61_000 })
    take()
    after.standIn.onOpen = (opened) => {
      opened.wasGiven = () => false
    }
    await after.host.running.host.recover()
    await eventually('it has expired', () => receiptIn(after.host)?.status === 'expired')
    expect(after.standIn.agent().texts).toEqual([])
  })

  test.each([
    ['the host', async (before: StandInHost) => powerCut(before)],
    [
      'its agent',
      async (before: StandInHost, { id, agent }: StandInSession) => {
        agent.say({ type: 'exited', exit: { code: undefined, signal: 'SIGKILL' }, why: 'killed' })
        await before.running.host.resume(id)
        return { host: before, standIn: before.standIn, [Symbol.asyncDispose]: async () => undefined }
      },
    ],
  ])('a message that was seen and is not in the conversation goes in again when %s is back', async (_, blow) => {
    await using before = await startStandInHost()
    const session = await before.spawn('toast')
    const nudge = { type: 'nudge', body: 'go on' } as const
    const receiptIn = ({ running }: StandInHost, message: MessageId) => running.facts.fleet.deliveries[message]?.receipt
    const send = async (): Promise<MessageId> => {
      const { id: message } = await before.running.host.sendMessage(session.id, nudge)
      await eventually('it is seen', () => receiptIn(before, message)?.status === 'seen')
      return message
    }
    const kept = await send()
    const keptAt = receiptIn(before, kept)?.seenAt
    await eventually('the clock goes on', () => Date.now() > Date.parse(keptAt ?? ''))
    const lost = await send()
    session.agent.say(SAY.working())
    before.standIn.conversations.get(session.id)?.pop()
    await using after = await blow(before, session)
    await after.host.running.host.recover()
    const trail = () => after.host.running.facts.fleet.deliveries[lost]
    await eventually('it is there', () => after.standIn.conversations.get(session.id)?.length === 2)
    await eventually('it is seen again', () => trail()?.receipt.status === 'seen')
    expect(after.standIn.agent().texts).toEqual(['go on'])
    expect(receiptIn(after.host, kept)?.seenAt).toBe(keptAt)
    expect(trail()?.problem).toMatch('the conversation lacks it')
  })

  test('a message that was seen is not asked about any more once it was found', async () => {
    await using host = await startStandInHost()
    const { id, agent } = await host.spawn('toast')
    const { facts, host: control } = host.running
    const { id: message } = await control.sendMessage(id, { type: 'nudge', body: 'go on' })
    await eventually('it is seen', () => facts.fleet.deliveries[message]?.receipt.status === 'seen')
    agent.say({ type: 'exited', exit: { code: 1, signal: undefined }, why: 'it crashed' })
    const doubt = () => whyWaits(facts.fleet, facts.fleet.deliveries[message]!)
    expect(doubt()).toMatch('looked up when it is back')
    await control.resume(id)
    await eventually('it is found', () => doubt() === undefined)
    expect(host.standIn.agent().texts).toEqual([])
    expect(facts.fleet.deliveries[message]?.receipt.status).toBe('seen')
  })

  test('mail that was seen is nothing for the next one at its address', async () => {
    await using host = await startStandInHost()
    const { id } = await host.spawn('toast')
    const { facts, host: control } = host.running
    const mail = await control.sendMail('demo/toast', { type: 'mail', body: 'once' })
    await eventually('it is seen', () => facts.fleet.deliveries[mail.id]?.receipt.status === 'seen')
    await control.terminateSession(id)
    await control.terminateSession(id)
    await host.spawn('toast')
    const { id: next } = await control.sendMail('demo/toast', { type: 'mail', body: 'twice' })
    await eventually('the next is seen', () => facts.fleet.deliveries[next]?.receipt.status === 'seen')
    expect(host.standIn.agent().texts.filter((text) => text.includes('once'))).toEqual([])
    expect(facts.fleet.deliveries[mail.id]?.receipt.status).toBe('seen')
  })

  test('nobody takes the name of a session that is about to come back', async () => {
    await using before = await startStandInHost()
    await before.spawn('toast')
    await using after = await powerCut(before)
    await expect(after.host.spawn('toast')).rejects.toMatchObject({ code: 'session.name-taken' })
  })
})

describe('what the host alone has planned', () => {
  const rules = () => ({
    ...DEFAULT_RULES,
    roles: { witness: { restart: 'on-failure', hasWorktree: false } as const },
    pool: { ...DEFAULT_POOL_RULES, idleStopMs: 60_000 },
  })
  const crash = { type: 'exited', exit: { code: 1, signal: undefined }, why: 'it crashed' } as const

  test('a restart that was due later is made by the next host', async () => {
    await using before = await startStandInHost({ clock: createProcessClock(), rules })
    const { id, agent, now } = await before.spawn('toast', { role: 'witness' })
    agent.say(SAY.working())
    agent.say(crash)
    expect(now()).toMatchObject({ state: 'failed', restartAt: expect.any(Number) })
    const clock = createProcessClock()
    await using after = await powerCut(before, { clock, rules })
    await after.host.running.host.recover()
    expect(of(after, id)?.state).toBe('failed')
    clock.pass(30_000)
    await eventually('it runs again', () => of(after, id)?.state === 'running')
    expect(of(after, id)).toMatchObject({ generation: 2 })
    expect(of(after, id)).not.toHaveProperty('restartAt')
  })

  test('a host that the operator stops leaves no plan behind', async () => {
    using directory = temporaryDirectory()
    const before = await startStandInHost({ directory, clock: createProcessClock(), rules })
    const { id, agent } = await before.spawn('toast', { role: 'witness' })
    agent.say(SAY.working())
    agent.say(crash)
    await before[Symbol.asyncDispose]()
    const clock = createProcessClock()
    await using after = await startStandInHost({ directory, clock, rules })
    clock.pass(3_600_000)
    expect(after.running.facts.fleet.sessions[id]).toMatchObject({ state: 'failed', generation: 1 })
    expect(after.running.facts.fleet.sessions[id]).not.toHaveProperty('restartAt')
  })

  test('a session that was cut off with its host is brought back by the next one, not by the rules of its role', async () => {
    using directory = temporaryDirectory()
    const always = () => ({ ...rules(), roles: { witness: { restart: 'always', hasWorktree: false } as const } })
    const before = await startStandInHost({ directory, clock: createProcessClock(), rules: always })
    const { id, agent } = await before.spawn('toast', { role: 'witness' })
    agent.say(SAY.working())
    await before.running.host.stop('SIGTERM')
    await before[Symbol.asyncDispose]()
    const clock = createProcessClock()
    await using after = await startStandInHost({ directory, clock, rules: always })
    const now = () => after.running.facts.fleet.sessions[id]
    clock.pass(3_600_000)
    expect(now()).toMatchObject({ state: 'stopped', interruption: { activity: 'working' } })
    expect(now()).not.toHaveProperty('restartAt')
    await after.running.host.recover()
    expect(now()).toMatchObject({ state: 'running', need: { kind: 'error', isAfterTurn: true } })
  })

  test('a restart that is under way as the operator stops the host leaves no plan behind', async () => {
    using directory = temporaryDirectory()
    const standIn = createStandIn()
    const hangs = Promise.withResolvers<never>()
    let opens = 0
    const open: StandIn['backend']['open'] = (request, port) => {
      opens += 1
      return opens === 1 ? standIn.backend.open(request, port) : hangs.promise
    }
    const slow = { ...standIn, backend: { ...standIn.backend, open } }
    const clock = createProcessClock()
    const before = await startStandInHost({ directory, clock, rules, standIn: slow })
    const { id, agent, now } = await before.spawn('toast', { role: 'witness' })
    agent.say(SAY.working())
    agent.say(crash)
    clock.pass(30_000)
    await eventually('it is started again', () => now().state === 'starting')
    const stopped = before.running.host.stop()
    hangs.reject(new Error('its server did not start'))
    await stopped
    expect(now()).not.toHaveProperty('restartAt')
    expect(clock.waiting()).toBe(0)
    await before[Symbol.asyncDispose]()
    expect(Object.keys(before.running.facts.fleet.sessions)).toEqual([id])
  })

  test('a session that the pool started is ended when it has been idle for long, also by the next host', async () => {
    await using before = await startStandInHost({ clock: createProcessClock(), rules })
    const { workDir } = before.running
    const work = { id: workId('gt-1'), type: 'task' as const, description: 'one', payload: {}, priority: 0 }
    const place = { rig: 'demo', role: 'witness', workDir, backend: 'stand-in', agentName: null, args: [] }
    const { sessionId } = await before.running.host.queueWork({ work, place })
    await before.running.host.endWork(work.id, { status: 'done' })
    const clock = createProcessClock()
    await using after = await powerCut(before, { clock, rules })
    await after.host.running.host.recover()
    after.standIn.agent().say(SAY.idle())
    await eventually('it is idle', () => of(after, sessionId!)?.activity === 'idle')
    clock.pass(60_000)
    await eventually('it was ended', () => of(after, sessionId!)?.state === 'stopped')
  })
})

test('a worktree that was being prepared is made anew and prepared before its session goes on', async () => {
  using directory = temporaryDirectory()
  const state = join(directory.path, 's')
  const saved = join(directory.path, 'saved')
  const before = await startStandInHost({ directory })
  const repository = createRepository(join(before.running.workDir, 'api'))
  repository.settings(worktreeSettings({ set_up: 'echo prepared >> set-up.log' }))
  const { id, now } = await before.spawn('toast', { role: 'polecat', workDir: repository.directory, rig: 'api' })
  const { workDir } = now()
  const record = join(before.running.paths.worktreeRecords, `${id}.json`)
  const made = JSON.parse(readFileSync(record, 'utf8'))
  mkdirSync(saved)
  for (const name of ['journal.db', 'journal.db-wal']) cpSync(join(state, name), join(saved, name))
  await before[Symbol.asyncDispose]()
  cpSync(saved, state, { recursive: true })
  writeFileSync(record, JSON.stringify({ ...made, isUnfinished: true }))
  for (const name of ['readme.md', 'set-up.log']) rmSync(join(workDir, name))
  await using after = await startStandInHost({ directory })
  await after.running.host.recover()
  expect(after.running.facts.fleet.sessions[id]).toMatchObject({ state: 'running', workDir })
  expect(readFileSync(join(workDir, 'readme.md'), 'utf8')).toBe('first\n')
  expect(readFileSync(join(workDir, 'set-up.log'), 'utf8')).toBe('prepared\n')
  expect(JSON.parse(readFileSync(record, 'utf8'))).toEqual(made)
})

test('a session that is ended while it is being opened leaves no agent', async () => {
  const { standIn, opened, closed } = slowStandIn()
  await using slow = await startStandInHost({ standIn })
  const started = slow.spawn('toast').catch((error: unknown) => error)
  const id = await eventually('it is registered', () => Object.keys(slow.running.facts.fleet.sessions)[0])
  await slow.running.host.terminateSession(id as SessionId)
  opened.resolve()
  await started
  await eventually('its agent was closed', () => closed())
})

/** A backend that opens an agent when it is told to. */
function slowStandIn() {
  const standIn = createStandIn()
  const opened = Promise.withResolvers<void>()
  let isClosed = false
  const open: StandIn['backend']['open'] = async (request, port) => {
    await opened.promise
    const agent = await standIn.backend.open(request, port)
    return {
      ...agent,
      close: async () => {
        isClosed = true
      },
    }
  }
  return { standIn: { ...standIn, backend: { ...standIn.backend, open } }, opened, closed: () => isClosed }
}
