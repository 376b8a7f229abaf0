import type { OpenRequest } from '../backend.ts'
import { forkConversation } from './fork.ts'
import { type Client, isNotFound } from './http.ts'
import type { PermissionRule } from './permissions.ts'
import { readSession, type SessionHead } from './schema.ts'

/** A conversation of the server, and how an agent comes to have it. */
export interface Entered {
  readonly session: string
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  /** `lost`: a new one in place of one that was to be resumed. */
  readonly beginning: 'resumed' | 'copied' | 'lost' | 'new'
}

/** What an agent that has entered its conversation is ready with. */
export const READY_WORDS: Readonly<Record<Entered['beginning'], string>> = {
  resumed: 'conversation found',
  copied: 'conversation copied',
  lost: 'its conversation was not found: it starts afresh',
  new: 'session created',
}

/** The conversation that was asked for; a new one when the server does not have it (any more). */
export async function enter(
  client: Client,
  { workDir: directory, agentName: title, isResume, resumeId, forkOf }: OpenRequest,
  permission: readonly PermissionRule[] | undefined,
): Promise<Entered> {
  if (isResume) {
    const found = await find(client, resumeId, directory)
    if (found !== undefined) return entered(found, 'resumed')
  }
  if (forkOf !== undefined)
    return entered(await forkConversation(client, forkOf, { title, directory, permission }), 'copied')
  const body = { title, ...(permission === undefined ? {} : { permission }) }
  const made = readSession(await client.call('POST', '/session', { directory, body }))
  return entered(made, isResume ? 'lost' : 'new')
}

async function find(client: Client, id: string, directory: string): Promise<SessionHead | undefined> {
  try {
    return readSession(await client.call('GET', `/session/${encodeURIComponent(id)}`, { directory }))
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

function entered({ id, createdAt }: SessionHead, beginning: Entered['beginning']): Entered {
  return { session: id, createdAt, beginning }
}
