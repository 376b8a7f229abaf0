import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { type JsonObject, parseObject } from '../../core/json.ts'
import { anthropicError, anthropicMessage, anthropicWriter } from './anthropic.ts'
import { type Answer, answerTo, type Cues, lastPrompt, readTurns, type Turn } from './conversation.ts'
import { openaiCompletion, openaiError, openaiWriter } from './openai.ts'
import { play, type Reply } from './play.ts'
import { sayRound, textOf } from './round.ts'
import { sideAnswer } from './side.ts'
import { offeredTools, toolCall } from './tools.ts'

/** One request that the server has got, as far as it is known by now. */
export interface ModelRequest {
  /** Epoch milliseconds. */
  readonly at: number
  readonly method: string
  readonly path: string
  readonly dialect: 'anthropic' | 'openai' | 'other'
  readonly model: string
  /** The agent's own session id, when it sends one. */
  readonly session: string
  /** The last thing a person said in the conversation. */
  readonly prompt: string
  /** quota, title, summary or structured when the agent asked beside the conversation. */
  readonly side?: string
  /** HTTP status; 0 while no answer has begun. */
  readonly status: number
  readonly outcome: 'open' | 'answered' | 'gone'
}

/** A moment in the life of a request of a conversation; requests beside it have `side`. */
export interface ModelMoment {
  /** Epoch milliseconds. */
  readonly at: number
  /** The agent's own session id. */
  readonly session: string
  /** `cut`: the answer broke off in its middle. `gone`: the agent went away before its end. */
  readonly type: 'asked' | 'answered' | 'failed' | 'cut' | 'gone'
  readonly side: string | undefined
  /** The script that is played, or the plain prompt. */
  readonly prompt: string
  /** The HTTP status of a failure. */
  readonly status: number
  /** Names of the tools that the answer calls. */
  readonly calls: readonly string[]
}

/** A scripted model on loopback that Claude Code and Opencode accept as their provider. */
export interface ModelServer {
  /** Without a trailing slash; the base of both APIs. */
  readonly url: string
  readonly port: number
  /** Every request so far, oldest first. */
  readonly requests: () => readonly ModelRequest[]
  /** What was said to the model of the agent with this session id, as of its last request: prompts, notices, results of tools. */
  readonly heard: (session: string) => readonly string[]
  /** With `failAll`, each request of a conversation is answered by that HTTP status until the mode is set anew. */
  readonly setMode: (mode: { readonly failAll?: number }) => void
  /** Ends every open answer; resolves when no socket and no timer is left. */
  readonly close: () => Promise<void>
}

interface State {
  readonly requests: ModelRequest[]
  readonly attempts: Map<string, number>
  readonly heard: Map<string, readonly string[]>
  readonly cues: Cues
  readonly watch: (moment: ModelMoment) => void
  failAll: number | undefined
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly body: JsonObject
  readonly signal: AbortSignal
  readonly state: State
  readonly number: number
}

const dialects = {
  anthropic: { error: anthropicError, whole: anthropicMessage, writer: anthropicWriter },
  openai: { error: openaiError, whole: openaiCompletion, writer: openaiWriter },
} as const

/** How to start a model. */
export interface ModelOptions {
  readonly port?: number
  /** Plain prompts that stand for a script. */
  readonly cues?: Cues
  /** Gets each request when it is over. */
  readonly log?: (record: ModelRequest) => void
  /** Is told as it happens: what a model sees of its agents is the truth about them. */
  readonly watch?: (moment: ModelMoment) => void
}

