import type { ServerResponse } from 'node:http'
import type { JsonObject } from '../../core/json.ts'
import type { Reply, ReplyWriter } from './play.ts'
import { textOf } from './round.ts'
import type { ToolCall } from './tools.ts'

const errorTypes: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  529: 'overloaded_error',
}

/** The body of an error answer of the Messages API. */
export function anthropicError(status: number, message: string): JsonObject {
  return { type: 'error', error: { type: errorTypes[status] ?? 'api_error', message } }
}

/** The body of an answer that is not streamed. */
export function anthropicMessage(reply: Reply): JsonObject {
  const text = textOf(reply.round)
  const content = [
    ...(text === '' ? [] : [{ type: 'text', text }]),
    ...reply.calls.map((call, at) => toolBlock(reply, call, at)),
  ]
  return { ...envelope(reply), content, stop_reason: stopReason(reply), usage: usage(reply, reply.outputTokens) }
}

/** Writes an answer as the Messages API's server-sent events. */
export function anthropicWriter(response: ServerResponse, reply: Reply): ReplyWriter {
  let index = -1
  let open: 'thinking' | 'text' | undefined
  let calls = 0
  const send = (type: string, data: JsonObject) => {
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`)
  }
  const close = () => {
    if (open === undefined) return
    const signature = { type: 'signature_delta', signature: 'c2lnbmVk' }
    if (open === 'thinking') send('content_block_delta', { index, delta: signature })
    send('content_block_stop', { index })
    open = undefined
  }
  const begin = (block: JsonObject) => {
    close()
    index += 1
    send('content_block_start', { index, content_block: block })
  }
  const delta = (type: 'thinking' | 'text', text: string) => {
    if (open !== type) {
      begin(type === 'text' ? { type, text: '' } : { type, thinking: '', signature: '' })
      open = type
    }
    send('content_block_delta', { index, delta: { type: `${type}_delta`, [type]: text } })
  }
  return {
    start: () => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
      send('message_start', { message: { ...envelope(reply), content: [], usage: usage(reply, 1) } })
      send('ping', {})
    },
    thought: (text) => delta('thinking', text),
    text: (text) => delta('text', text),
    call: (call) => {
      begin({ ...toolBlock(reply, call, calls), input: {} })
      calls += 1
      send('content_block_delta', {
        index,
        delta: { type: 'input_json_delta', partial_json: JSON.stringify(call.input) },
      })
      send('content_block_stop', { index })
    },
    end: () => {
      close()
      const ending = { stop_reason: stopReason(reply), stop_sequence: null }
      send('message_delta', { delta: ending, usage: { output_tokens: reply.outputTokens } })
      send('message_stop', {})
      response.end()
    },
    error: (message) => {
      send('error', { error: { type: 'overloaded_error', message } })
      response.end()
    },
    cut: () => response.destroy(),
  }
}

function envelope(reply: Reply): JsonObject {
  const id = `msg_${reply.number}`
  return { id, type: 'message', role: 'assistant', model: reply.model, stop_reason: null, stop_sequence: null }
}

function stopReason(reply: Reply): string {
  return reply.calls.length > 0 ? 'tool_use' : 'end_turn'
}

function toolBlock(reply: Reply, call: ToolCall, at: number): JsonObject {
  return { type: 'tool_use', id: `toolu_${reply.number}_${at}`, name: call.name, input: call.input }
}

function usage(reply: Reply, outputTokens: number): JsonObject {
  return {
    input_tokens: 3,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: Math.max(0, reply.inputTokens - 3),
    output_tokens: outputTokens,
  }
}
