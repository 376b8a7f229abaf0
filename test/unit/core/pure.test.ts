import { describe, expect, test } from 'vitest'
import type { CommandContext } from '../../../src/core/commands/command.ts'
import { COMMAND_IDS, COMMANDS, disabledReason } from '../../../src/core/commands.ts'
import { draftAfter } from '../../../src/core/draft.ts'
import { ControlError } from '../../../src/core/errors.ts'
import { matchesFilter, parseFilter } from '../../../src/core/filter.ts'
import { UNSENT, whyHold } from '../../../src/core/hold.ts'
import { messageId, sessionId } from '../../../src/core/ids.ts'
import { advanceReceipt, queuedReceipt } from '../../../src/core/message.ts'
import { resolveSession } from '../../../src/core/resolve.ts'
import { byAttention, standingOf } from '../../../src/core/triage.ts'
import { aNeed, aSession } from '../../harness/sessions.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text)

describe('draft', () => {
  test.each([
    ['typed text', 'none', 'hello', 'text'],
    ['Enter sends it', 'text', '\r', 'none'],
    ['text and Enter at once', 'none', 'hello\r', 'none'],
    ['Enter behind a backslash is a new line', 'none', 'hello\\\r', 'text'],
    ['a backslash waits for what comes next', 'none', 'hello\\', 'escaped'],
    ['a new line that began with the keys before', 'escaped', '\r', 'text'],
    ['arrows change nothing', 'text', '\x1b[A', 'text'],
    ['arrows are no draft', 'none', '\x1b[A', 'none'],
    ['Alt+Enter is a new line', 'text', '\x1b\r', 'text'],
    ['a paste is a draft', 'none', '\x1b[200~pasted\r\x1b[201~', 'text'],
    ['so is its last piece, whatever it ends with', 'none', 'pasted\r\x1b[201~', 'text'],
    ['Ctrl+C clears it', 'text', '\x03', 'none'],
    ['Ctrl+U may leave other lines of it', 'text', '\x15', 'text'],
    ['Ctrl+D deletes one letter of it', 'text', '\x04', 'text'],
    ['backspace leaves it', 'text', '\x7f', 'text'],
    ['keys that type nothing are no draft', 'none', '\x15\x04\x7f', 'none'],
  ] as const)('%s', (_, before, typed, after) => {
    expect(draftAfter(before, bytes(typed))).toBe(after)
  })
})

describe('whyHold', () => {
  const context = { hasSignals: true, hasDraft: false }
  test.each([
    ['idle', aSession(), context, undefined],
    ['working', aSession({ activity: 'working' }), context, 'the agent is in a turn'],
    ['asking', aSession({ activity: 'waiting' }), context, 'the session waits for an answer'],
    ['unknown', aSession({ activity: 'unknown' }), context, 'what the agent does is unknown'],
    ['draft', aSession(), { ...context, hasDraft: true }, UNSENT],
    ['busy without signals', aSession({ activity: 'working' }), { ...context, hasSignals: false }, undefined],
    ['starting', aSession({ state: 'starting' }), context, 'the session is starting'],
    ['stopped', aSession({ state: 'stopped' }), context, 'the session is stopped'],
  ])('%s', (_, session, held, why) => {
    expect(whyHold(session, held)).toBe(why)
  })

  test.each([
    ['the operator', { from: 'operator', type: 'nudge' }, undefined],
    ['an agent', { from: 'demo/toast', type: 'nudge' }, 'only the operator may type into this program'],
    ['an agent, to all', { from: 'demo/toast', type: 'broadcast' }, 'only the operator may type into this program'],
    [
      'the operator, by mail',
      { from: 'operator', type: 'mail' },
      'this program reads no mail; it is kept in the mailbox',
    ],
  ] as const)('a program that is no agent takes words for commands: from %s', (_, about, why) => {
    const message = { mode: 'boundary', ...about } as const
    expect(whyHold(aSession(), { ...context, hasSignals: false }, message)).toBe(why)
    expect(whyHold(aSession(), context, message)).toBeUndefined()
  })
})

describe('receipts', () => {
  const message = {
    id: messageId('M'),
    from: 'operator',
    to: sessionId('S'),
    type: 'nudge',
    body: 'hi',
    sentAt: 0,
    mode: 'boundary',
    priority: 0,
    threadId: messageId('M'),
  } as const
  test('go forward and fill in what was passed', () => {
    const seen = advanceReceipt(queuedReceipt(message), { status: 'seen', at: 1_000 })
    expect(seen).toMatchObject({
      status: 'seen',
      injectedAt: '1970-01-01T00:00:01.000Z',
      submittedAt: '1970-01-01T00:00:01.000Z',
    })
  })
  test('never go back', () => {
    const seen = advanceReceipt(queuedReceipt(message), { status: 'seen', at: 1_000 })
    expect(advanceReceipt(seen, { status: 'injected', at: 2_000 })).toBe(seen)
    expect(advanceReceipt(seen, { status: 'failed', at: 2_000, error: 'late' })).toBe(seen)
  })
  test('say why they failed', () => {
    expect(advanceReceipt(queuedReceipt(message), { status: 'failed', at: 1_000, error: 'gone' }).error).toBe('gone')
  })
})

