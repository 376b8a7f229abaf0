import { isObject, type JsonObject, objectOf } from '../../core/json.ts'
import type { RequestTokens } from '../../core/prices.ts'
import { textOf } from './hooks.ts'

/** One answer of a model, as a line of a transcript tells it. */
export interface Answered {
  /** Id of the message; it has a line for each of its blocks, and the last of them has the final figures. */
  readonly message: string | undefined
  readonly isSubAgent: boolean
  readonly tokens: RequestTokens
}

/** The answer that a line tells of, if it does; `incomplete` while the line is still being written. */
export function answeredIn(line: string): Answered | 'incomplete' | undefined {
  if (!line.endsWith('}')) return line === '' ? undefined : 'incomplete'
  if (!line.includes('"usage"')) return undefined
  try {
    const record = objectOf(JSON.parse(line))
    if (record['type'] !== 'assistant' || isCopied(record)) return undefined
    return answerOf(record)
  } catch {
    // The program is in the middle of writing this line: it is read again when there is more.
    return 'incomplete'
  }
}

/** A conversation that was branched off begins with copies of what was paid for in the other one. */
function isCopied(record: JsonObject): boolean {
  const askedIn = record['requestSessionId']
  return isObject(record['forkedFrom']) || (typeof askedIn === 'string' && askedIn !== record['sessionId'])
}

function answerOf(record: JsonObject): Answered | undefined {
  const message = objectOf(record['message'])
  const model = textOf(message['model']) ?? ''
  // The program's own error messages have figures of zero and no real model.
  if (model.startsWith('<')) return undefined
  const isSubAgent = record['isSidechain'] === true
  return { message: textOf(message['id']), isSubAgent, tokens: tokensOf(model, objectOf(message['usage'])) }
}

function tokensOf(model: string, usage: JsonObject): RequestTokens {
  const written = amount(usage['cache_creation_input_tokens'])
  const hour = Math.min(written, amount(objectOf(usage['cache_creation'])['ephemeral_1h_input_tokens']))
  return {
    model,
    inputTokens: amount(usage['input_tokens']),
    cacheReadTokens: amount(usage['cache_read_input_tokens']),
    cacheWriteTokens: written - hour,
    cacheWriteHourTokens: hour,
    outputTokens: amount(usage['output_tokens']),
    webSearches: amount(objectOf(usage['server_tool_use'])['web_search_requests']),
    isFast: usage['speed'] === 'fast',
  }
}

function amount(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0
}
