import type { AnswerKind, NeedDraft, NeedOption, NeedQuestion } from '../../core/need.ts'
import { visibleText } from '../../core/plain-text.ts'
import type { Question, Request } from './bus-event.ts'

/** The need for a request; of several questions in one request the one at `at` is shown. */
export function needFor(request: Request, at = 0): NeedDraft {
  return request.kind === 'permission' ? permissionNeed(request) : questionNeed(request, at)
}

/** The key under which a request is shown. */
export function keyOf(request: Request, at = 0): string {
  return request.kind === 'question' && request.questions.length > 1 ? `${request.id}#${at + 1}` : request.id
}

/** The labels that an option answer names: one key, or several with commas where the question allows it. */
export function chosenLabels(question: Question, keys: string): readonly string[] | undefined {
  const wanted = keys.split(',').map((key) => key.trim())
  if (wanted.length > 1 && !question.isMultiple) return undefined
  const labels = wanted.map((key) => question.options[Number(key) - 1]?.label)
  return labels.every((label) => label !== undefined) ? labels : undefined
}

function permissionNeed(request: Extract<Request, { kind: 'permission' }>): NeedDraft {
  const hasAlways = request.always.length > 0
  return {
    key: request.id,
    kind: 'permission',
    title: request.permission,
    body: bodyOf(request),
    options: [],
    answers: hasAlways ? ['allow', 'always', 'deny'] : ['allow', 'deny'],
    ...(hasAlways ? { always: request.always.map(visibleText).join('\n') } : {}),
  }
}

function bodyOf({ details, patterns }: Extract<Request, { kind: 'permission' }>): string {
  const texts = ['command', 'diff', 'filepath', 'url', 'query'].map((name) => details[name])
  const body = texts.find((text) => typeof text === 'string' && text.trim() !== '') ?? patterns.join('\n')
  return visibleText(String(body)).trimEnd()
}

function questionNeed(request: Extract<Request, { kind: 'question' }>, at: number): NeedDraft {
  const question = request.questions[at] ?? request.questions[0]
  const answers: AnswerKind[] = question?.takesText === false ? ['option', 'deny'] : ['option', 'text', 'deny']
  const place = request.questions.length > 1 ? ` (${at + 1} of ${request.questions.length})` : ''
  const open = request.questions.slice(at)
  const isForm = open.length > 1 || question?.isMultiple === true
  return {
    key: keyOf(request, at),
    kind: 'question',
    title: `${visibleText(question?.header ?? '') || 'Question'}${place}`,
    body: visibleText(question?.text ?? ''),
    options: question === undefined ? [] : optionsOf(question),
    ...(isForm ? { questions: open.map(oneQuestion) } : {}),
    answers: isForm ? ['options', ...answers] : answers,
  }
}

/** A question as it is asked together with others. */
export function oneQuestion(question: Question): NeedQuestion {
  return {
    title: visibleText(question.header) || 'Question',
    body: visibleText(question.text),
    options: optionsOf(question),
    isMulti: question.isMultiple,
    takesText: question.takesText,
  }
}

function optionsOf({ options }: Question): readonly NeedOption[] {
  return options.map(({ label, description }, index) => ({
    key: String(index + 1),
    label: visibleText(label),
    ...(description === '' ? {} : { detail: visibleText(description) }),
  }))
}
