import { describe, expect, test } from 'vitest'
import {
  isTransition,
  rawWords,
  sourceWords,
  standingWords,
  TRANSITIONS_SHOWN,
  transitionsOf,
} from '../../../src/core/explain.ts'
import type { Envelope, Fact } from '../../../src/core/facts.ts'
import { sessionId } from '../../../src/core/ids.ts'
import type { RawSignal } from '../../../src/core/raw-signal.ts'
import type { Session, Source } from '../../../src/core/session.ts'
import { aNeed, aSession } from '../../harness/sessions.ts'

const session = aSession({ generation: 3 })
const { id } = session
const other = sessionId('01OTHER')
const nothing = (): undefined => undefined

/** Facts as a host would have journalled them, one a second. */
function journal(...facts: readonly Fact[]): readonly Envelope[] {
  return facts.map((fact, index) => ({ seq: index + 1, at: (index + 1) * 1_000, fact }))
}

const working = (of = id): Fact => ({
  type: 'session.activity-changed',
  id: of,
  activity: 'working',
  why: 'thinking',
  source: 'hook',
})
const relaunched = (generation: number): Fact => ({ type: 'session.relaunched', id, generation, why: 'resuming' })
const exited = (failed: boolean): Fact => ({
  type: 'session.exited',
  id,
  exit: { code: 3, signal: undefined },
  why: 'exited with code 3',
  failed,
})

describe('the changes of a session', () => {
  test('are those of its own state, oldest first, in words', () => {
    const need = aNeed()
    const facts = journal(
      { type: 'session.registered', session: aSession({ state: 'starting', why: 'starting' }) },
      { type: 'session.launched', id, generation: 1 },
      { type: 'session.ready', id, why: 'its prompt is there', source: 'status-file' },
      working(other),
      working(),
      { type: 'session.used', id, usage: { inputTokens: 3 } },
      { type: 'session.need-raised', id, need, source: 'hook' },
      { type: 'session.need-cleared', id, needId: need.id, outcome: 'answered-elsewhere' },
      { type: 'session.replied', id, text: 'done' },
      exited(true),
    )
    const changes = transitionsOf(session, facts, nothing)
    expect(changes.map(({ seq, became, source, why }) => [seq, became, source, why])).toEqual([
      [1, 'starting', 'host', 'starting'],
      [3, 'ready', 'status-file', 'its prompt is there'],
      [5, 'working', 'hook', 'thinking'],
      [7, 'needs you: permission', 'hook', 'Bash'],
      [8, 'needs you no more', 'host', "it was answered in the agent's own screen"],
      [10, 'failed', 'process', 'exited with code 3'],
    ])
    expect(changes[0]).toMatchObject({ at: 1_000, raw: null })
  })

  test('carry the launch they belong to', () => {
    const facts = journal(working(), exited(false), relaunched(2), working(), exited(false), relaunched(3), working())
    const changes = transitionsOf(session, facts, nothing)
    expect(changes.map(({ became, generation }) => `${generation} ${became}`)).toEqual([
      '1 working',
      '1 stopped',
      '2 starting again',
      '2 working',
      '2 stopped',
      '3 starting again',
      '3 working',
    ])
  })

  test('carry what was heard before them, where that is known', () => {
    const raw: RawSignal = { at: 2_000, source: 'hook', what: 'Stop', detail: '' }
    const changes = transitionsOf(session, journal(working(), working()), (seq) => (seq === 2 ? raw : undefined))
    expect(changes.map((change) => change.raw)).toEqual([null, raw])
  })

  test('are the last ones only', () => {
    const facts = journal(...Array.from({ length: TRANSITIONS_SHOWN + 5 }, () => working()))
    const changes = transitionsOf(session, facts, nothing)
    expect(changes.length).toBe(TRANSITIONS_SHOWN)
    expect(changes.at(-1)?.seq).toBe(TRANSITIONS_SHOWN + 5)
  })

  test.each<readonly [Fact, boolean]>([
    [working(), true],
    [exited(false), true],
    [{ type: 'session.replied', id, text: 'x' }, false],
    [{ type: 'session.read', id }, false],
    [{ type: 'session.snoozed', id, snooze: {}, why: 'by the operator' }, false],
    [{ type: 'session.removed', id }, false],
  ])('$0.type is one: %s', (fact, isOne) => {
    expect(isTransition(fact)).toBe(isOne)
  })
})

describe('in words', () => {
  test.each<readonly [Partial<Session>, string]>([
    [{}, 'running, idle'],
    [{ state: 'failed', activity: 'unknown' }, 'failed'],
    [{ activity: 'waiting', need: aNeed() }, 'running, waiting; needs you: permission (Bash)'],
    [{ need: aNeed({ kind: 'limited', title: '' }) }, 'running, idle; needs you: limited'],
  ])('%j', (change, words) => {
    expect(standingWords(aSession(change))).toBe(words)
  })

  test('a guess is called one', () => {
    const sources: readonly Source[] = [
      'process',
      'hook',
      'status-file',
      'server',
      'title',
      'screen',
      'silence',
      'host',
      'operator',
    ]
    const guesses = sources.filter((source) => sourceWords(source).includes('guess'))
    expect(guesses).toEqual(['title', 'screen', 'silence'])
    expect(new Set(sources.map(sourceWords)).size).toBe(sources.length)
  })

  test('what was heard is named by its source, and nothing is called nothing', () => {
    expect(rawWords({ at: 0, source: 'hook', what: 'Stop', detail: 'background_tasks=shell:running' })).toBe(
      'hook: Stop background_tasks=shell:running',
    )
    expect(rawWords({ at: 0, source: 'operator', what: 'resume', detail: '' })).toBe('operator: resume')
    expect(rawWords(null)).toBe('nothing on record')
  })
})
