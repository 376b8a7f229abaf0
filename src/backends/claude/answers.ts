import type { Answer } from '../../core/need.ts'
import { objectsOf, type PermissionRequest, textOf } from './hooks.ts'

type Json = Readonly<Record<string, unknown>>

const DENIED = 'The operator did not allow this.'

/** The hook reply that leaves the decision to the person at the agent's own screen. */
export const NO_DECISION: Json = {}

/** The hook reply that gives this answer; undefined when the request does not take it. */
export function hookReply(request: PermissionRequest, answer: Answer): Json | undefined {
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
      return label === undefined ? undefined : reply(request, label)
    }
    case 'text':
      return reply(request, answer.text)
  }
}

function reply(request: PermissionRequest, text: string): Json | undefined {
  const question = textOf(objectsOf(request.input['questions'])[0]?.['question'])
  if (question === undefined) return undefined
  return decision({ behavior: 'allow', updatedInput: { ...request.input, answers: { [question]: text } } })
}

function decision(value: Json): Json {
  return { hookSpecificOutput: { hookEventName: 'PermissionRequest', decision: value } }
}
