import fc from 'fast-check'
import { expect, test } from 'vitest'
import { answerTo, readTurns } from '../../../src/demo/model/conversation.ts'
import { roundsOf, sayRound, textOf } from '../../../src/demo/model/round.ts'
import { parseScript, parseStep, scriptIn } from '../../../src/demo/model/script.ts'
import { sideAnswer } from '../../../src/demo/model/side.ts'
import { toolCall } from '../../../src/demo/model/tools.ts'

const words =
  'SAY SLOW STREAM LONG THINK HANG USAGE FAIL MIDFAIL DROP RUN READ WRITE ASK TASK TOOL PAR EXIT " \' | || // ;; { } : ] >'
const scriptLike = fc
  .array(fc.oneof(fc.constantFrom(...words.split(' ')), fc.string(), fc.double().map(String), fc.constant('\n')))
  .map((parts) => parts.join(' '))
const steps = [
  ['SAY all is well', { kind: 'say', text: 'all is well' }],
  ['SAY one\\ntwo', { kind: 'say', text: 'one\ntwo' }],
  ['no word at all', { kind: 'say', text: 'no word at all' }],
  ['SAYING is not a word', { kind: 'say', text: 'SAYING is not a word' }],
  ['SLOW 2.5 then this', { kind: 'slow', seconds: 2.5, text: 'then this' }],
  ['STREAM 4 word by word', { kind: 'stream', seconds: 4, text: 'word by word' }],
  ['STREAM only text', { kind: 'stream', seconds: 3, text: 'only text' }],
  ['LONG 7', { kind: 'lines', count: 7 }],
  ['THINK', { kind: 'think', seconds: 2 }],
  ['HANG 9', { kind: 'hang', seconds: 9 }],
  ['USAGE 5000', { kind: 'usage', inputTokens: 5000 }],
  ['FAIL 529 2', { kind: 'fail', status: 529, times: 2 }],
  ['FAIL 429 9 limit resets 3pm', { kind: 'fail', status: 429, times: 9, message: 'limit resets 3pm' }],
  ['FAIL 12', { kind: 'fail', status: 500, times: Number.POSITIVE_INFINITY }],
  ['MIDFAIL 1', { kind: 'break', how: 'error', times: 1 }],
  ['DROP', { kind: 'break', how: 'cut', times: Number.POSITIVE_INFINITY }],
  ['RUN ls -la', { kind: 'call', requests: [{ kind: 'run', command: 'ls -la' }] }],
  ['READ a.txt', { kind: 'call', requests: [{ kind: 'read', path: 'a.txt' }] }],
  ['WRITE a.txt some text', { kind: 'call', requests: [{ kind: 'write', path: 'a.txt', text: 'some text\n' }] }],
  ['ASK Sure?', { kind: 'call', requests: [{ kind: 'ask', question: 'Sure?', options: ['Yes', 'No'] }] }],
  ['ASK Which? | A | B: b', { kind: 'call', requests: [{ kind: 'ask', question: 'Which?', options: ['A', 'B: b'] }] }],
  ['TASK RUN ls // SAY so', { kind: 'call', requests: [{ kind: 'task', script: 'RUN ls ;; SAY so' }] }],
  ['TOOL Glob {"pattern":"*"}', { kind: 'call', requests: [{ kind: 'named', name: 'Glob', input: { pattern: '*' } }] }],
  ['TOOL Glob {broken', { kind: 'call', requests: [{ kind: 'named', name: 'Glob', input: {} }] }],
  [
    'PAR RUN ls || READ b',
    {
      kind: 'call',
      requests: [
        { kind: 'run', command: 'ls' },
        { kind: 'read', path: 'b' },
      ],
    },
  ],
] as const

test.each(steps)('%s', (text, step) => {
  expect(parseStep(text)).toEqual(step)
})

test.each([
  ['RUN ls ;; SAY done', 'RUN ls ;; SAY done'],
  ['"SAY hi"', 'SAY hi'],
  ['Some context first.\nSAY hi', 'SAY hi'],
  ['message from alpha: SAY hi there', 'SAY hi there'],
  ['[from alpha] RUN ls', 'RUN ls'],
  ['please read this', undefined],
  ['we RUN tests daily', undefined],
])('the script in %j', (prompt, script) => {
  expect(scriptIn(prompt)).toBe(script)
})