/** Starts the server on 127.0.0.1, by default on a free port. */
export async function startModel(options: ModelOptions = {}): Promise<ModelServer> {
  const state: State = {
    requests: [],
    attempts: new Map(),
    heard: new Map(),
    cues: options.cues ?? {},
    watch: options.watch ?? (() => undefined),
    failAll: undefined,
  }
  const open = new Set<AbortController>()
  const server = createServer((request, response) => {
    const controller = new AbortController()
    open.add(controller)
    response.once('close', () => {
      open.delete(controller)
      controller.abort()
    })
    void serve({ request, response, signal: controller.signal, state }, options.log)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests: () => [...state.requests],
    heard: (session) => state.heard.get(session) ?? [],
    setMode: (mode) => {
      state.failAll = mode.failAll
    },
    close: () => {
      for (const controller of open) controller.abort()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      return closed
    },
  }
}

async function serve(incoming: Omit<Exchange, 'body' | 'number'>, log?: (record: ModelRequest) => void): Promise<void> {
  const { request, response, state } = incoming
  const body = parseObject(await text(request).catch(() => '')) ?? {}
  const exchange: Exchange = { ...incoming, body, number: state.requests.length }
  state.requests.push(describe(exchange))
  const isAnswered = await route(exchange).then(
    () => true,
    () => false, // the agent went away or the server closes: nobody is left to tell
  )
  if (!isAnswered) response.destroy()
  amend(exchange, {
    status: response.headersSent ? response.statusCode : 0,
    outcome: isAnswered ? 'answered' : 'gone',
  })
  const record = state.requests[exchange.number]
  if (record !== undefined) log?.(record)
}

async function route(exchange: Exchange): Promise<void> {
  const { request, response, body } = exchange
  const path = pathOf(request)
  if (request.method === 'HEAD') return void response.writeHead(200).end()
  if (request.method === 'GET' && path.endsWith('/models')) return json(response, 200, { object: 'list', data: [] })
  if (request.method === 'POST' && path.endsWith('/messages/count_tokens')) {
    return json(response, 200, { input_tokens: countTokens(body) })
  }
  const dialect = dialectOf(request)
  if (dialect === 'other') return json(response, 404, anthropicError(404, `no such route: ${path}`))
  await converse(exchange, dialect)
}

async function converse(exchange: Exchange, dialect: keyof typeof dialects): Promise<void> {
  const { body, state, request } = exchange
  const side = sideAnswer(body)
  const turns = readTurns(body)
  const session = sessionOf(request)
  if (side === undefined) state.heard.set(session, saidIn(turns))
  else amend(exchange, { side: side.kind })
  const answer: Answer =
    side === undefined ? answerTo(turns, state.cues) : { round: sayRound(side.text), prompt: side.kind, index: 0 }
  const tell = (moment: Pick<ModelMoment, 'type'> & Partial<ModelMoment>) => {
    const about = { session, side: side?.kind, prompt: answer.prompt, status: 200, calls: [] }
    state.watch({ ...about, at: Date.now(), ...moment })
  }
  tell({ type: 'asked' })
  const attempt = side === undefined ? nextAttempt(exchange, answer) : 0
  try {
    tell(await give(exchange, { dialect, answer, attempt }))
  } catch (error) {
    tell({ type: 'gone' })
    throw error
  }
}

interface Giving {
  readonly dialect: keyof typeof dialects
  readonly answer: Answer
  /** How often the same was asked before. */
  readonly attempt: number
}

/** Gives the answer, or fails as the script says; resolves with how it ended. */
async function give(
  { response, body, signal, state, number }: Exchange,
  { dialect, answer, attempt }: Giving,
): Promise<Pick<ModelMoment, 'type'> & Partial<ModelMoment>> {
  const api = dialects[dialect]
  const { round } = answer
  const status = state.failAll ?? (attempt < (round.failure?.times ?? 0) ? round.failure?.status : undefined)
  if (status !== undefined) {
    if (status === 429) response.setHeader('retry-after', '1')
    const message = round.failure?.message ?? `the scripted model answers ${status}`
    json(response, status, api.error(status, message))
    return { type: 'failed', status }
  }
  if (round.hangMs > 0) await pause(round.hangMs, undefined, { signal })
  const calls = round.requests.map((request) => toolCall(request, offeredTools(body)))
  const reply: Reply = {
    number,
    model: String(body['model'] ?? 'scripted'),
    round,
    calls,
    inputTokens: round.inputTokens ?? countTokens(body),
    outputTokens: Math.max(1, Math.ceil(textOf(round).length / 4)),
  }
  const broken = attempt - (round.failure?.times ?? 0) < (round.broken?.times ?? 0)
  if (body['stream'] !== true) json(response, 200, api.whole(reply))
  else await play(reply, api.writer(response, reply), { broken, signal })
  return broken ? { type: 'cut' } : { type: 'answered', calls: calls.map(({ name }) => name) }
}

/** How often the same point of the same conversation was asked before: agents repeat a failed request word by word. */
function nextAttempt({ state, request }: Exchange, answer: Answer): number {
  const key = [sessionOf(request), answer.index, answer.prompt].join('\n')
  const attempt = state.attempts.get(key) ?? 0
  if (answer.round.failure !== undefined || answer.round.broken !== undefined) state.attempts.set(key, attempt + 1)
  return attempt
}

function saidIn(turns: readonly Turn[]): readonly string[] {
  const said = turns.filter(({ role }) => role !== 'assistant').flatMap((turn) => [turn.text, turn.result])
  return said.filter((each) => each !== '')
}

function describe({ request, body }: Exchange): ModelRequest {
  return {
    at: Date.now(),
    method: request.method ?? '',
    path: pathOf(request),
    dialect: dialectOf(request),
    model: String(body['model'] ?? ''),
    session: sessionOf(request),
    prompt: lastPrompt(readTurns(body)).trim(),
    status: 0,
    outcome: 'open',
  }
}

function amend({ state, number }: Exchange, change: Partial<ModelRequest>): void {
  const record = state.requests[number]
  if (record !== undefined) state.requests[number] = { ...record, ...change }
}

function dialectOf(request: IncomingMessage): ModelRequest['dialect'] {
  const path = pathOf(request)
  if (request.method === 'POST' && path.endsWith('/messages')) return 'anthropic'
  return request.method === 'POST' && path.endsWith('/chat/completions') ? 'openai' : 'other'
}

function pathOf(request: IncomingMessage): string {
  return new URL(request.url ?? '/', 'http://127.0.0.1').pathname
}

function sessionOf({ headers }: IncomingMessage): string {
  const id = headers['x-claude-code-session-id'] ?? headers['x-session-affinity'] ?? headers['x-session-id'] ?? ''
  return String(id)
}

function countTokens(body: JsonObject): number {
  return Math.ceil(JSON.stringify(body['messages'] ?? '').length / 4)
}

function json(response: ServerResponse, status: number, body: JsonObject): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
