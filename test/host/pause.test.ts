import { describe, expect, test } from 'vitest'
import { ControlError } from '../../src/core/errors.ts'
import { workId } from '../../src/core/ids.ts'
import type { Receipt } from '../../src/core/message.ts'
import { groupOf } from '../../src/core/triage.ts'
import { eventually } from '../harness/eventually.ts'
import { openPoolLab } from '../harness/pool-lab.ts'
import { createProcessClock } from '../harness/process-clock.ts'
import { SAY } from '../harness/stand-in-backend.ts'
import { type StandInHost, startStandInHost } from '../harness/stand-in-host.ts'
import { temporaryDirectory } from '../harness/temporary.ts'

const HOUR_MS = 3_600_000
const nudge = { type: 'nudge', body: 'go on' } as const

function receiptOf({ running }: StandInHost, { id }: Receipt): Promise<Receipt> {
  return running.host.receipt(id)
}

describe('a paused session', () => {
  test('finishes its turn and is told nothing, with the reason in the receipt, until it goes on', async () => {
    await using host = await startStandInHost()
    const { host: orchestrator } = host.running
    const { id, agent, now } = await host.spawn('toast')
    agent.say(SAY.working('running npm test'))
    await orchestrator.pause(id)
    expect(now()).toMatchObject({ state: 'paused', activity: 'working', why: 'running npm test' })
    const [receipt, mail] = [
      await orchestrator.sendMessage(id, { ...nudge, mode: 'now' }),
      await orchestrator.sendMail('demo/toast', { type: 'mail', body: 'read this' }),
    ]
    for (const each of [receipt, mail]) expect(each).toMatchObject({ status: 'queued', hold: 'the session is paused' })
    agent.say(SAY.idle('finished its turn'))
    expect(now()).toMatchObject({ state: 'paused', activity: 'idle', why: 'finished its turn', queuedMessages: 2 })
    expect(agent.texts).toEqual([])
    await orchestrator.unpause(id)
    expect(now()).toMatchObject({ state: 'running', activity: 'idle' })
    for (const each of [receipt, mail])
      await eventually('it is seen', async () => (await receiptOf(host, each)).status === 'seen')
    expect((await receiptOf(host, receipt)).hold).toBeUndefined()
    expect(agent.texts).toEqual(['go on', expect.stringContaining('read this')])
  })

  test('stands under a heading of its own, and what it asks can be answered', async () => {
    await using host = await startStandInHost()
    const { id, agent, now } = await host.spawn('toast')
    await host.running.host.pause(id)
    agent.say(SAY.asks({ key: 'request-1' }))
    expect(now()).toMatchObject({ state: 'paused', activity: 'waiting', need: { key: 'request-1' } })
    expect(groupOf(now())).toBe('paused')
    await host.running.host.answer(id, now().need!.id, { kind: 'allow' })
    expect(agent.answers).toEqual([{ key: 'request-1', answer: { kind: 'allow' } }])
    expect(now().need).toBeUndefined()
  })

  test('is never called stalled, and not at once when it goes on', async () => {
    const clock = createProcessClock()
    await using host = await startStandInHost({ clock })
    const { id, agent, now } = await host.spawn('toast')
    agent.say(SAY.working())
    clock.pass(HOUR_MS)
    expect(now().need).toMatchObject({ kind: 'stalled' })
    await host.running.host.pause(id)
    expect(now().need).toBeUndefined()
    clock.pass(HOUR_MS)
    expect(now().need).toBeUndefined()
    await host.running.host.unpause(id)
    clock.pass(60_000)
    expect(now().need).toBeUndefined()
    clock.pass(HOUR_MS)
    expect(now().need).toMatchObject({ kind: 'stalled' })
  })

  test('is given no work, by nobody', async () => {
    await using lab = await openPoolLab()
    const { host, workDir } = lab.running
    const id = await host.spawnSession({ backend: 'one', role: 'polecat', agentName: 'nux', rig: 'demo', workDir })
    await host.pause(id)
    const order = { id: workId('gt-1'), type: 'task', description: 'x', payload: {}, priority: 0 } as const
    expect(await codeOf(host.assignWork(id, order))).toBe('session.paused')
    const named = await lab.queue('gt-2', { agentName: 'nux' })
    expect(named).toMatchObject({ status: 'queued', why: '1st in line: demo/nux is paused' })
    const other = await lab.queue('gt-3')
    expect(other.sessionId).not.toBe(id)
    await lab.until('gt-3', ({ status }) => status === 'accepted')
    expect(await codeOf(host.reassignWork(workId('gt-3'), { to: id }))).toBe('session.paused')
    await host.unpause(id)
    await lab.until('gt-2', ({ sessionId }) => sessionId === id)
  })

  test('is not started again when it ends, whatever the rules of its role', async () => {
    await using lab = await openPoolLab({ roles: { witness: { restart: 'always', hasWorktree: false } } })
    const { host, workDir } = lab.running
    const id = await host.spawnSession({ backend: 'one', role: 'witness', agentName: 'witness', rig: 'demo', workDir })
    await host.pause(id)
    lab.crash(id)
    lab.clock.pass(HOUR_MS)
    expect(lab.session(id)).toMatchObject({ state: 'failed', generation: 1 })
    expect(lab.session(id).restartAt).toBeNull()
    await host.resume(id)
    expect(lab.session(id)).toMatchObject({ state: 'paused', generation: 2 })
    lab.crash(id)
    lab.clock.pass(HOUR_MS)
    await host.unpause(id)
    await eventually('it runs again', () => lab.session(id).state === 'running')
    expect(lab.session(id)).not.toHaveProperty('restartAt')
    lab.crash(id)
    lab.clock.pass(HOUR_MS)
    await eventually('it runs again', () => lab.session(id).state === 'running')
  })

  test('is one still after the host was started again', async () => {
    using directory = temporaryDirectory()
    {
      await using host = await startStandInHost({ directory })
      await host.running.host.pause((await host.spawn('toast')).id)
    }
    await using again = await startStandInHost({ directory })
    const { host } = again.running
    const [session] = await host.listSessions()
    if (session?.state !== 'paused') await host.resume(session!.id)
    expect(await host.getSession(session!.id)).toMatchObject({ state: 'paused' })
    expect(await host.sendMessage(session!.id, nudge)).toMatchObject({ hold: 'the session is paused' })
  })

  test('is paused once, and only while it is alive', async () => {
    await using host = await startStandInHost()
    const { host: orchestrator, facts } = host.running
    const { id } = await host.spawn('toast')
    await orchestrator.unpause(id)
    await orchestrator.pause(id)
    const { seq } = facts.fleet
    await orchestrator.pause(id)
    expect(facts.fleet.seq).toBe(seq)
    await orchestrator.unpause(id)
    await orchestrator.terminateSession(id, { isForced: true })
    expect(await codeOf(orchestrator.pause(id))).toBe('session.not-live')
  })
})

function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'done',
    (error: unknown) => (error instanceof ControlError ? error.code : String(error)),
  )
}
