import * as z from 'zod'
import type { Client } from './http.ts'
import { isNotFound } from './http.ts'

/** Messages read at first; each step of a turn is one, so that it may take more to get back far enough. */
const READ_FIRST = 60
const MORE_BY = 4

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
export async function hasPrompt(client: Client, query: GivenQuery): Promise<boolean> {
  const { text, since } = query
  for (let limit = READ_FIRST; ; limit *= MORE_BY) {
    const found = await newest(client, query, limit)
    const isPrompt = ({ info, parts }: Told): boolean =>
      info.role === 'user' &&
      info.time.created >= since &&
      parts.some((part) => part.type === 'text' && part.text === text)
    if (found.some(isPrompt)) return true
    if (found.length < limit || found.some(({ info }) => info.time.created < since)) return false
  }
}

type Told = z.infer<typeof messages>[number]

async function newest(client: Client, { session, directory }: GivenQuery, limit: number): Promise<readonly Told[]> {
  try {
    return messages.parse(await client.call('GET', `/session/${session}/message?limit=${limit}`, { directory }))
  } catch (error) {
    if (isNotFound(error)) return []
    throw error
  }
}
