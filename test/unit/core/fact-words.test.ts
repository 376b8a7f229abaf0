import { describe, expect, test } from 'vitest'
import { factWords } from '../../../src/core/fact-words.ts'
import type { Fact } from '../../../src/core/facts.ts'
import { messageId } from '../../../src/core/ids.ts'
import { type Message, queuedReceipt } from '../../../src/core/message.ts'
import { aNeed, aSession } from '../../harness/sessions.ts'

const AT = Date.UTC(2026, 0, 5, 9, 30, 0)
const session = aSession()
const { id } = session
const need = aNeed({ body: 'rm -rf dist\nnpm run build' })
const message: Message = {
  id: messageId('M'),
  from: 'mayor',
  to: id,
  type: 'nudge',
  body: 'hello\nthere',
  sentAt: AT,
  mode: 'boundary',
  priority: 0,
  threadId: messageId('M'),
}
const receipt = { ...queuedReceipt(message), status: 'failed', error: 'it ended' } as const

/** One of each, and how it reads: what, who says so, why. */
const FACTS: readonly (readonly [Fact, string, string, string])[] = [
  [{ type: 'session.registered', session }, 'registered', 'host', 'claude, crew, in /tmp/api'],
  [{ type: 'session.launched', id, generation: 1, pid: 77 }, 'launched', 'host', 'process 77'],
  [{ type: 'session.launched', id, generation: 1 }, 'launched', 'host', ''],
  [
    { type: 'session.ready', id, why: 'its prompt is there', source: 'screen' },
    'ready',
    'screen',
    'its prompt is there',
  ],
  [
    { type: 'session.activity-changed', id, activity: 'working', why: 'thinking', source: 'hook' },
    'working',
    'hook',
    'thinking',
  ],
  [{ type: 'session.need-raised', id, need, source: 'hook' }, 'asks: permission', 'hook', 'Bash, rm -rf dist …'],
  [
    { type: 'session.need-cleared', id, needId: need.id, outcome: 'answered' },
    'asks no longer',
    'operator',
    'answered from outside its screen',
  ],
  [
    { type: 'session.need-cleared', id, needId: need.id, outcome: 'withdrawn' },
    'asks no longer',
    'host',
    'it no longer asks',
  ],
  [{ type: 'session.identified', id, resumeId: 'r-1' }, 'conversation', 'host', 'its own id is r-1'],
  [{ type: 'session.replied', id, text: 'All done.\nReally.' }, 'replied', 'agent', 'All done. …'],
  [{ type: 'session.read', id }, 'read', 'operator', 'its reply was looked at'],
  [{ type: 'session.marked-unread', id }, 'marked unread', 'operator', ''],
  [
    { type: 'session.snoozed', id, snooze: { until: AT + 600_000 }, why: 'by the operator' },
    'snoozed',
    'host',
    'by the operator, for 10 min',
  ],
  [
    { type: 'session.snoozed', id, snooze: {}, why: 'by the operator' },
    'snoozed',
    'host',
    'by the operator, until it changes',
  ],
  [{ type: 'session.snoozed', id, why: 'the time is over' }, 'back', 'host', 'the time is over'],
  [{ type: 'session.favoured', id, isFavourite: true }, 'favourite', 'operator', ''],
  [{ type: 'session.favoured', id, isFavourite: false }, 'no favourite', 'operator', ''],
  [{ type: 'session.urged', id, isUrgent: true }, 'urgent', 'operator', ''],
  [
    { type: 'session.used', id, usage: { inputTokens: 10, outputTokens: 2, costUsd: 0.5, contextPercent: 12.4 } },
    'used',
    'agent',
    '10 tokens in, 2 out, $0.50, context 12 %',
  ],
  [{ type: 'session.used', id, usage: {} }, 'used', 'agent', ''],
  [{ type: 'session.resized', id, size: { cols: 80, rows: 24 } }, 'resized', 'operator', '80×24'],
  [
    { type: 'session.exited', id, exit: { code: 3, signal: undefined }, why: 'exited with code 3', failed: true },
    'failed',
    'process',
    'exited with code 3, exit code 3',
  ],
  [
    { type: 'session.exited', id, exit: { code: undefined, signal: 'SIGTERM' }, why: 'terminated', failed: false },
    'ended',
    'process',
    'terminated, signal SIGTERM',
  ],
  [
    { type: 'session.relaunched', id, generation: 2, why: 'resuming' },
    'started again',
    'host',
    'generation 2, resuming',
  ],
  [{ type: 'session.restart-planned', id, at: AT, why: 'in 30 s' }, 'to be started again', 'host', 'in 30 s'],
  [{ type: 'session.restart-cancelled', id, why: 'the host stops' }, 'stays ended', 'host', 'the host stops'],
  [{ type: 'session.removed', id }, 'removed', 'operator', 'it left the list'],
  [{ type: 'message.queued', message }, 'nudge queued', 'mayor', 'hello …'],
  [{ type: 'message.advanced', receipt }, 'message failed', 'host', 'it ended'],
  [
    { type: 'backend.changed', backend: 'claude', health: { status: 'ready', detail: 'found' } },
    'claude ready',
    'host',
    'found',
  ],
]

describe('a fact in words', () => {
  test.each(FACTS)('$type', (fact, what, source, why) => {
    expect(factWords({ seq: 1, at: AT, fact })).toEqual({ what, source, why })
  })

  test('of a host that is newer than we are is called by its type', () => {
    const fact = { type: 'session.enlightened', id } as unknown as Fact
    expect(factWords({ seq: 1, at: AT, fact })).toEqual({ what: 'session.enlightened', source: '', why: '' })
  })
})
