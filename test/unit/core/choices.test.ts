import { describe, expect, test } from 'vitest'
import { choiceLabels } from '../../../src/core/choices.ts'
import type { NeedQuestion } from '../../../src/core/need.ts'

const LABELS = ['tests', 'docs', 'lint']

function question(change: Partial<NeedQuestion> = {}): NeedQuestion {
  const options = LABELS.map((label, at) => ({ key: String(at + 1), label }))
  return { title: 'Scope', body: 'What next?', options, isMulti: false, takesText: true, ...change }
}

const one = [question()]
const several = [question({ isMulti: true })]
const closed = [question({ takesText: false })]
const two = [question(), question({ isMulti: true })]

type Case = readonly [string, readonly NeedQuestion[], string[][], string[] | undefined, string[][] | undefined]

describe('choices', () => {
  test.each<Case>([
    ['one option', one, [['2']], undefined, [['docs']]],
    ['one option and blank words', one, [['2']], ['  '], [['docs']]],
    ['own words instead', one, [[]], [' my way '], [['my way']]],
    ['several options, in the order they are offered', several, [['3', '1']], undefined, [['tests', 'lint']]],
    ['several options and own words', several, [['1']], ['and more'], [['tests', 'and more']]],
    ['the same option twice is one', several, [['1', '1']], undefined, [['tests']]],
    ['two questions', two, [['1'], ['1', '2']], undefined, [['tests'], ['tests', 'docs']]],
    ['two questions, one in own words', two, [[], ['2']], ['neither', ''], [['neither'], ['docs']]],
  ])('fit: %s', (_, questions, keys, texts, labels) => {
    expect(choiceLabels(questions, { kind: 'options', keys, ...(texts === undefined ? {} : { texts }) })).toEqual(
      labels,
    )
  })

  test.each<Case>([
    ['nothing chosen', one, [[]], undefined, undefined],
    ['an option that there is not', one, [['4']], undefined, undefined],
    ['one that there is not among others', several, [['1', '9']], undefined, undefined],
    ['several where one is allowed', one, [['1', '2']], undefined, undefined],
    ['an option and own words where one is allowed', one, [['1']], ['more'], undefined],
    ['own words where none are taken', closed, [[]], ['mine'], undefined],
    ['too few answers', two, [['1']], undefined, undefined],
    ['too many answers', one, [['1'], ['1']], undefined, undefined],
    ['too many words', one, [['1']], ['', ''], undefined],
    ['one question left open', two, [['1'], []], undefined, undefined],
    ['no question', [], [], undefined, undefined],
  ])('do not fit: %s', (_, questions, keys, texts) => {
    expect(
      choiceLabels(questions, { kind: 'options', keys, ...(texts === undefined ? {} : { texts }) }),
    ).toBeUndefined()
  })
})
