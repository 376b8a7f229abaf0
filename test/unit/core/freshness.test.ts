import { describe, expect, test } from 'vitest'
import {
  DEFAULT_STALL_RULE,
  exitedNeed,
  isBehindDraft,
  judgeSilence,
  PROMPTLESS_MS,
  silenceFacts,
  stalledAfterMs,
  unsentNeed,
  type Verdict,
} from '../../../src/core/freshness.ts'
import type { Session } from '../../../src/core/session.ts'
import { aNeed, aSession } from '../../harness/sessions.ts'

const MINUTE = 60_000
const LONG = 24 * 60 * MINUTE

function judge(change: Partial<Session>, quietMs: number, hasSignals = true): Verdict {
  return judgeSilence(aSession(change), { quietMs, hasSignals })
}

const working = { activity: 'working', why: 'running npm' } as const
const waiting = { activity: 'waiting' } as const

describe('silence', () => {
  test.each<readonly [string, Partial<Session>]>([
    ['an idle session', {}],
    ['an unknown one', { activity: 'unknown' }],
    ['one that starts', { state: 'starting', ...working }],
    ['a paused one', { state: 'paused', ...working }],
    ['one that has ended', { state: 'stopped', ...working }],
    ['one that failed', { state: 'failed', need: aNeed({ kind: 'exited' }) }],
    ['a prompt that is shown', { ...waiting, need: aNeed() }],
    ['a plan that is shown', { ...waiting, need: aNeed({ kind: 'plan' }) }],
    ['a stall that is pointed out already', { ...working, need: aNeed({ kind: 'stalled' }) }],
  ])('means nothing for %s', (_, change) => {
    expect(judge(change, LONG)).toEqual({ type: 'rest' })
  })

  test('means nothing for an agent that reports nothing', () => {
    expect(judge(working, LONG, false)).toEqual({ type: 'rest' })
    expect(judge(waiting, LONG, false)).toEqual({ type: 'rest' })
  })

  test.each<readonly [string, Partial<Session>, number, Verdict['type']]>([
    ['work, just before', working, 20 * MINUTE - 1, 'later'],
    ['work, at the limit', working, 20 * MINUTE, 'stalled'],
    ["a worker's work, just before", { ...working, role: 'polecat' }, 10 * MINUTE - 1, 'later'],
    ["a worker's work, at the limit", { ...working, role: 'polecat' }, 10 * MINUTE, 'stalled'],
    ['a prompt that is gone, just before', waiting, PROMPTLESS_MS - 1, 'later'],
    ['a prompt that is gone, at the limit', waiting, PROMPTLESS_MS, 'unknown'],
    ['a limit where a prompt was', { ...waiting, need: aNeed({ kind: 'limited' }) }, PROMPTLESS_MS, 'unknown'],
    ['work under a limit', { ...working, need: aNeed({ kind: 'limited' }) }, 20 * MINUTE, 'unknown'],
    ['work beside unsent text', { ...working, need: aNeed({ kind: 'unsent' }) }, 20 * MINUTE, 'unknown'],
  ])('of %s', (_, change, quietMs, type) => {
    expect(judge(change, quietMs).type).toBe(type)
  })

  test('says how long it lasted and what went on', () => {
    expect(judge(working, 20 * MINUTE)).toMatchObject({ why: 'no sign of life for 20 min while running npm' })
    expect(judge(waiting, PROMPTLESS_MS)).toMatchObject({ why: expect.stringContaining('its prompt is gone') })
  })

  test('that is not long enough says when to look again', () => {
    expect(judge(working, 5 * MINUTE)).toEqual({ type: 'later', afterMs: 15 * MINUTE })
    expect(judge(waiting, 1_000)).toEqual({ type: 'later', afterMs: PROMPTLESS_MS - 1_000 })
  })

  test('is judged by the rule that was given', () => {
    const stall = { byRole: { crew: 1_000 }, otherMs: 2_000 }
    expect(stalledAfterMs(aSession(), stall)).toBe(1_000)
    expect(stalledAfterMs(aSession({ role: 'mayor' }), stall)).toBe(2_000)
    expect(stalledAfterMs(aSession({ role: 'mayor' }))).toBe(DEFAULT_STALL_RULE.otherMs)
    expect(judgeSilence(aSession(working), { quietMs: 1_000, hasSignals: true, stall }).type).toBe('stalled')
  })
})

describe('what follows from silence', () => {
  const context = { now: 5_000, newId: () => 'NEW' }

  test('is a need for one that should work', () => {
    const session = aSession({ ...working, generation: 3, since: 77 })
    expect(silenceFacts(session, { type: 'stalled', why: 'quiet' }, context)).toEqual([
      {
        type: 'session.need-raised',
        id: session.id,
        source: 'silence',
        need: expect.objectContaining({
          id: 'NEW',
          key: 'stalled-3-77',
          kind: 'stalled',
          title: 'quiet',
          raisedAt: 5_000,
          answers: [],
        }),
      },
    ])
  })

  test('is "unknown" for one that should ask', () => {
    expect(silenceFacts(aSession(waiting), { type: 'unknown', why: 'gone' }, context)).toMatchObject([
      { type: 'session.activity-changed', activity: 'unknown', why: 'gone', source: 'silence' },
    ])
  })

  test('is nothing without a verdict', () => {
    expect(silenceFacts(aSession(), { type: 'rest' }, context)).toEqual([])
    expect(silenceFacts(aSession(), { type: 'later', afterMs: 1 }, context)).toEqual([])
  })
})

describe('a message behind unsent text', () => {
  const draft = { hasSignals: true, hasDraft: true }
  test.each<readonly [string, Partial<Session>, Parameters<typeof isBehindDraft>[1], boolean]>([
    ['waits for that text alone', { queuedMessages: 1 }, draft, true],
    ['is there only when one waits', { queuedMessages: 0 }, draft, false],
    ['waits for nothing without the text', { queuedMessages: 1 }, { ...draft, hasDraft: false }, false],
    ['waits for the end of a turn first', { queuedMessages: 1, activity: 'working' }, draft, false],
    ['waits for an answer first', { queuedMessages: 1, activity: 'waiting' }, draft, false],
    ['waits until something is known first', { queuedMessages: 1, activity: 'unknown' }, draft, false],
    [
      'waits for the text where turns are not known',
      { queuedMessages: 1, activity: 'working' },
      { ...draft, hasSignals: false },
      true,
    ],
    ['waits for a session that ended in vain', { queuedMessages: 1, state: 'stopped' }, draft, false],
  ])('%s', (_, change, context, isBehind) => {
    expect(isBehindDraft(aSession(change), context)).toBe(isBehind)
  })

  test('is shown with who sent it and what it says', () => {
    expect(unsentNeed({ id: 'm1', from: 'mayor', body: 'please stop' })).toMatchObject({
      key: 'unsent-m1',
      kind: 'unsent',
      body: expect.stringMatching(/from mayor[\s\S]*please stop/),
      answers: [],
    })
  })
})

test('an exit shows the last words, without the blank lines between them, once for each launch', () => {
  const need = exitedNeed(aSession({ generation: 2 }), 'exited with code 3', ['', 'one', '  ', 'two'])
  expect(need).toMatchObject({ key: 'exited-2', kind: 'exited', title: 'exited with code 3', answers: [] })
  expect(need.body).toBe('exited with code 3\none\ntwo')
  expect(need.options.map(({ key }) => key)).toEqual(['R', 'x'])
})
