import { describe, expect, test } from 'vitest'
import { answerTo, parseAnswer } from '../../../src/cli/answer-words.ts'
import { ControlError } from '../../../src/core/errors.ts'
import type { Answer, Need, NeedQuestion } from '../../../src/core/need.ts'
import { aNeed } from '../../harness/sessions.ts'

const options = ['tests', 'docs', 'lint'].map((label, at) => ({ key: String(at + 1), label }))

function question(change: Partial<NeedQuestion> = {}): NeedQuestion {
  return { title: 'Scope', body: 'What next?', options, isMulti: false, takesText: true, ...change }
}

const several = question({ title: 'Parts', isMulti: true })
const closed = question({ title: 'Colour', takesText: false })

/** Needs as the backends report them. */
const NEEDS = {
  permission: aNeed({ kind: 'permission', answers: ['allow', 'always', 'deny'] }),
  once: aNeed({ kind: 'permission', answers: ['allow', 'deny'] }),
  question: aNeed({ kind: 'question', options, answers: ['option', 'text', 'deny'] }),
  several: aNeed({ kind: 'question', options, questions: [several], answers: ['option', 'options', 'text', 'deny'] }),
  two: aNeed({ kind: 'question', questions: [question(), several], answers: ['options', 'deny'] }),
  twoClosed: aNeed({ kind: 'question', questions: [closed, several], answers: ['options', 'deny'] }),
  oneForm: aNeed({ kind: 'question', questions: [question()], answers: ['options', 'deny'] }),
  inTurn: aNeed({ kind: 'question', options, questions: [question(), closed], answers: ['options', 'option', 'deny'] }),
  error: aNeed({ kind: 'error', answers: ['text'] }),
  dialog: aNeed({ kind: 'login', answers: [] }),
} satisfies Readonly<Record<string, Need>>

function answer(name: keyof typeof NEEDS, word?: string, text?: string): Answer {
  return answerTo(NEEDS[name], parseAnswer(word, text), 'api/toast')
}

/** What somebody is told whose words do not fit. */
function refusal(act: () => unknown): ControlError {
  try {
    act()
  } catch (error) {
    if (error instanceof ControlError) return error
    throw error
  }
  throw new Error('it was not refused')
}

type Words = readonly [keyof typeof NEEDS, string | undefined, string | undefined]

