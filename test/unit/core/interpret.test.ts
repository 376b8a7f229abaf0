import { describe, expect, test } from 'vitest'
import { interpret } from '../../../src/core/interpret.ts'
import type { NeedDraft } from '../../../src/core/need.ts'
import type { Signal } from '../../../src/core/signals.ts'
import { aNeed, aSession } from '../../harness/sessions.ts'

const context = { now: 5_000, newId: () => 'NEW' }
const working: Signal = { type: 'activity', activity: 'working', why: 'running npm', source: 'hook' }
const idle: Signal = { type: 'activity', activity: 'idle', why: 'turn ended', source: 'status-file' }

function types(session: Parameters<typeof interpret>[0], signal: Signal): readonly string[] {
  return interpret(session, signal, context).map((fact) => fact.type)
}

function draft(key: string): NeedDraft {
  const { id: _, raisedAt: __, ...rest } = aNeed({ key })
  return rest
}

describe('activity', () => {
  test('is believed from a source as strong as the last one', () => {
    expect(types(aSession(), working)).toEqual(['session.activity-changed'])
  })
  test('says nothing twice', () => {
    expect(types(aSession({ activity: 'working', why: 'running npm', source: 'hook' }), working)).toEqual([])
  })
  test('is not believed from a weaker source', () => {
    expect(types(aSession({ source: 'hook' }), { ...working, source: 'screen' })).toEqual([])
  })
  test('is believed from a weak source when nothing is known', () => {
    expect(types(aSession({ activity: 'unknown', source: 'hook' }), { ...working, source: 'silence' })).toEqual([
      'session.activity-changed',
    ])
  })
  test('is believed from a weak source when only the start of the process was heard', () => {
    const started = aSession({ source: 'process' })
    expect(types(started, { ...working, source: 'screen' })).toEqual(['session.activity-changed'])
  })
  test('ends a shown prompt: it was answered in the agent itself', () => {
    const asking = aSession({ activity: 'waiting', need: aNeed() })
    expect(interpret(asking, idle, context)[0]).toMatchObject({
      type: 'session.need-cleared',
      outcome: 'answered-elsewhere',
    })
  })
  test('going idle does not end an error: the operator has not seen it', () => {
    const failed = aSession({ activity: 'waiting', need: aNeed({ kind: 'error' }) })
    expect(types(failed, idle)).toEqual(['session.activity-changed'])
  })
  test('a new turn ends an error', () => {
    const failed = aSession({ activity: 'waiting', need: aNeed({ kind: 'error' }) })
    expect(types(failed, working)).toEqual(['session.need-cleared', 'session.activity-changed'])
  })
})

describe('needs', () => {
  test('get an id and a time', () => {
    const [fact] = interpret(aSession(), { type: 'need', need: draft('a'), source: 'hook' }, context)
    expect(fact).toMatchObject({ type: 'session.need-raised', need: { id: 'NEW', raisedAt: 5_000, key: 'a' } })
  })
  test('the same prompt again is not a new need', () => {
    expect(types(aSession({ need: aNeed({ key: 'a' }) }), { type: 'need', need: draft('a'), source: 'hook' })).toEqual(
      [],
    )
  })
  test('another prompt replaces the one before', () => {
    const signal: Signal = { type: 'need', need: draft('b'), source: 'hook' }
    expect(types(aSession({ need: aNeed({ key: 'a' }) }), signal)).toEqual([
      'session.need-cleared',
      'session.need-raised',
    ])
  })
  test('a remark under the key of a shown prompt, or a prompt under that of a remark, has an id of its own', () => {
    const remark = aNeed({ key: 'a', kind: 'limited', body: 'try later' })
    const prompt = aNeed({ key: 'a' })
    const replaced = ['session.need-cleared', 'session.need-raised']
    expect(types(aSession({ need: prompt }), { type: 'need', need: remark, source: 'hook' })).toEqual(replaced)
    expect(types(aSession({ need: remark }), { type: 'need', need: draft('a'), source: 'hook' })).toEqual(replaced)
  })
  test('a remark in other words stays the same need; a prompt is never changed', () => {
    const limited = { ...draft('a'), kind: 'limited' } as const
    const shown = aSession({ need: aNeed({ ...limited, body: 'until 3pm' }) })
    const [fact, ...more] = interpret(shown, { type: 'need', need: limited, source: 'hook' }, context)
    expect(fact).toMatchObject({ type: 'session.need-raised', need: { id: shown.need?.id, body: limited.body } })
    expect(more).toEqual([])
    const changed: Signal = { type: 'need', need: { ...draft('a'), body: 'rm -rf /' }, source: 'hook' }
    expect(types(aSession({ need: aNeed({ key: 'a' }) }), changed)).toEqual([])
  })
  test('a late end of an older prompt changes nothing', () => {
    expect(
      types(aSession({ need: aNeed({ key: 'b' }) }), { type: 'need-gone', key: 'a', outcome: 'answered' }),
    ).toEqual([])
  })
})

describe('the rest', () => {
  test('ready counts only while starting', () => {
    const ready: Signal = { type: 'ready', why: 'prompt is shown', source: 'status-file' }
    expect(types(aSession({ state: 'starting' }), ready)).toEqual(['session.ready'])
    expect(types(aSession(), ready)).toEqual([])
  })
  test('a conversation id is told once', () => {
    expect(types(aSession({ resumeId: 'x' }), { type: 'identified', resumeId: 'x' })).toEqual([])
    expect(types(aSession({ resumeId: 'x' }), { type: 'identified', resumeId: 'y' })).toEqual(['session.identified'])
  })
})
