import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { costOf, NO_PRICES, type PriceTable } from '../../core/prices.ts'
import type { Usage } from '../../core/session.ts'
import { usageOfParts } from '../../core/usage.ts'
import { type Answered, answeredIn } from './transcript-line.ts'
import { createTally, type Tally } from './usage-tally.ts'

/** Counts the tokens in a conversation's transcript, reading only what was added since the last time. */
export interface TranscriptReader {
  /** The sums so far; undefined when nothing was used or the file cannot be read. */
  read(path: string): Promise<Usage | undefined>
}

/** How far a file was read, in bytes. */
type Offsets = Map<string, number>

/** A reader for one session; a new conversation in it (after `/clear`) adds to the sums, and so do sub-agents. */
export function createTranscriptReader(prices: PriceTable = NO_PRICES): TranscriptReader {
  const offsets: Offsets = new Map()
  const tally = createTally()
  let model: string | undefined
  let last: Promise<unknown> = Promise.resolve()
  const read = async (path: string): Promise<Usage | undefined> => {
    const conversation = basename(path, '.jsonl')
    const take = (answered: Answered): void => countAnswer(tally, { ...answered, conversation }, prices)
    await readTail(path, offsets, (answered) => {
      if (!answered.isSubAgent) model = answered.tokens.model
      take(answered)
    })
    for (const file of await subAgentFiles(path)) await readTail(file, offsets, take)
    const parts = tally.parts()
    return parts.length === 0 ? undefined : usageOfParts(model === undefined ? {} : { model }, parts)
  }
  return {
    read(path) {
      const next = last.then(() => read(path))
      last = next
      return next
    },
  }
}

function countAnswer(tally: Tally, answered: Answered & { readonly conversation: string }, prices: PriceTable): void {
  const { message, conversation, tokens } = answered
  const { model, outputTokens } = tokens
  const inputTokens =
    tokens.inputTokens + tokens.cacheReadTokens + tokens.cacheWriteTokens + tokens.cacheWriteHourTokens
  const costUsd = costOf(prices, tokens)
  const unpricedTokens = costUsd === undefined ? inputTokens + outputTokens : 0
  tally.count(message, { conversation, model, inputTokens, outputTokens, costUsd: costUsd ?? 0, unpricedTokens })
}

/** A sub-agent has a transcript of its own, in a folder beside that of the conversation. */
async function subAgentFiles(path: string): Promise<readonly string[]> {
  const folder = join(path.replace(/\.jsonl$/, ''), 'subagents')
  // Most conversations have none.
  const names = await readdir(folder, { recursive: true }).catch(() => [])
  return names.filter((name) => name.endsWith('.jsonl')).map((name) => join(folder, name))
}

async function readTail(path: string, offsets: Offsets, take: (answered: Answered) => void): Promise<void> {
  let offset = offsets.get(path) ?? 0
  const input = createReadStream(path, { start: offset })
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      const answered = answeredIn(line)
      // A line that is still being written does not parse: it is read again the next time.
      if (answered === 'incomplete') return
      offset += Buffer.byteLength(line) + 1
      offsets.set(path, offset)
      if (answered !== undefined) take(answered)
    }
  } catch {
    // No transcript yet: there is nothing to count.
    return
  } finally {
    input.destroy()
  }
}
