import { describe, expect, test } from 'vitest'
import { ControlError } from '../../src/core/errors.ts'
import { sessionOfFact } from '../../src/core/facts.ts'
import { EMPTY_FLEET, type Fleet } from '../../src/core/fleet.ts'
import { messageId, needId, type SessionId, sessionId, workId } from '../../src/core/ids.ts'
import type { FactUpdate, Orchestrator } from '../../src/core/orchestrator.ts'
import { reduce } from '../../src/core/reduce.ts'
import type { WorkRequest } from '../../src/core/work-verbs.ts'
import { eventually } from '../harness/eventually.ts'

/** An orchestrator over a host with the shell backend, and a directory to start sessions in. */
export interface OrchestratorUnderTest extends AsyncDisposable {
  readonly orchestrator: Orchestrator
  readonly workDir: string
}

const NOBODY = sessionId('01ARZ3NDEKTSV4RRFFQ69G5FAV')

/** What every orchestrator promises, wherever its host is. */
export function orchestratorSuite(name: string, create: () => Promise<OrchestratorUnderTest>): void {
  describe(`orchestrator: ${name}`, () => {
    test('a session is started, listed, looked at and ended', async () => {
      await using under = await create()
      const { orchestrator } = under
      const id = await spawnShell(under, 'toast', 'echo hello from $SIGNALBOX_SESSION; cat')
      const [listed] = await orchestrator.listSessions({ backend: 'shell', state: 'running' })
      expect(listed).toMatchObject({ id, agentName: 'toast', rig: 'demo', state: 'running', workDir: under.workDir })
      expect(await orchestrator.getSession(id)).toMatchObject({ id, size: { cols: 90, rows: 20 } })
      await eventually('its output', async () => (await screenText(orchestrator, id)).includes(`hello from ${id}`))
      expect(await orchestrator.screen(id, { lines: 1 })).toMatchObject({ size: { cols: 90, rows: 20 } })
      await orchestrator.terminateSession(id)
      expect(['stopped', 'failed']).toContain((await orchestrator.getSession(id)).state)
      expect(await orchestrator.listSessions({ state: 'running' })).toEqual([])
    })

    test('a message gets a receipt that follows its delivery, once for each id', async () => {
      await using under = await create()
      const { orchestrator } = under
      const id = await spawnShell(under, 'nux', 'cat')
      const message = { id: messageId('01ARZ3NDEKTSV4RRFFQ69G5FAW'), type: 'nudge', body: 'are you there' } as const
      const first = await orchestrator.sendMessage(id, message)
      expect(first).toMatchObject({ id: message.id, to: id, error: null })
      await eventually('the text on the screen', async () =>
        (await screenText(orchestrator, id)).includes('are you there'),
      )
      const receipt = await eventually('the receipt', async () => {
        const now = await orchestrator.receipt(message.id)
        return now.submittedAt !== null && now
      })
      expect(receipt.injectedAt).not.toBeNull()
      expect(await orchestrator.sendMessage(id, message)).toEqual(receipt)
    })

    test('a paused session gets nothing until it goes on', async () => {
      await using under = await create()
      const { orchestrator } = under
      const id = await spawnShell(under, 'rust', 'cat')
      await orchestrator.pause(id)
      expect(await orchestrator.getSession(id)).toMatchObject({ state: 'paused', isPaused: true })
      const held = await orchestrator.sendMessage(id, { type: 'nudge', body: 'are you awake' })
      expect(held).toMatchObject({ status: 'queued', hold: 'the session is paused' })
      expect(await orchestrator.receipt(held.id)).toEqual(held)
      const order = { id: workId('gt-1'), type: 'task', description: 'x', payload: {}, priority: 0 } as const
      expect(await codeOf(orchestrator.assignWork(id, order))).toBe('session.paused')
      await orchestrator.unpause(id)
      await eventually('the text on the screen', async () =>
        (await screenText(orchestrator, id)).includes('are you awake'),
      )
      expect(await orchestrator.getSession(id)).toMatchObject({ state: 'running' })
    })

    test('what has no conversation cannot be forked', async () => {
      await using under = await create()
      const { orchestrator } = under
      const id = await spawnShell(under, 'ace', 'cat')
      expect(await codeOf(orchestrator.fork(id))).toBe('session.unforkable')
      expect(await orchestrator.listSessions()).toHaveLength(1)
    })

    test('work is assigned and kept with the session', async () => {
      await using under = await create()
      const { orchestrator } = under
      const id = await spawnShell(under, 'worker', 'cat')
      const receipt = await orchestrator.assignWork(id, {
        id: workId('gt-1'),
        type: 'task',
        description: 'count to three',
        payload: { steps: [1, 2, 3] },
        priority: 0,
      })
      expect(receipt.to).toBe(id)
      expect((await orchestrator.getSession(id)).workUnits).toMatchObject([
        { id: 'gt-1', status: 'assigned', payload: { steps: [1, 2, 3] } },
      ])
    })

    test('work waits while the pool drains, is given out, handed over, ended and queued again', async () => {
      await using under = await create()
      const { orchestrator } = under
      expect(await orchestrator.drainPool()).toMatchObject({ isDraining: true, paused: null })
      expect(await orchestrator.queueWork(shellWork(under, 'gt-1'))).toMatchObject({
        status: 'queued',
        batch: 'friday',
        why: '1st in line: the pool is draining',
      })
      expect(await codeOf(orchestrator.queueWork(shellWork(under, 'gt-1')))).toBe('work.open')
      expect(await orchestrator.poolStatus()).toMatchObject({ queued: 1, failed: 0 })
      expect(await orchestrator.resumePool()).toMatchObject({ isDraining: false })
      const [holder] = await eventually('a session for it', async () => {
        const running = await orchestrator.listSessions({ state: 'running' })
        return running.length > 0 && running
      })
      expect(holder).toMatchObject({ rig: 'demo', role: 'polecat', workUnits: [{ id: 'gt-1', status: 'assigned' }] })
      expect(await codeOf(orchestrator.retryWork(workId('gt-1')))).toBe('work.held')
      const to = await spawnShell(under, 'next', 'cat')
      const handed = await orchestrator.reassignWork(workId('gt-1'), { to, note: 'half of it is done' })
      expect(handed).toMatchObject({ sessionId: to, why: expect.stringContaining('half of it is done') })
      expect(await orchestrator.rebalance('demo')).toEqual([])
      const done = await orchestrator.endWork(workId('gt-1'), { status: 'done', result: 'it is green' })
      expect(done).toMatchObject({ status: 'done', result: 'it is green', sessionId: to })
      expect(await codeOf(orchestrator.endWork(workId('gt-1'), { status: 'failed' }))).toBe('work.ended')
      expect(await codeOf(orchestrator.reassignWork(workId('gt-1'), { to }))).toBe('work.ended')
      expect(await orchestrator.retryWork(workId('gt-1'))).toMatchObject({ status: 'assigned', attempts: 1 })
      for (const refused of [
        orchestrator.endWork(workId('none'), { status: 'done' }),
        orchestrator.retryWork(workId('none')),
        orchestrator.reassignWork(workId('none'), { to }),
      ]) {
        expect(await codeOf(refused)).toBe('work.not-found')
      }
    })

    test('a broadcast to one that is gone still reaches the other, in order', async () => {
      await using under = await create()
      const { orchestrator } = under
      const id = await spawnShell(under, 'slit', 'cat')
      const receipts = await orchestrator.broadcastMessage([NOBODY, id], { type: 'broadcast', body: 'to all of you' })
      expect(receipts.map(({ to }) => to)).toEqual([NOBODY, id])
      expect(receipts[0]).toMatchObject({ status: 'failed' })
      expect(receipts[0]?.error).toMatch(/No session/)
      expect(receipts[1]?.error).toBeNull()
      await eventually('the text on the screen', async () =>
        (await screenText(orchestrator, id)).includes('to all of you'),
      )
    })

    test('what does not exist is named in a refusal with its code', async () => {
      await using under = await create()
      const { orchestrator } = under
      expect(await codeOf(orchestrator.getSession(NOBODY))).toBe('session.not-found')
      expect(await codeOf(orchestrator.terminateSession(NOBODY))).toBe('session.not-found')
      expect(await codeOf(orchestrator.sendMessage(NOBODY, { type: 'nudge', body: 'x' }))).toBe('session.not-found')
      expect(await codeOf(orchestrator.screen(NOBODY))).toBe('session.not-found')
      expect(await codeOf(orchestrator.markRead(NOBODY))).toBe('session.not-found')
      expect(await codeOf(orchestrator.resume(NOBODY))).toBe('session.not-found')
      expect(await codeOf(orchestrator.interrupt(NOBODY))).toBe('session.not-found')
      expect(await codeOf(orchestrator.pause(NOBODY))).toBe('session.not-found')
      expect(await codeOf(orchestrator.unpause(NOBODY))).toBe('session.not-found')
      expect(await codeOf(orchestrator.fork(NOBODY))).toBe('session.not-found')
      const error = await orchestrator.getSession(NOBODY).catch((reason: unknown) => reason)
      expect(error).toMatchObject({ data: { name: NOBODY }, exit: 3 })
    })

    test('a session is put aside and comes back by itself, is a favourite, urgent and unread', async () => {
      await using under = await create()
      const { orchestrator } = under
      const id = await spawnShell(under, 'rictus', 'cat')
      await orchestrator.setFavourite(id, true)
      await orchestrator.setUrgent(id, true)
      await orchestrator.markUnread(id)
      await orchestrator.snooze(id, 'until-change')
      const marked = { isFavourite: true, isUrgent: true, unread: true, snooze: {} }
      expect(await orchestrator.getSession(id)).toMatchObject(marked)
      await orchestrator.snooze(id, { ms: 3_600_000 })
      expect((await orchestrator.getSession(id)).snooze?.until).toBeGreaterThan(Date.now())
      await orchestrator.snooze(id, undefined)
      expect((await orchestrator.getSession(id)).snooze).toBeUndefined()
      await orchestrator.snooze(id, { ms: 20 })
      await eventually('it is back', async () => (await orchestrator.getSession(id)).snooze === undefined)
      await orchestrator.setFavourite(id, false)
      await orchestrator.setUrgent(id, false)
      await orchestrator.markRead(id)
      const plain = { isFavourite: false, isUrgent: false, unread: false }
      expect(await orchestrator.getSession(id)).toMatchObject(plain)
      expect(await codeOf(orchestrator.snooze(id, { ms: -1 }))).toBe('usage.invalid')
      for (const refused of [
        orchestrator.snooze(NOBODY, undefined),
        orchestrator.setFavourite(NOBODY, true),
        orchestrator.setUrgent(NOBODY, true),
        orchestrator.markUnread(NOBODY),
        orchestrator.history(NOBODY, 5),
      ]) {
        expect(await codeOf(refused)).toBe('session.not-found')
      }
    })

    test('the history of a session is its own last facts, oldest first', async () => {
      await using under = await create()
      const { orchestrator } = under
      const id = await spawnShell(under, 'keeper', 'cat')
      await spawnShell(under, 'other', 'cat')
      await orchestrator.sendMessage(id, { type: 'nudge', body: 'hello' })
      await orchestrator.setFavourite(id, true)
      const facts = await orchestrator.history(id, 500)
      expect(facts[0]?.fact).toMatchObject({ type: 'session.registered', session: { agentName: 'keeper' } })
      expect(facts.map(({ fact }) => sessionOfFact(fact))).toEqual(facts.map(() => id))
      expect(facts.map(({ fact }) => fact.type)).toEqual(expect.arrayContaining(['message.queued', 'session.favoured']))
      const seqs = facts.map(({ seq }) => seq)
      expect(seqs).toEqual([...seqs].sort((a, b) => a - b))
      expect((await orchestrator.history(id, 2)).length).toBe(2)
    })

    test('a refusal carries its code, data and words, and leaves nothing behind', async () => {
      await using under = await create()
      const { orchestrator } = under
      const id = await spawnShell(under, 'dag', 'cat')
      expect(await codeOf(spawnShell(under, 'dag', 'cat'))).toBe('session.name-taken')
      expect(await codeOf(orchestrator.spawnSession({ backend: 'nope', workDir: under.workDir }))).toBe(
        'backend.unknown',
      )
      expect(await codeOf(orchestrator.answer(id, needId('none'), { kind: 'allow' }))).toBe('need.gone')
      expect(await codeOf(orchestrator.sendMessage(id, { type: 'nudge', body: ' ' }))).toBe('message.empty')
      expect((await orchestrator.listSessions()).map((session) => session.id)).toEqual([id])
    })

    test('a subscriber gets a snapshot and then every fact in order, until it leaves', async () => {
      await using under = await create()
      const { orchestrator } = under
      const early = await spawnShell(under, 'early', 'cat')
      const updates: FactUpdate[] = []
      const unsubscribe = await orchestrator.subscribe((update) => updates.push(update))
      expect(updates[0]).toMatchObject({ type: 'snapshot', fleet: { sessions: { [early]: { agentName: 'early' } } } })
      const late = await spawnShell(under, 'late', 'cat')
      await orchestrator.terminateSession(late, { isForced: true })
      const fleet = await eventually('the facts', () => {
        const now = replayed(updates)
        return now.sessions[late]?.exit !== undefined && now
      })
      expect(fleet.sessions[late]).toEqual(await orchestrator.getSession(late))
      expect(seqsOf(updates)).toEqual(seqsOf(updates).map((_, index) => (seqsOf(updates)[0] ?? 0) + index))
      unsubscribe()
      const count = updates.length
      await orchestrator.terminateSession(early, { isForced: true })
      await orchestrator.getSession(early)
      expect(updates.length).toBe(count)
    })

    test('costs and metrics are told, a day that is none is refused', async () => {
      await using under = await create()
      const { orchestrator } = under
      const nothing = { inputTokens: 0, outputTokens: 0, costUsd: 0, unpricedTokens: 0 }
      const since = '2026-11-27'
      expect(await orchestrator.costs({ by: 'day', since })).toEqual({ by: 'day', since, rows: [], total: nothing })
      expect(await codeOf(orchestrator.costs({ by: 'rig', since: 'yesterday' }))).toBe('usage.invalid')
      const id = await spawnShell(under, 'meter', 'cat')
      const { at, metrics } = await orchestrator.metrics()
      expect(at).toBeGreaterThan(0)
      const valuesOf = (name: string) => metrics.find((metric) => metric.name === name)?.values
      expect(valuesOf('signalbox_sessions')).toEqual([{ labels: { backend: 'shell', state: 'running' }, value: 1 }])
      expect(valuesOf('signalbox_session_spawn_seconds')).toMatchObject([{ labels: { backend: 'shell' }, count: 1 }])
      if (process.platform === 'linux')
        expect(valuesOf('signalbox_session_memory_bytes')).toMatchObject([{ labels: { session: id, name: 'meter' } }])
    })

    test('health says who answers', async () => {
      await using under = await create()
      const health = await under.orchestrator.healthCheck()
      expect(health).toMatchObject({ pid: expect.any(Number), sessions: 0 })
      expect(health.backends['shell']).toMatchObject({ status: 'ready' })
      expect(health.uptimeMs).toBeGreaterThanOrEqual(0)
    })
  })
}

