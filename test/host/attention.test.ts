import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Fact } from '../../src/core/facts.ts'
import { needId } from '../../src/core/ids.ts'
import { createAttention } from '../../src/host/attention.ts'
import { createFactLog } from '../../src/host/fact-log.ts'
import { openJournal } from '../../src/host/journal.ts'
import { aNeed, aSession } from '../harness/sessions.ts'
import { SAY } from '../harness/stand-in-backend.ts'
import { startStandInHost } from '../harness/stand-in-host.ts'
import { type TemporaryDirectory, temporaryDirectory } from '../harness/temporary.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const { id } = aSession()

let directory: TemporaryDirectory

beforeEach(() => {
  directory = temporaryDirectory()
})

afterEach(() => {
  vi.useRealTimers()
  directory[Symbol.dispose]()
})

/** The facts of a host and what brings its sessions back; after `close` another one may open the same journal. */
function open(...before: readonly Fact[]) {
  const journal = openJournal(join(directory.path, 'journal.db'), Date.now)
  const facts = createFactLog(journal, { now: Date.now, log: () => undefined })
  facts.append(...before)
  const attention = createAttention({ facts, now: Date.now })
  const backs: string[] = []
  facts.onFact(({ fact }) => {
    if (fact.type === 'session.snoozed' && fact.snooze === undefined) backs.push(fact.why)
  })
  return {
    facts,
    attention,
    /** Why it came back, each time. */
    backs,
    isAside: () => facts.fleet.sessions[id]?.snooze !== undefined,
    close() {
      attention.close()
      journal.close()
    },
  }
}

const registered: Fact = { type: 'session.registered', session: aSession() }
const replied: Fact = { type: 'session.replied', id, text: 'done' }
const asks: Fact = { type: 'session.need-raised', id, need: aNeed(), source: 'hook' }
const exited: Fact = {
  type: 'session.exited',
  id,
  exit: { code: undefined, signal: undefined },
  why: 'its host ended; resume it to go on',
  failed: false,
}
const QUIET: readonly Fact[] = [
  { type: 'session.activity-changed', id, activity: 'working', why: 'thinking', source: 'hook' },
  { type: 'session.used', id, usage: { inputTokens: 1 } },
  { type: 'session.read', id },
  { type: 'session.favoured', id, isFavourite: true },
  { type: 'session.resized', id, size: { cols: 80, rows: 24 } },
]