describe('resolveSession', () => {
  const toast = aSession({ id: sessionId('01AAAA0000'), agentName: 'toast', rig: 'api' })
  const other = aSession({ id: sessionId('01BBBB0000'), agentName: 'toast', rig: 'web' })
  const ended = aSession({ id: sessionId('01CCCC0000'), agentName: 'nux', state: 'stopped' })
  const all = [toast, other, ended]
  test('finds by rig/name, id prefix and unique name', () => {
    expect(resolveSession(all, 'web/toast')).toBe(other)
    expect(resolveSession(all, '01aaaa')).toBe(toast)
    expect(resolveSession(all, 'nux')).toBe(ended)
  })
  test('refuses to guess, and lists the matches', () => {
    const refused = (() => {
      try {
        return resolveSession(all, 'toast')
      } catch (error) {
        return error
      }
    })()
    expect(refused).toBeInstanceOf(ControlError)
    expect((refused as ControlError).data['matches']).toEqual(['api/toast', 'web/toast'])
  })
  test('a live session wins over an ended one of the same name', () => {
    const live = aSession({ id: sessionId('01DDDD0000'), agentName: 'nux' })
    expect(resolveSession([...all, live], 'nux')).toBe(live)
  })
  test('says when there is none', () => {
    expect(() => resolveSession(all, 'slit')).toThrow('No session is called "slit"')
  })
})

describe('triage', () => {
  test.each([
    ['a permission', aSession({ activity: 'waiting', need: aNeed() }), 'needs-you'],
    ['an error', aSession({ need: aNeed({ kind: 'error' }) }), 'failed'],
    ['a limit', aSession({ need: aNeed({ kind: 'limited' }) }), 'limited'],
    ['a failed exit', aSession({ state: 'failed' }), 'failed'],
    ['an unread reply', aSession({ unread: true }), 'unread'],
    ['idle', aSession(), 'idle'],
    ['unknown is never idle', aSession({ activity: 'unknown' }), 'unknown'],
    ['ended', aSession({ state: 'stopped', activity: 'unknown' }), 'stopped'],
  ])('%s', (_, session, standing) => {
    expect(standingOf(session)).toBe(standing)
  })
  test('orders by need, then by how long it was ignored', () => {
    const idle = aSession({ id: sessionId('A') })
    const asksLate = aSession({ id: sessionId('B'), activity: 'waiting', need: aNeed(), since: 9_000 })
    const asksEarly = aSession({ id: sessionId('C'), activity: 'waiting', need: aNeed(), since: 3_000 })
    expect(byAttention([idle, asksLate, asksEarly]).map((each) => each.id)).toEqual(['C', 'B', 'A'])
  })
})

describe('filter', () => {
  const polecat = aSession({ role: 'polecat', activity: 'waiting', rig: 'api', agentName: 'toast', need: aNeed() })
  test.each([
    ['', true],
    ['role:polecat', true],
    ['role:pole state:waiting', true],
    ['state:idle', false],
    ['rig:api toast', true],
    ['need:permission', true],
    ['TOAST', true],
    ['nux', false],
    ['colour:red', false],
  ])('%s → %s', (text, matches) => {
    expect(matchesFilter(polecat, parseFilter(text))).toBe(matches)
  })
})

describe('commands', () => {
  const empty: CommandContext = {
    view: 'triage',
    selected: undefined,
    marked: 0,
    sessions: 0,
    shown: 0,
    needs: 0,
    isScrolled: false,
  }
  test('each has a title and a sentence of help', () => {
    for (const id of COMMAND_IDS) {
      expect(COMMANDS[id].title, id).toMatch(/^[A-Z]/)
      expect(COMMANDS[id].help, id).toMatch(/[.:]$|[^.]\.$/)
    }
  })
  test('what acts on a session says why it cannot when there is none', () => {
    for (const id of ['session.focus', 'session.terminate', 'message.nudge', 'need.allow', 'view.zoom'] as const) {
      expect(disabledReason(id, empty), id).toEqual(expect.any(String))
    }
  })
  test('one key never means two enabled commands', () => {
    const contexts = [
      empty,
      { ...empty, selected: aSession(), sessions: 1, shown: 1 },
      { ...empty, selected: aSession({ activity: 'waiting', need: aNeed() }), sessions: 1, shown: 1, needs: 1 },
      { ...empty, selected: aSession({ state: 'stopped' }), sessions: 1, shown: 1, isScrolled: true },
    ]
    for (const context of contexts) {
      const enabled = COMMAND_IDS.filter(
        (id) => disabledReason(id, context) === undefined && COMMANDS[id].scope !== 'focus',
      )
      const keys = enabled.flatMap((id) => COMMANDS[id].keys)
      expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([])
    }
  })
})
