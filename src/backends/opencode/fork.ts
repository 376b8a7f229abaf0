import { ControlError } from '../../core/errors.ts'
import { type Client, isNotFound } from './http.ts'
import type { PermissionRule } from './permissions.ts'
import { readHistory, readSession, type SessionHead } from './schema.ts'

/** Messages that are looked at for the turn that runs. */
const LATEST_MESSAGES = 50

/** What the copy is called, where it works and what it may do: the server copies none of that. */
export interface ForkTerms {
  readonly title: string
  readonly directory: string
  readonly permission: readonly PermissionRule[] | undefined
}

/**
 * Begins a conversation as a copy of another one. A turn that runs in that one is left out with its prompt: half a turn would
 * look like one that was cut off. Rejects with `backend.failed` when there is no such conversation.
 */
export async function forkConversation(client: Client, id: string, terms: ForkTerms): Promise<SessionHead> {
  const { title, directory, permission } = terms
  const path = `/session/${encodeURIComponent(id)}`
  try {
    const latest = await client.call('GET', `${path}/message?limit=${LATEST_MESSAGES}`, { directory })
    const messageID = runningPrompt(id, latest)
    const body = messageID === undefined ? {} : { messageID }
    const copy = readSession(await client.call('POST', `${path}/fork`, { directory, body }))
    const about = { title, ...(permission === undefined ? {} : { permission }) }
    await client.call('PATCH', `/session/${copy.id}`, { directory, body: about })
    return copy
  } catch (error) {
    if (!isNotFound(error)) throw error
    throw new ControlError('backend.failed', { backend: 'opencode', detail: `it has no conversation ${id}` })
  }
}

/** The prompt of the turn that has not ended: the copy ends before it. */
function runningPrompt(id: string, latest: unknown): string | undefined {
  const messages = readHistory(id, latest).flatMap((event) => (event.type === 'message' ? [event.message] : []))
  const last = messages.at(-1)
  const isRunning = last !== undefined && (last.role === 'user' || !last.isComplete)
  return isRunning ? messages.findLast(({ role }) => role === 'user')?.id : undefined
}
