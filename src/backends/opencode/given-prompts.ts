import { z } from 'zod'
import type { Client } from './http.ts'
import { isNotFound } from './http.ts'

/** Prompts looked at: what is in doubt was given a moment before its host ended. */
const LATEST = 60

const messages = z.array(
  z.object({
    info: z.object({ role: z.string(), time: z.object({ created: z.number() }) }),
    parts: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })),
  }),
)

/** A text that somebody may have given to a session, and the moment before which it was not (milliseconds since the epoch). */
export interface GivenQuery {
  readonly session: string
  readonly directory: string
  readonly text: string
  readonly since: number
}

/** Whether a session has this text as a prompt. Rejects when the server cannot be asked. */
export async function hasPrompt(client: Client, { session, directory, text, since }: GivenQuery): Promise<boolean> {
  try {
    const raw = await client.call('GET', `/session/${session}/message?limit=${LATEST}`, { directory })
    return messages
      .parse(raw)
      .filter(({ info }) => info.role === 'user' && info.time.created >= since)
      .some(({ parts }) => parts.some((part) => part.type === 'text' && part.text === text))
  } catch (error) {
    if (isNotFound(error)) return false
    throw error
  }
}
