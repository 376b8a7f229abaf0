import { expect, test } from 'vitest'
import { endsMidTurn } from '../../../src/backends/opencode/mid-turn.ts'

const last = { id: 'msg_2', hasFailed: false, failure: undefined, isAborted: false, isComplete: true, texts: new Map() }

test.each([
  ['nothing was ever asked', undefined, undefined, false],
  ['the first prompt has no answer yet', 'msg_1', undefined, true],
  ['the answer is whole', 'msg_1', last, false],
  ['the answer breaks off', 'msg_1', { ...last, isComplete: false }, true],
  ['the turn failed', 'msg_1', { ...last, isComplete: false, hasFailed: true }, false],
  [
    'the turn was stopped with its host',
    'msg_1',
    { ...last, isComplete: true, hasFailed: true, isAborted: true },
    true,
  ],
  ['a newer prompt has no answer yet', 'msg_3', last, true],
] as const)('when %s', (_, prompt, answer, isMidTurn) => {
  expect(endsMidTurn({ prompt, last: answer })).toBe(isMidTurn)
})
