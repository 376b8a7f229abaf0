import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sessionId } from '../../../src/core/ids.ts'
import type { NeedKind } from '../../../src/core/need.ts'
import type { Session } from '../../../src/core/session.ts'
import { byAttention, countGroups, groupOf, standingOf, wantsOperator } from '../../../src/core/triage.ts'
import { aNeed, aSession } from '../../harness/sessions.ts'

function named(id: string, change: Partial<Session> = {}): Session {
  return aSession({ id: sessionId(id), ...change })
}

function asks(kind: NeedKind, activity: Session['activity'] = 'waiting'): Partial<Session> {
  return { activity, need: aNeed({ kind }) }
}

function order(...sessions: readonly Session[]): string {
  return byAttention(sessions)
    .map(({ id }) => id)
    .join(' ')
}

/** One session of each tier, the most urgent first. */
const TIERS: readonly Session[] = [
  named('permission', asks('permission')),
  named('failed', { state: 'failed', activity: 'unknown' }),
  named('limited', asks('limited', 'idle')),
  named('stalled', asks('stalled', 'working')),
  named('unread', { unread: true }),
  named('unknown', { activity: 'unknown' }),
  named('working', { activity: 'working' }),
  named('idle'),
  named('paused', { state: 'paused' }),
  named('stopped', { state: 'stopped', activity: 'unknown' }),
]

describe('the standing', () => {
  test.each<readonly [string, Partial<Session>, ReturnType<typeof standingOf>]>([
    ['a question', asks('question'), 'needs-you'],
    ['a plan', asks('plan'), 'needs-you'],
    ['a login', asks('login'), 'needs-you'],
    ['a conflict', asks('conflict', 'idle'), 'needs-you'],
    ['unsent text', asks('unsent', 'idle'), 'needs-you'],
    ['an error after a turn', asks('error', 'idle'), 'failed'],
    ['an exit', { ...asks('exited', 'unknown'), state: 'failed' }, 'failed'],
    ['a stall while it says that it works', asks('stalled', 'working'), 'stalled'],
    ['a prompt that nobody described', { activity: 'waiting' }, 'needs-you'],
    ['work after an unread reply', { activity: 'working', unread: true }, 'working'],
    ['an end after an unread reply', { state: 'stopped', unread: true }, 'stopped'],
    ['a start', { state: 'starting', activity: 'unknown' }, 'starting'],
    ['a pause', { state: 'paused', activity: 'working' }, 'paused'],
  ])('of %s', (_, change, standing) => {
    expect(standingOf(aSession(change))).toBe(standing)
  })
})

describe('the order of attention', () => {
  const ids = TIERS.map(({ id }) => id).join(' ')

  test('is by tier, whatever order they came in', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...TIERS], { minLength: TIERS.length }), (sessions) => {
        expect(order(...sessions)).toBe(ids)
      }),
    )
  })

  test('a tier goes before age and favour', () => {
    const old = named('old', { activity: 'working', since: 0, isFavourite: true })
    expect(order(old, named('new', { ...asks('permission'), since: 9_000 }))).toBe('new old')
  })

  test('in a tier favourites come first, then the longest ignored', () => {
    const one = named('one', { ...asks('permission'), since: 3_000 })
    const two = named('two', { ...asks('question'), since: 2_000 })
    const favourite = named('favourite', { ...asks('permission'), since: 9_000, isFavourite: true })
    expect(order(one, two, favourite)).toBe('favourite two one')
  })

  test('equals stay where they are from one look to the next', () => {
    expect(order(named('b'), named('a'))).toBe(order(named('a'), named('b')))
  })

  test('an urgent one is before all, and urgent ones are in order among themselves', () => {
    const idle = named('idle-urgent', { isUrgent: true })
    const asking = named('asking-urgent', { ...asks('permission'), isUrgent: true })
    expect(order(...TIERS, idle, asking)).toBe(`asking-urgent idle-urgent ${ids}`)
  })

  test('one that was put aside is last, however urgent', () => {
    const snoozed = named('snoozed', { ...asks('permission'), isUrgent: true, isFavourite: true, snooze: {} })
    const later = named('later', { snooze: { until: 9_000 } })
    expect(order(later, snoozed, ...TIERS)).toBe(`${ids} snoozed later`)
  })
})

describe('the groups', () => {
  test('count an urgent session as what it does, and one that was put aside as that alone', () => {
    const sessions = [
      named('a', { ...asks('permission'), isUrgent: true }),
      named('b', { ...asks('permission'), snooze: {} }),
      named('c', { activity: 'working' }),
    ]
    expect(sessions.map(groupOf)).toEqual(['urgent', 'snoozed', 'working'])
    expect(countGroups(sessions)).toMatchObject({ urgent: 0, 'needs-you': 1, working: 1, snoozed: 1 })
    expect(sessions.map(wantsOperator)).toEqual([true, false, false])
  })

  test('keep together what the order keeps together', () => {
    const marks = fc.record(
      {
        isUrgent: fc.boolean(),
        isFavourite: fc.boolean(),
        since: fc.nat(5),
        snooze: fc.constant({}),
        unread: fc.boolean(),
      },
      { requiredKeys: [] },
    )
    const sessions = fc
      .array(fc.tuple(fc.constantFrom(...TIERS), marks))
      .map((all) => all.map(([session, change], at) => ({ ...session, ...change, id: sessionId(String(at)) })))
    fc.assert(
      fc.property(sessions, (all) => {
        const groups = byAttention(all).map(groupOf)
        expect(groups.filter((group, at) => group !== groups[at - 1])).toEqual([...new Set(groups)])
      }),
    )
  })
})
