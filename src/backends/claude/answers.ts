import { choiceLabels } from '../../core/choices.ts'
import { type JsonObject, objectsIn } from '../../core/json.ts'
import type { Answer, NeedQuestion } from '../../core/need.ts'
import { type PermissionRequest, textOf } from './hooks.ts'

const DENIED = 'The operator did not allow this.'

/** The hook reply that leaves the decision to the person at the agent's own screen. */
export const NO_DECISION: JsonObject = {}

/** The hook reply that gives this answer; undefined when the request does not take it. */
export function hookReply(request: PermissionRequest, answer: Answer): JsonObject | undefined {
  if (!request.need.answers.includes(answer.kind)) return undefined
  switch (answer.kind) {
    case 'allow':
      // A plan counts as approved only with an input, changed or not.
      return decision({ behavior: 'allow', ...(request.need.kind === 'plan' ? { updatedInput: request.input } : {}) })
    case 'always':
      // All of them: one alone (a directory without the mode) leaves the same question standing.
      return decision({ behavior: 'allow', updatedPermissions: request.suggestions })
    case 'deny':
      return decision({ behavior: 'deny', message: answer.text ?? DENIED })
    case 'option': {
      const label = request.need.options.find((option) => option.key === answer.key)?.label
      return label === undefined ? undefined : reply(request, [label])
    }
    case 'options': {
      const replies = choiceWords(request.need.questions ?? [], answer)
      return replies === undefined ? undefined : reply(request, replies)
    }
    case 'text':
      return reply(request, [answer.text])
  }
}

/** One answer for each question, in their order. */
function reply(request: PermissionRequest, replies: readonly string[]): JsonObject | undefined {
  const questions = objectsIn(request.input['questions']).map((question) => textOf(question['question']))
  if (questions.length === 0 || questions.length !== replies.length) return undefined
  const answers: Record<string, string> = {}
  for (const [at, question] of questions.entries()) {
    if (question === undefined) return undefined
    answers[question] = replies[at] ?? ''
  }
  return decision({ behavior: 'allow', updatedInput: { ...request.input, answers } })
}

function decision(value: JsonObject): JsonObject {
  return { hookSpecificOutput: { hookEventName: 'PermissionRequest', decision: value } }
}

/** Several choices of one question are one text, as its own screen would give them. */
function choiceWords(
  questions: readonly NeedQuestion[],
  answer: Extract<Answer, { kind: 'options' }>,
): readonly string[] | undefined {
  return choiceLabels(questions, answer)?.map((labels) => labels.join(', '))
}
