import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readContextLimit, readEvent, readHistory, readRequests } from '../../../src/backends/opencode/schema.ts'

const wire = (type: string, properties: unknown) =>
  JSON.stringify({ directory: '/p', payload: { id: 'evt_1', type, properties } })

describe('events of the server', () => {
  it.each([
    [
      'session.status',
      { sessionID: 's', status: { type: 'busy' } },
      { type: 'status', session: 's', status: { type: 'busy' } },
    ],
    ['session.idle', { sessionID: 's' }, { type: 'status', session: 's', status: { type: 'idle' } }],
    [
      'session.status',
      { sessionID: 's', status: { type: 'retry', attempt: 2, message: 'busy', next: 50 } },
      { type: 'status', session: 's', status: { type: 'retry', attempt: 2, message: 'busy', nextAt: 50 } },
    ],
    [
      'session.error',
      { sessionID: 's', error: { name: 'APIError', data: { message: 'no', statusCode: 400 } } },
      { type: 'failed', session: 's', name: 'APIError', message: 'no', status: 400 },
    ],
    [
      'session.created',
      { sessionID: 'c', info: { id: 'c', parentID: 's' } },
      { type: 'child', session: 'c', parent: 's' },
    ],
    [
      'message.part.delta',
      { sessionID: 's', messageID: 'm', partID: 'p', field: 'text', delta: 'hi' },
      { type: 'delta', session: 's', message: 'm', part: 'p', text: 'hi' },
    ],
    [
      'question.rejected',
      { sessionID: 's', requestID: 'q' },
      { type: 'replied', session: 's', request: 'q', reply: 'reject' },
    ],
    [
      'question.replied',
      { sessionID: 's', requestID: 'q', answers: [['Blue'], ['A', 'B']] },
      { type: 'replied', session: 's', request: 'q', reply: 'Blue, A, B' },
    ],
  ])('%s is read', (type, properties, event) => {
    expect(readEvent(wire(type, properties))).toEqual(event)
  })

  it('adds cached tokens to those read, and thoughts to those written', () => {
    const info = {
      id: 'm',
      role: 'assistant',
      modelID: 'one',
      cost: 0.5,
      tokens: { input: 1, output: 2, reasoning: 4, cache: { read: 8, write: 16 } },
      time: { created: 1, completed: 2 },
    }
    expect(readEvent(wire('message.updated', { sessionID: 's', info }))).toEqual({
      type: 'message',
      session: 's',
      message: {
        id: 'm',
        role: 'assistant',
        model: 'one',
        inputTokens: 25,
        outputTokens: 6,
        costUsd: 0.5,
        isComplete: true,
        createdAt: 1,
      },
    })
  })

  it('reads tools, and skips pieces that it does not know', () => {
    const piece = { id: 'p', sessionID: 's', messageID: 'm' }
    const state = { status: 'error', input: { command: 'ls' }, error: 'denied' }
    expect(
      readEvent(wire('message.part.updated', { part: { ...piece, type: 'tool', tool: 'bash', state } })),
    ).toMatchObject({
      part: { kind: 'tool', state: 'error', input: { command: 'ls' }, output: 'denied' },
    })
    expect(readEvent(wire('message.part.updated', { part: { ...piece, type: 'step-start' } }))).toBeUndefined()
  })

  it.each(['', '{', 'null', '{"payload":1}', wire('plugin.added', { id: 'x' }), wire('session.status', {})])(
    'ignores %j',
    (data) => {
      expect(readEvent(data)).toBeUndefined()
    },
  )

  it('never throws', () => {
    const types = fc.constantFrom('session.status', 'message.updated', 'permission.asked', 'toString', '__proto__')
    fc.assert(fc.property(types, fc.jsonValue(), (type, value) => void readEvent(wire(type, value))))
  })

  it('leaves requests of unknown shape out of a list', () => {
    const ask = { id: 'per_1', sessionID: 's', permission: 'bash', patterns: ['ls'], metadata: {}, always: [] }
    expect(readRequests('permission', [{ id: 1 }, ask]).map((each) => each.id)).toEqual(['per_1'])
  })

  it('finds the context of a model', () => {
    const raw = { providers: [{ id: 'p', models: { m: { limit: { context: 8000 } } } }] }
    expect([readContextLimit(raw, 'p', 'm'), readContextLimit(raw, 'q', 'm'), readContextLimit(1, 'p', 'm')]).toEqual([
      8000,
      undefined,
      undefined,
    ])
  })

  it('tells a history as the events that would have told it', () => {
    const tokens = { input: 0, output: 0, reasoning: 0, cache: { read: 0, write: 0 } }
    const info = { id: 'm', role: 'user', cost: 0, tokens, time: {} }
    const parts = [{ id: 'p', messageID: 'm', type: 'text', text: 'hi' }, { type: 'patch' }]
    expect(readHistory('s', [{ info, parts }]).map((event) => event.type)).toEqual(['message', 'part'])
  })
})