describe('an answer in words', () => {
  test.each<readonly [...Words, Answer]>([
    ['permission', 'allow', undefined, { kind: 'allow' }],
    ['permission', 'always', undefined, { kind: 'always' }],
    ['permission', 'deny', undefined, { kind: 'deny' }],
    ['permission', 'deny', 'use the linter', { kind: 'deny', text: 'use the linter' }],
    ['question', '2', undefined, { kind: 'option', key: '2' }],
    ['question', undefined, 'my way', { kind: 'text', text: 'my way' }],
    ['question', 'deny', undefined, { kind: 'deny' }],
    ['error', undefined, 'go on', { kind: 'text', text: 'go on' }],
    ['several', '2', undefined, { kind: 'option', key: '2' }],
    ['several', '1,3', undefined, { kind: 'options', keys: [['1', '3']] }],
    ['several', '1,3', 'and CI', { kind: 'options', keys: [['1', '3']], texts: ['and CI'] }],
    ['several', '1', 'and CI', { kind: 'options', keys: [['1']], texts: ['and CI'] }],
    ['several', undefined, 'CI', { kind: 'text', text: 'CI' }],
    ['two', '1/2', undefined, { kind: 'options', keys: [['1'], ['2']] }],
    ['two', '1/2,3', undefined, { kind: 'options', keys: [['1'], ['2', '3']] }],
    ['two', '/2', 'mine', { kind: 'options', keys: [[], ['2']], texts: ['mine', ''] }],
    ['two', '1/', 'mine', { kind: 'options', keys: [['1'], []], texts: ['', 'mine'] }],
    ['two', '1', 'mine', { kind: 'options', keys: [['1'], []], texts: ['', 'mine'] }],
    ['two', '1/2', 'and CI', { kind: 'options', keys: [['1'], ['2']], texts: ['', 'and CI'] }],
    ['oneForm', '3', undefined, { kind: 'options', keys: [['3']] }],
    ['oneForm', undefined, 'mine', { kind: 'options', keys: [[]], texts: ['mine'] }],
    ['inTurn', '2', undefined, { kind: 'option', key: '2' }],
    ['inTurn', '2/1', undefined, { kind: 'options', keys: [['2'], ['1']] }],
  ])('to %s: %s %s', (need, word, text, expected) => {
    expect(answer(need, word, text)).toEqual(expected)
  })

  test.each<readonly [...Words, RegExp]>([
    ['permission', '1', undefined, /it offers no options/],
    ['permission', undefined, 'why not', /it takes no own words/],
    ['once', 'always', undefined, /"always" is no answer to this permission/],
    ['question', 'allow', undefined, /"allow" is no answer to this question/],
    ['question', '4', undefined, /there is no option 4/],
    ['question', '1,2', undefined, /it takes one option/],
    ['question', '1', 'mine', /an option or own words, not both/],
    ['several', '1,9', undefined, /there is no option 9/],
    ['several', '1/2', undefined, /it asks one question/],
    ['two', '1', undefined, /question 2: nothing is chosen for "Parts"/],
    ['two', '1,2/1', undefined, /question 1: it takes one answer/],
    ['two', '1/2/3', undefined, /it asks 2 questions/],
    ['two', undefined, 'mine', /which question --text is for/],
    ['two', '7/1', undefined, /question 1: there is no option 7/],
    ['twoClosed', '/1', 'red', /question 1: it takes no own words/],
    ['oneForm', '1', 'mine', /no question is left for --text/],
    ['error', 'deny', undefined, /"deny" is no answer to this error/],
  ])('to %s is refused: %s %s', (need, word, text, what) => {
    const error = refusal(() => answer(need, word, text))
    expect(error).toMatchObject({ code: 'usage.invalid', exit: 2 })
    expect(error.message).toMatch(what)
    expect(error.message).toContain('api/toast was not answered')
    expect(error.hint).toMatch(/^This (permission|question|error) takes /)
  })

  test.each<readonly [keyof typeof NEEDS, string]>([
    ['permission', 'allow, always or deny'],
    ['question', '1-3, --text TEXT or deny'],
    ['several', '1-3 (several with commas), --text TEXT or deny'],
    ['two', '1-3/1-3 (several with commas), --text TEXT or deny'],
    ['error', '--text TEXT'],
  ])('%s says that it takes %s', (need, takes) => {
    const error = refusal(() => answer(need, '99'))
    expect(error.hint).toBe(`This ${NEEDS[need].kind} takes ${takes}.`)
  })

  test('that nothing from outside can answer sends the operator to its screen', () => {
    for (const word of ['allow', '1/2', 'deny']) {
      const error = refusal(() => answer('dialog', word))
      expect(error).toMatchObject({ code: 'need.unanswerable', exit: 6, data: { answer: word } })
    }
  })

  test.each<readonly [string | undefined, string | undefined, RegExp]>([
    [undefined, undefined, /There is no answer/],
    ['maybe', undefined, /"maybe" is not an answer/],
    ['', undefined, /"" is not an answer/],
    ['/', 'mine', /"\/" is not an answer/],
    ['1,', undefined, /"1," is not an answer/],
    ['1,,2', undefined, /"1,,2" is not an answer/],
    ['1 2', undefined, /"1 2" is not an answer/],
    ['-1', undefined, /"-1" is not an answer/],
    ['allow', 'because', /--text does not go with allow/],
    ['deny', '  ', /--text is empty/],
    [undefined, '', /--text is empty/],
  ])('is none: %j %j', (word, text, what) => {
    const error = refusal(() => parseAnswer(word, text))
    expect(error).toMatchObject({ code: 'usage.invalid', exit: 2 })
    expect(error.message).toMatch(what)
  })
})
