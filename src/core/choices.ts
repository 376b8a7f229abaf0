import type { Answer, NeedQuestion } from './need.ts'

type Choices = Extract<Answer, { kind: 'options' }>

/**
 * What was chosen for each question: the labels of its options, then its own words. Undefined when the choices do not fit the
 * questions: a key that there is not, none where one is needed, or several where one is allowed.
 */
export function choiceLabels(
  questions: readonly NeedQuestion[],
  { keys, texts = [] }: Choices,
): readonly (readonly string[])[] | undefined {
  if (questions.length === 0 || keys.length !== questions.length || texts.length > questions.length) return undefined
  const labels = questions.map((question, at) => labelsOf(question, keys[at] ?? [], texts[at] ?? ''))
  return labels.every((each) => each !== undefined) ? labels : undefined
}

function labelsOf(question: NeedQuestion, keys: readonly string[], text: string): readonly string[] | undefined {
  const wanted = new Set(keys)
  const chosen = question.options.filter((option) => wanted.has(option.key)).map((option) => option.label)
  const words = text.trim() === '' ? [] : [text.trim()]
  if (chosen.length !== wanted.size || (words.length > 0 && !question.takesText)) return undefined
  const labels = [...chosen, ...words]
  const isOne = labels.length === 1
  return isOne || (question.isMulti && labels.length > 0) ? labels : undefined
}