function spawnShell(under: OrchestratorUnderTest, agentName: string, script: string): Promise<SessionId> {
  return under.orchestrator.spawnSession({
    backend: 'shell',
    agentName,
    rig: 'demo',
    workDir: under.workDir,
    size: { cols: 90, rows: 20 },
    args: ['sh', '-c', script],
  })
}

function shellWork({ workDir }: OrchestratorUnderTest, id: string): WorkRequest {
  return {
    work: { id: workId(id), type: 'issue', description: 'make it green', payload: {}, priority: 1 },
    place: { rig: 'demo', role: 'polecat', workDir, backend: 'shell', agentName: null, args: ['cat'] },
    batch: 'friday',
  }
}

async function screenText(orchestrator: Orchestrator, id: SessionId): Promise<string> {
  return (await orchestrator.screen(id)).lines.join('\n')
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'none'
  } catch (error) {
    return error instanceof ControlError ? error.code : `no ControlError: ${String(error)}`
  }
}

function replayed(updates: readonly FactUpdate[]): Fleet {
  return updates.reduce<Fleet>(
    (fleet, update) => (update.type === 'snapshot' ? update.fleet : reduce(fleet, update.envelope)),
    EMPTY_FLEET,
  )
}

function seqsOf(updates: readonly FactUpdate[]): readonly number[] {
  return updates.flatMap((update) => (update.type === 'fact' ? [update.envelope.seq] : []))
}
