import { describe, expect, test } from 'vitest'
import type { AnswerKind, Need } from '../../../src/core/need.ts'
import { type ReplyKind, replyKindOf, whyNoReply } from '../../../src/core/reply.ts'
import type { Session } from '../../../src/core/session.ts'
import { aNeed, aSession } from '../../harness/sessions.ts'

const asking = (...answers: readonly AnswerKind[]): Partial<Session> => ({
  activity: 'waiting',
  need: aNeed({ kind: 'question', answers }),
})
const form: Need = aNeed({ kind: 'question', questions: [], answers: ['options', 'text', 'deny'] })

describe('a reply in words', () => {
  test.each<readonly [string, Partial<Session>, ReplyKind | undefined]>([
    ['is a message to one that asks nothing', {}, 'message'],
    ['is a message to one that works', { activity: 'working' }, 'message'],
    ['is a message to one that starts', { state: 'starting', activity: 'unknown' }, 'message'],
    ['answers a question that takes words', asking('option', 'text', 'deny'), 'text'],
    ['is the reason of a denial', asking('allow', 'deny'), 'deny'],
    ['answers several questions together', { activity: 'waiting', need: form }, 'questions'],
    ['answers an error that takes words', { need: aNeed({ kind: 'error', answers: ['text'] }) }, 'text'],
    [
      'is a message to one that is stalled',
      { activity: 'working', need: aNeed({ kind: 'stalled', answers: [] }) },
      'message',
    ],
    ['is refused by a dialog that takes nothing', asking(), undefined],
    ['is refused where a prompt was and nobody knows', { activity: 'waiting' }, undefined],
    ['is refused by one that ended', { state: 'stopped' }, undefined],
    ['is refused by one that failed', { state: 'failed', need: aNeed({ kind: 'exited', answers: [] }) }, undefined],
  ])('%s', (_, change, kind) => {
    const session = aSession(change)
    expect(replyKindOf(session)).toBe(kind)
    expect(whyNoReply(session) === undefined).toBe(kind !== undefined)
  })

  test('that is refused says why', () => {
    expect(whyNoReply(aSession(asking()))).toBe('Focus the session to answer this question')
    expect(whyNoReply(aSession({ activity: 'waiting' }))).toBe('Focus the session to answer this prompt')
    expect(whyNoReply(aSession({ state: 'stopped' }))).toBe('The session is stopped')
  })
})
