import { ControlError, fail } from '../../core/errors.ts'
import type { DeliveryStage } from '../backend.ts'
import type { Conversation } from './conversation.ts'
import { type Client, isNotFound, isUnanswered } from './http.ts'
import type { LaunchOptions } from './launch-options.ts'
import type { PromptIds } from './prompt-id.ts'

const TOLD_WITHIN_MS = 10_000

/** One prompt on its way. */
export interface Prompt {
  readonly client: Client
  readonly session: string
  readonly directory: string
  readonly agentName: string
  readonly text: string
  readonly ids: PromptIds
  readonly options: LaunchOptions
}

/**
 * Hands over a prompt exactly once and reports how far it got. The ids are ours, so that an unanswered call can be looked up and,
 * when the server does not know it, be made again; `again` is called when the prompt is then left lying. Rejects with `message.unsafe` (nothing was taken) or `message.unconfirmed`.
 */
export async function sendPrompt(
  prompt: Prompt,
  conversation: Conversation,
  { report, again }: { readonly report: (stage: DeliveryStage) => void; readonly again: () => void },
): Promise<void> {
  const enough = AbortSignal.timeout(TOLD_WITHIN_MS)
  let isTold = false
  const told = conversation.untilTold(prompt.ids.message, enough).then(() => {
    isTold = !enough.aborted
  })
  const { turn } = conversation.state
  await post(prompt)
  const hasBegun = conversation.state.turn !== turn || conversation.isAnswering(prompt.ids.message)
  if (!hasBegun) conversation.expectAnswer(prompt.ids.message, again)
  report('injected')
  report('submitted')
  await told
  if (!isTold && !(await isKnown(prompt))) fail('message.unconfirmed', { name: prompt.agentName })
  report('seen')
}

/** Gives the server a prompt once more under its ids: it stays one prompt, and is answered if it was not. */
export async function repeatPrompt(prompt: Prompt): Promise<void> {
  await postOnce(prompt)
}

async function post(prompt: Prompt): Promise<void> {
  try {
    return await postOnce(prompt)
  } catch (error) {
    if (!isUnanswered(error)) throw unsafe(prompt, error)
  }
  if (await isKnown(prompt)) return
  try {
    await postOnce(prompt)
  } catch (error) {
    throw unsafe(prompt, error)
  }
}

async function postOnce({ client, session, directory, text, ids, options }: Prompt): Promise<void> {
  const parts = [{ id: ids.part, type: 'text', text }]
  const body = { messageID: ids.message, parts, ...options }
  await client.call('POST', `/session/${session}/prompt_async`, { directory, body })
}

/** Whether the server has the prompt. Rejects with `message.unconfirmed` when it cannot be asked. */
async function isKnown({ client, session, directory, ids, agentName }: Prompt): Promise<boolean> {
  try {
    await client.call('GET', `/session/${session}/message/${ids.message}`, { directory })
    return true
  } catch (error) {
    if (isNotFound(error)) return false
    throw new ControlError('message.unconfirmed', { name: agentName })
  }
}

function unsafe(prompt: Prompt, error: unknown): ControlError {
  const why = error instanceof Error ? error.message : String(error)
  return new ControlError('message.unsafe', { name: prompt.agentName, why })
}
