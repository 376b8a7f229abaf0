import { choiceLabels } from '../../core/choices.ts'
import { fail } from '../../core/errors.ts'
import type { Answer, Need } from '../../core/need.ts'
import type { Question, Request } from './bus-event.ts'
import type { Conversation } from './conversation.ts'
import { type Client, isNotFound } from './http.ts'
import { chosenLabels, keyOf, oneQuestion } from './needs.ts'

interface Answering {
  readonly client: Client
  readonly directory: string
  readonly agentName: string
  readonly conversation: Conversation
}

interface Reply {
  readonly path: string
  readonly body: unknown
}

/** Answers a permission or a question. Rejects with `need.gone` when it is not the one that waits, or `need.unanswerable`. */
export async function answerRequest(need: Need, answer: Answer, answering: Answering): Promise<void> {
  const { conversation, agentName } = answering
  const [request] = conversation.state.requests
  const chosen = request === undefined ? [] : (conversation.state.chosen.get(request.id) ?? [])
  if (request === undefined || keyOf(request, chosen.length) !== need.key) fail('need.gone', { name: agentName })
  const refuse = (): never => fail('need.unanswerable', { name: agentName, answer: answer.kind, kind: need.kind })
  if (request.kind === 'permission') return send(request, permissionReply(request.id, answer) ?? refuse(), answering)
  if (answer.kind === 'deny') return send(request, { path: `/question/${request.id}/reject`, body: {} }, answering)
  if (answer.kind === 'options') {
    const rest = allLabels(request.questions.slice(chosen.length), answer) ?? refuse()
    return send(request, { path: `/question/${request.id}/reply`, body: { answers: [...chosen, ...rest] } }, answering)
  }
  const question = request.questions[chosen.length]
  const labels = (question === undefined ? undefined : labelsFor(question, answer)) ?? refuse()
  if (chosen.length + 1 < request.questions.length) {
    return conversation.apply({ type: 'answered', request: request.id, labels })
  }
  await send(request, { path: `/question/${request.id}/reply`, body: { answers: [...chosen, labels] } }, answering)
}

/** Withdraws what still waits after its turn was stopped, so that no screen goes on asking it. */
export async function withdraw(requests: readonly Request[], { client, directory }: Answering): Promise<void> {
  const calls = requests.map(({ kind, id }) => {
    const [path, body] =
      kind === 'permission' ? [`/permission/${id}/reply`, { reply: 'reject' }] : [`/question/${id}/reject`, {}]
    return client.call('POST', path, { directory, body })
  })
  // What the server has forgotten by itself is just as well.
  await Promise.allSettled(calls)
}

async function send(request: Request, { path, body }: Reply, answering: Answering): Promise<void> {
  const { client, directory, conversation, agentName } = answering
  conversation.apply({ type: 'answered', request: request.id })
  try {
    await client.call('POST', path, { directory, body })
    conversation.apply({ type: 'answer-taken', request: request.id })
  } catch (error) {
    if (!isNotFound(error)) throw error
    conversation.apply({ type: 'request-gone', request: request.id })
    fail('need.gone', { name: agentName })
  }
}

function permissionReply(id: string, answer: Answer): Reply | undefined {
  const path = `/permission/${id}/reply`
  if (answer.kind === 'allow') return { path, body: { reply: 'once' } }
  if (answer.kind === 'always') return { path, body: { reply: 'always' } }
  if (answer.kind !== 'deny') return undefined
  return { path, body: { reply: 'reject', ...(answer.text === undefined ? {} : { message: answer.text }) } }
}

function labelsFor(question: Question, answer: Answer): readonly string[] | undefined {
  if (answer.kind === 'option') return chosenLabels(question, answer.key)
  return answer.kind === 'text' && question.takesText ? [answer.text] : undefined
}

/** The labels as the server knows them: what is shown of them may be cleaned. */
function allLabels(
  questions: readonly Question[],
  answer: Extract<Answer, { kind: 'options' }>,
): readonly (readonly string[])[] | undefined {
  const exact = questions.map((question) => {
    const options = question.options.map(({ label }, index) => ({ key: String(index + 1), label }))
    return { ...oneQuestion(question), options }
  })
  return choiceLabels(exact, answer)
}