test('a tool call ends a round, and what stands before it is said in the same answer', () => {
  const rounds = roundsOf(parseScript('SAY first ;; RUN ls ;; FAIL 529 2 ;; SAY second ;; SAY third'))
  expect(rounds.map(textOf)).toEqual(['first', 'second\n\nthird'])
  expect(rounds.map((round) => round.requests.length)).toEqual([1, 0])
  expect(rounds[1]?.failure).toEqual({ status: 529, times: 2 })
})

test('streamed text keeps its words and its time', () => {
  const [round] = roundsOf(parseScript('STREAM 4 the quick brown fox'))
  expect(textOf(round ?? sayRound(''))).toBe('the quick brown fox')
  expect(round?.pieces.reduce((sum, piece) => sum + piece.pauseMs, 0)).toBeCloseTo(4000)
  const [slow] = roundsOf(parseScript('SLOW 3 end'))
  expect(slow?.pieces.filter((piece) => piece.pauseMs === 250)).toHaveLength(12)
  expect(slow?.pieces.at(-1)?.text).toBe('\n\nend')
})

test('the answers given since the script pick the round', () => {
  const user = { role: 'user', content: [{ type: 'text', text: 'RUN ls ;; SAY fine' }] }
  const called = { role: 'assistant', content: [{ type: 'text', text: 'so' }] }
  const result = { role: 'user', content: [{ type: 'tool_result', content: [{ type: 'text', text: 'a\nb' }] }] }
  const reminder = { role: 'user', content: '<system-reminder>READ the rules</system-reminder>' }
  const at = (...messages: readonly unknown[]) => answerTo(readTurns({ messages }))
  expect(at(user, reminder).round.requests).toEqual([{ kind: 'run', command: 'ls' }])
  expect(textOf(at(user, called, called, result).round)).toBe('fine')
  expect(textOf(at(user, called, result, called, result).round)).toBe('done: a b')
  expect(textOf(at({ role: 'user', content: 'hello' }).round)).toBe('ok: hello')
  const notice = '<task-notification><summary>mail</summary></task-notification>'
  expect(textOf(at(user, called, { role: 'user', content: notice }).round)).toBe('noted: mail')
  const mail = `${notice}<system-reminder>Message from the control room: SAY got it</system-reminder>`
  expect(textOf(at(user, called, { role: 'user', content: mail }).round)).toBe('got it')
})

test('a tool is called by the name that the agent offers', () => {
  const write = { kind: 'write', path: 'a', text: 'b' } as const
  expect(toolCall(write, ['Write'])).toEqual({ name: 'Write', input: { file_path: 'a', content: 'b' } })
  expect(toolCall(write, ['bash', 'write'])).toEqual({ name: 'write', input: { filePath: 'a', content: 'b' } })
})

test('requests beside the conversation get an answer of their kind', () => {
  const messages = [{ role: 'user', content: 'RUN the unit tests' }]
  expect(sideAnswer({ messages, tools: [{ name: 'Bash' }] })).toBeUndefined()
  expect(sideAnswer({ messages })).toBeUndefined()
  expect(sideAnswer({ messages, max_tokens: 1 })?.kind).toBe('quota')
  const titles = [{ role: 'system', content: 'You write a title. No JSON.' }, ...messages]
  expect(sideAnswer({ messages: titles })).toEqual({ kind: 'title', text: 'The unit tests' })
  expect(sideAnswer({ messages, system: 'Answer with a title as JSON' })?.text).toBe('{"title":"The unit tests"}')
  const schema = { properties: { title: { type: 'string' }, isNew: { type: 'boolean' } } }
  const structured = sideAnswer({ messages, output_config: { format: { schema } } })
  expect(structured).toEqual({ kind: 'structured', text: '{"title":"The unit tests","isNew":true}' })
})

test('property: no text makes the parser, the rounds or the side answers throw, and no round is empty', () => {
  fc.assert(
    fc.property(scriptLike, (text) => {
      const script = scriptIn(text)
      for (const round of roundsOf(parseScript(script ?? text).filter((step) => step.kind !== 'lines'))) {
        expect(round.pieces.length + round.requests.length).toBeGreaterThan(0)
      }
      sideAnswer({ system: text, messages: [{ role: 'user', content: text }] })
    }),
  )
})

test('property: no JSON makes the reader throw', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (messages, system) => {
      const body = { messages, system, output_config: system }
      answerTo(readTurns(body))
      sideAnswer(body)
    }),
  )
})
