import type { ServerResponse } from 'node:http'
import type { JsonObject } from '../../core/json.ts'
import type { Reply, ReplyWriter } from './play.ts'
import { textOf } from './round.ts'
import type { ToolCall } from './tools.ts'

const errorTypes: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  429: 'rate_limit_exceeded',
}

/** The body of an error answer of the chat-completions API. */
export function openaiError(status: number, message: string): JsonObject {
  return { error: { message, type: errorTypes[status] ?? 'server_error', code: String(status) } }
}

/** The body of a completion that is not streamed. */
export function openaiCompletion(reply: Reply): JsonObject {
  const calls = reply.calls.map((call, at) => toolBlock(reply, call, at))
  const message = {
    role: 'assistant',
    content: textOf(reply.round) || null,
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  }
  return {
    ...envelope(reply, 'chat.completion'),
    choices: [{ index: 0, finish_reason: finishReason(reply), message }],
    usage: usage(reply),
  }
}

/** Writes an answer as the chat-completions API's chunks. */
export function openaiWriter(response: ServerResponse, reply: Reply): ReplyWriter {
  let calls = 0
  const send = (data: JsonObject) => {
    response.write(`data: ${JSON.stringify(data)}\n\n`)
  }
  const chunk = (delta: JsonObject, finish: string | null = null) => {
    send({ ...envelope(reply, 'chat.completion.chunk'), choices: [{ index: 0, delta, finish_reason: finish }] })
  }
  return {
    start: () => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
      chunk({ role: 'assistant', content: '' })
    },
    thought: (text) => chunk({ reasoning_content: text }),
    text: (text) => chunk({ content: text }),
    call: (call) => {
      chunk({ tool_calls: [{ index: calls, ...toolBlock(reply, call, calls) }] })
      calls += 1
    },
    end: () => {
      chunk({}, finishReason(reply))
      send({ ...envelope(reply, 'chat.completion.chunk'), choices: [], usage: usage(reply) })
      response.end('data: [DONE]\n\n')
    },
    error: (message) => {
      send(openaiError(529, message))
      response.end()
    },
    cut: () => response.destroy(),
  }
}

function envelope(reply: Reply, object: string): JsonObject {
  return { id: `chatcmpl-${reply.number}`, object, created: Math.floor(Date.now() / 1000), model: reply.model }
}

function finishReason(reply: Reply): string {
  return reply.calls.length > 0 ? 'tool_calls' : 'stop'
}

function toolBlock(reply: Reply, call: ToolCall, at: number): JsonObject {
  const id = `call_${reply.number}_${at}`
  return { id, type: 'function', function: { name: call.name, arguments: JSON.stringify(call.input) } }
}

function usage(reply: Reply): JsonObject {
  const { inputTokens, outputTokens } = reply
  return { prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: inputTokens + outputTokens }
}