describe('a session that is put aside', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: Date.UTC(2026, 0, 5, 9, 30, 0) })
  })

  test('for a time is back when that is over, whatever it said meanwhile', async () => {
    const host = open(registered)
    await host.attention.snooze(id, { ms: 10 * MINUTE })
    host.facts.append(...QUIET, replied)
    vi.advanceTimersByTime(10 * MINUTE - 1)
    expect(host.isAside()).toBe(true)
    vi.advanceTimersByTime(1)
    expect(host.isAside()).toBe(false)
    expect(host.backs).toEqual(['the time is over'])
    host.close()
  })

  test('may be so for longer than a timer can wait', async () => {
    const host = open(registered)
    await host.attention.snooze(id, { ms: 60 * DAY })
    vi.advanceTimersByTime(60 * DAY - 1)
    expect(host.isAside()).toBe(true)
    vi.advanceTimersByTime(1)
    expect(host.backs).toEqual(['the time is over'])
    host.close()
  })

  test('until it changes does not come back for what is no change', async () => {
    const host = open(registered)
    await host.attention.snooze(id, 'until-change')
    host.facts.append(...QUIET)
    vi.advanceTimersByTime(DAY)
    expect(host.isAside()).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
    host.close()
  })

  test.each<readonly [string, Fact]>([
    ['a reply', replied],
    ['its end', exited],
    ['a new start', { type: 'session.relaunched', id, generation: 2, why: 'resuming' }],
    ['the end of what it asked', { type: 'session.need-cleared', id, needId: needId('N'), outcome: 'withdrawn' }],
  ])('until it changes is back with %s', async (_, change) => {
    const host = open(registered)
    await host.attention.snooze(id, 'until-change')
    host.facts.append(change)
    expect(host.backs).toEqual(['it changed'])
    host.close()
  })

  test.each([['until-change' as const], [{ ms: DAY }]])('(%j) is back as soon as it asks something', async (length) => {
    const host = open(registered)
    await host.attention.snooze(id, length)
    host.facts.append(asks)
    expect(host.backs).toEqual(['it asks: Bash'])
    expect(vi.getTimerCount()).toBe(0)
    host.close()
  })

  test('with something to ask stays aside until it asks something else', async () => {
    const host = open(registered, asks)
    await host.attention.snooze(id, { ms: DAY })
    expect(host.isAside()).toBe(true)
    const other = aNeed({ id: needId('OTHER'), key: 'request-2', title: 'Write' })
    host.facts.append({ type: 'session.need-raised', id, need: other, source: 'hook' })
    expect(host.backs).toEqual(['it asks: Write'])
    host.close()
  })

  test('again is put aside from then on, and the time before counts no more', async () => {
    const host = open(registered)
    await host.attention.snooze(id, { ms: 10 * MINUTE })
    vi.advanceTimersByTime(5 * MINUTE)
    await host.attention.snooze(id, { ms: 10 * MINUTE })
    vi.advanceTimersByTime(10 * MINUTE - 1)
    expect(host.isAside()).toBe(true)
    await host.attention.snooze(id, 'until-change')
    vi.advanceTimersByTime(DAY)
    expect(host.isAside()).toBe(true)
    await host.attention.snooze(id, undefined)
    expect(host.backs).toEqual(['by the operator'])
    host.close()
  })

  test('and leaves the list leaves no timer', async () => {
    const host = open(registered)
    await host.attention.snooze(id, { ms: DAY })
    host.facts.append({ type: 'session.removed', id })
    expect(vi.getTimerCount()).toBe(0)
    host.close()
  })

  test('is so after a restart as well, for what is left of the time', async () => {
    const first = open(registered)
    await first.attention.snooze(id, { ms: 10 * MINUTE })
    first.close()
    expect(vi.getTimerCount()).toBe(0)
    vi.advanceTimersByTime(4 * MINUTE)
    const second = open()
    vi.advanceTimersByTime(6 * MINUTE - 1)
    expect(second.isAside()).toBe(true)
    vi.advanceTimersByTime(1)
    expect(second.backs).toEqual(['the time is over'])
    second.close()
  })

  test('is back at once when its time was over while no host ran', async () => {
    const first = open(registered)
    await first.attention.snooze(id, { ms: 10 * MINUTE })
    first.close()
    vi.advanceTimersByTime(DAY)
    const second = open()
    vi.advanceTimersByTime(0)
    expect(second.backs).toEqual(['the time is over'])
    second.close()
  })

  test.each<readonly [string, readonly Fact[], boolean]>([
    ['changed', [exited], false],
    ['asked', [asks], false],
    ['did nothing', QUIET, true],
  ])('until it changes, and %s before anybody watched again', async (_, meanwhile, isAside) => {
    const first = open(registered, replied)
    await first.attention.snooze(id, 'until-change')
    first.close()
    const second = open(...meanwhile)
    expect(second.isAside()).toBe(isAside)
    second.close()
  })
})

test('a session whose agent ended with its host is back after the restart', async () => {
  {
    await using host = await startStandInHost({ directory })
    const session = await host.spawn('toast')
    session.agent.say(SAY.replied('done'))
    await host.running.host.snooze(session.id, 'until-change')
    expect(session.now().snooze).toEqual({})
  }
  await using again = await startStandInHost({ directory })
  const [session] = await again.running.host.listSessions()
  expect(session).toMatchObject({ agentName: 'toast', state: 'stopped' })
  expect(session?.snooze).toBeUndefined()
})

test('marks are kept, said once, and survive a restart', async () => {
  const first = open(registered)
  await first.attention.setFavourite(id, true)
  const { seq } = first.facts.fleet
  await first.attention.setFavourite(id, true)
  await first.attention.setUrgent(id, false)
  await first.attention.markRead(id)
  expect(first.facts.fleet.seq).toBe(seq)
  await first.attention.setUrgent(id, true)
  await first.attention.markUnread(id)
  first.close()
  const second = open()
  expect(second.facts.fleet.sessions[id]).toMatchObject({ isFavourite: true, isUrgent: true, unread: true })
  second.close()
})
