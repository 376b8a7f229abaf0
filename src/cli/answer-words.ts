import { choiceLabels } from '../core/choices.ts'
import { fail } from '../core/errors.ts'
import type { Answer, Need, NeedQuestion } from '../core/need.ts'
import { wordList } from './verb-input.ts'

/** What somebody typed as an answer, before it is known what is asked. */
export type AnswerWords =
  | { readonly kind: 'allow' | 'always' }
  | { readonly kind: 'deny'; readonly text: string | undefined }
  | { readonly kind: 'text'; readonly text: string }
  | ({ readonly kind: 'numbers' } & Numbered)

/** The numbers for each question in turn, and own words. */
interface Numbered {
  readonly numbers: readonly (readonly string[])[]
  readonly text: string | undefined
}

const NUMBERS = /^(?:\d+(?:,\d+)*)?$/

/** Reads `allow`, `always`, `deny`, `2`, `1,3`, `1/2` and `1/` with `--text`. Throws `usage.invalid` for anything else. */
export function parseAnswer(word: string | undefined, text: string | undefined): AnswerWords {
  if (text?.trim() === '') invalid('--text is empty')
  if (word === undefined) return text === undefined ? invalid('There is no answer') : { kind: 'text', text }
  if (word === 'deny') return { kind: word, text }
  if (word === 'allow' || word === 'always') {
    return text === undefined ? { kind: word } : invalid(`--text does not go with ${word}`)
  }
  const groups = word.split('/')
  if (!/\d/.test(word) || !groups.every((group) => NUMBERS.test(group))) invalid(`"${word}" is not an answer`)
  return { kind: 'numbers', numbers: groups.map((group) => (group === '' ? [] : group.split(','))), text }
}

function invalid(what: string): never {
  return fail('usage.invalid', {
    what,
    hint: 'Answer with allow, always, deny, numbers of options (2, or 1,3, or 1/2 for two questions), or --text TEXT.',
  })
}

/**
 * The answer that these words are to this need. Throws `usage.invalid`, which says what the need takes, when they do not fit, and
 * `need.unanswerable` when it takes nothing from outside.
 */
export function answerTo(need: Need, words: AnswerWords, name: string): Answer {
  const { answers, kind } = need
  if (answers.length === 0) fail('need.unanswerable', { name, answer: typed(words), kind })
  const refuse: Refuse = (why) =>
    fail('usage.invalid', { what: `${name} was not answered: ${why}`, hint: `This ${kind} takes ${takes(need)}.` })
  if (words.kind === 'numbers') return numbered(need, words, refuse)
  if (words.kind === 'text') return inWords(need, words.text, refuse)
  if (!answers.includes(words.kind)) refuse(`"${words.kind}" is no answer to this ${kind}`)
  if (words.kind === 'deny' && words.text !== undefined) return { kind: 'deny', text: words.text }
  return { kind: words.kind }
}

type Refuse = (why: string) => never

function typed(words: AnswerWords): string {
  return words.kind === 'numbers' ? words.numbers.map((keys) => keys.join(',')).join('/') : words.kind
}

function inWords(need: Need, text: string, refuse: Refuse): Answer {
  if (need.answers.includes('text')) return { kind: 'text', text }
  return numbered(need, { numbers: [[]], text }, refuse)
}

function numbered(need: Need, words: Numbered, refuse: Refuse): Answer {
  const { questions, answers, options } = need
  const [[only, ...more] = [], ...others] = words.numbers
  const isOne = only !== undefined && more.length === 0 && others.length === 0 && words.text === undefined
  if (isOne && answers.includes('option')) {
    if (!options.some(({ key }) => key === only)) refuse(`there is no option ${only}`)
    return { kind: 'option', key: only }
  }
  if (questions !== undefined && answers.includes('options')) return together(questions, words, refuse)
  if (words.numbers.flat().length === 0) return refuse('it takes no own words')
  if (!answers.includes('option')) return refuse('it offers no options')
  return refuse(words.text === undefined ? 'it takes one option' : 'it takes an option or own words, not both')
}

function together(questions: readonly NeedQuestion[], { numbers, text }: Numbered, refuse: Refuse): Answer {
  if (numbers.length > questions.length)
    refuse(questions.length === 1 ? 'it asks one question' : `it asks ${questions.length} questions`)
  const keys = questions.map((_, at) => numbers[at] ?? [])
  const place = text === undefined ? undefined : placeOfText(questions, keys, refuse)
  const texts = questions.map((_, at) => (at === place ? (text ?? '') : ''))
  for (const [at, question] of questions.entries()) {
    const why = whyNot(question, keys[at] ?? [], texts[at] ?? '')
    if (why !== undefined) refuse(`${questions.length === 1 ? '' : `question ${at + 1}: `}${why}`)
  }
  return place === undefined ? { kind: 'options', keys } : { kind: 'options', keys, texts }
}

/** Own words go to the only question without a number, else beside the numbers of the only one that takes both. */
function placeOfText(questions: readonly NeedQuestion[], keys: readonly (readonly string[])[], refuse: Refuse): number {
  const places = questions.map((_, at) => at)
  const open = places.filter((at) => keys[at]?.length === 0)
  const both = places.filter((at) => questions[at]?.isMulti === true && questions[at]?.takesText === true)
  const [place, ...others] = open.length > 0 || both.length === 0 ? open : both
  if (others.length > 0) refuse('it is not clear which question --text is for')
  return place ?? refuse('no question is left for --text')
}

function whyNot(question: NeedQuestion, keys: readonly string[], text: string): string | undefined {
  if (choiceLabels([question], { kind: 'options', keys: [keys], texts: [text] }) !== undefined) return undefined
  const unknown = keys.find((key) => !question.options.some((option) => option.key === key))
  if (unknown !== undefined) return `there is no option ${unknown}`
  if (text !== '' && !question.takesText) return 'it takes no own words'
  return keys.length === 0 ? `nothing is chosen for "${question.title}"` : 'it takes one answer'
}

/** Everything that a need takes, as it is typed. */
function takes({ answers, options, questions = [] }: Need): string {
  const words = (['allow', 'always', 'deny'] as const).filter((kind) => answers.includes(kind))
  const isForm = answers.includes('options') && questions.length > 0
  const numbers = isForm ? questions.map(rangeOf).join('/') : answers.includes('option') ? keysOf(options) : ''
  const hasText = answers.includes('text') || (isForm && questions.some(({ takesText }) => takesText))
  return wordList([...(numbers === '' ? [] : [numbers]), ...(hasText ? ['--text TEXT'] : []), ...words])
}

function rangeOf({ options, isMulti }: NeedQuestion): string {
  return `${keysOf(options)}${isMulti ? ' (several with commas)' : ''}`
}

function keysOf(options: Need['options']): string {
  const [first, last] = [options[0]?.key ?? '', options.at(-1)?.key ?? '']
  return options.length > 1 ? `${first}-${last}` : first
}
