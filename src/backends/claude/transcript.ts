import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { objectOf } from '../../core/json.ts'
import type { Usage } from '../../core/session.ts'
import { textOf } from './hooks.ts'

/** Counts the tokens in a conversation's transcript, reading only what was added since the last time. */
export interface TranscriptReader {
  /** The sums so far; undefined when nothing was used or the file cannot be read. */
  read(path: string): Promise<Usage | undefined>
}

interface Sums {
  inputTokens: number
  outputTokens: number
  model: string | undefined
  /** What was counted last: a message has a line for each of its blocks, and the last of them has the final figures. */
  counted: LineUsage | undefined
  offset: number
}

/** A reader for one session; a new conversation in it (after `/clear`) adds to the sums. */
export function createTranscriptReader(): TranscriptReader {
  const files = new Map<string, Sums>()
  let last: Promise<unknown> = Promise.resolve()
  const read = async (path: string) => {
    const sums = files.get(path) ?? { inputTokens: 0, outputTokens: 0, model: undefined, counted: undefined, offset: 0 }
    files.set(path, sums)
    await readTail(path, sums)
    return total([...files.values()])
  }
  return {
    read(path) {
      const next = last.then(() => read(path))
      last = next
      return next
    },
  }
}

async function readTail(path: string, sums: Sums): Promise<void> {
  const input = createReadStream(path, { start: sums.offset })
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      const usage = usageIn(line)
      // A line that is still being written does not parse: it is read again the next time.
      if (usage === 'incomplete') return
      sums.offset += Buffer.byteLength(line) + 1
      if (usage !== undefined) count(sums, usage)
    }
  } catch {
    // No transcript yet: there is nothing to count.
    return
  } finally {
    input.destroy()
  }
}

interface LineUsage {
  readonly message: string | undefined
  readonly model: string | undefined
  readonly input: number
  readonly output: number
}

function usageIn(line: string): LineUsage | 'incomplete' | undefined {
  if (!line.endsWith('}')) return line === '' ? undefined : 'incomplete'
  if (!line.includes('"usage"')) return undefined
  try {
    const record = objectOf(JSON.parse(line))
    if (record['type'] !== 'assistant') return undefined
    const message = objectOf(record['message'])
    const usage = objectOf(message['usage'])
    const tokens = (name: string) => (typeof usage[name] === 'number' ? usage[name] : 0)
    return {
      message: textOf(message['id']),
      model: textOf(message['model']),
      input: tokens('input_tokens') + tokens('cache_creation_input_tokens') + tokens('cache_read_input_tokens'),
      output: tokens('output_tokens'),
    }
  } catch {
    // The program is in the middle of writing this line: it is read again when there is more.
    return 'incomplete'
  }
}

function count(sums: Sums, usage: LineUsage): void {
  // The program's own error messages have figures of zero and no real model.
  if (usage.model?.startsWith('<') === true) return
  sums.model = usage.model ?? sums.model
  const same = usage.message !== undefined && usage.message === sums.counted?.message ? sums.counted : undefined
  sums.counted = usage
  sums.inputTokens += usage.input - (same?.input ?? 0)
  sums.outputTokens += usage.output - (same?.output ?? 0)
}

function total(all: readonly Sums[]): Usage | undefined {
  const inputTokens = all.reduce((sum, each) => sum + each.inputTokens, 0)
  const outputTokens = all.reduce((sum, each) => sum + each.outputTokens, 0)
  const model = all.findLast((each) => each.model !== undefined)?.model
  if (inputTokens + outputTokens === 0) return undefined
  return { inputTokens, outputTokens, ...(model === undefined ? {} : { model }) }
}
