import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Envelope, Fact } from '../../src/core/facts.ts'
import { EMPTY_FLEET } from '../../src/core/fleet.ts'
import { messageId, needId, sessionId } from '../../src/core/ids.ts'
import { queuedReceipt } from '../../src/core/message.ts'
import { reduce } from '../../src/core/reduce.ts'
import { aNeed, aSession } from '../harness/sessions.ts'

const ids = fc.constantFrom('A', 'B', 'C').map(sessionId)
const source = fc.constantFrom('hook', 'server', 'screen', 'process')
const activity = fc.constantFrom('working', 'waiting', 'idle', 'unknown')
const message = fc.record({
  id: fc.constantFrom('m1', 'm2', 'm3').map(messageId),
  from: fc.constant('operator'),
  to: ids,
  type: fc.constant('nudge'),
  body: fc.string(),
  sentAt: fc.nat(),
})

const fact = fc.oneof(
  ids.map((id) => ({ type: 'session.registered', session: aSession({ id }) })),
  fc.record({ type: fc.constant('session.ready'), id: ids, why: fc.string(), source }),
  fc.record({ type: fc.constant('session.activity-changed'), id: ids, activity, why: fc.string(), source }),
  ids.map((id) => ({ type: 'session.need-raised', id, need: aNeed({ id: needId('N') }), source: 'hook' })),
  ids.map((id) => ({ type: 'session.need-cleared', id, needId: needId('N'), outcome: 'answered' })),
  fc.record({ type: fc.constant('session.replied'), id: ids, text: fc.string() }),
  ids.map((id) => ({ type: 'session.exited', id, exit: { code: 1 }, why: 'gone', failed: true })),
  ids.map((id) => ({ type: 'session.removed', id })),
  ids.map((id) => ({ type: 'session.paused', id, why: 'by the operator' })),
  ids.map((id) => ({ type: 'session.unpaused', id, why: 'by the operator' })),
  fc.record({ type: fc.constant('session.restart-planned'), id: ids, at: fc.option(fc.nat()), why: fc.string() }),
  ids.map((id) => ({ type: 'session.restart-cancelled', id, why: 'by the rules' })),
  ids.map((id) => ({ type: 'session.relaunched', id, generation: 2, why: 'resuming' })),
  message.map((each) => ({ type: 'message.queued', message: each })),
  message.map((each) => ({ type: 'message.advanced', receipt: { ...queuedReceipt(each as never), status: 'seen' } })),
  fc.record({ type: fc.constant('something.from-the-future'), id: ids }),
) as fc.Arbitrary<unknown> as fc.Arbitrary<Fact>

const history = fc
  .array(fact, { maxLength: 60 })
  .map((facts) => facts.map((each, index): Envelope => ({ seq: index + 1, at: index * 10, fact: each })))

test('a snapshot and the rest of the facts give what all the facts give', () => {
  fc.assert(
    fc.property(history, fc.nat({ max: 60 }), (envelopes, cut) => {
      const whole = envelopes.reduce(reduce, EMPTY_FLEET)
      const snapshot = JSON.parse(JSON.stringify(envelopes.slice(0, cut).reduce(reduce, EMPTY_FLEET)))
      expect(JSON.parse(JSON.stringify(envelopes.slice(cut).reduce(reduce, snapshot)))).toEqual(
        JSON.parse(JSON.stringify(whole)),
      )
    }),
  )
})

test('facts that arrive twice change nothing the second time', () => {
  fc.assert(
    fc.property(history, fc.nat({ max: 60 }), (envelopes, from) => {
      const whole = envelopes.reduce(reduce, EMPTY_FLEET)
      expect(envelopes.slice(from).reduce(reduce, whole)).toEqual(whole)
    }),
  )
})

test('a session that ended needs nobody and has no process', () => {
  fc.assert(
    fc.property(history, (envelopes) => {
      const ended = Object.values(envelopes.reduce(reduce, EMPTY_FLEET).sessions).filter(
        (each) => each.state === 'failed',
      )
      for (const each of ended) expect(each.pid).toBeUndefined()
    }),
  )
})

test('a session whose agent runs is paused exactly when the operator has paused it and not ended the pause', () => {
  fc.assert(
    fc.property(history, (envelopes) => {
      for (const { state, isPaused } of Object.values(envelopes.reduce(reduce, EMPTY_FLEET).sessions)) {
        if (state === 'running') expect(isPaused).not.toBe(true)
        if (state === 'paused') expect(isPaused).toBe(true)
      }
    }),
  )
})
