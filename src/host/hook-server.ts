import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { HookChannel, HookHandler } from '../backends/backend.ts'
import { parseObject } from '../core/json.ts'
import type { Dispose } from '../core/scope.ts'
import type { Log } from './log.ts'

/** Longest hook body read; a longer one is refused. */
const MAX_BODY_BYTES = 4 * 1024 * 1024

/** Connections at once; an agent keeps one open for each request that it waits for. */
const MAX_CONNECTIONS = 1024

/** How long a call may take to arrive; its answer may take for days. */
const ARRIVES_WITHIN_MS = 20_000

interface Channel {
  readonly token: string
  readonly handler: HookHandler
}

/** Receives the hooks of agents on loopback; each channel has its own path and token. */
export interface HookServer {
  open(handler: HookHandler): { readonly channel: HookChannel; readonly close: Dispose }
  close(): Promise<void>
}

/** Listens on a free loopback port. */
export async function startHookServer(log: Log, arrivesWithinMs = ARRIVES_WITHIN_MS): Promise<HookServer> {
  const channels = new Map<string, Channel>()
  const limits = {
    headersTimeout: arrivesWithinMs,
    requestTimeout: arrivesWithinMs,
    connectionsCheckingInterval: Math.ceil(arrivesWithinMs / 4),
  }
  const server = createServer(limits, (request, response) => {
    receive(channels, request, response).catch((error: unknown) => {
      log('hook.failed', { detail: String(error) })
      answer(response, 500, {})
    })
  })
  server.maxConnections = MAX_CONNECTIONS
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    open(handler) {
      const name = randomBytes(8).toString('hex')
      const token = randomBytes(24).toString('base64url')
      channels.set(name, { token, handler })
      const channel = { url: `http://127.0.0.1:${port}/hooks/${name}`, headers: { authorization: `Bearer ${token}` } }
      return { channel, close: () => void channels.delete(name) }
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function receive(
  channels: ReadonlyMap<string, Channel>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const channel = channels.get((request.url ?? '').replace('/hooks/', ''))
  const isOurs = channel !== undefined && isFromProgram(request) && isAuthorised(request, channel.token)
  if (!isOurs) return refuse(response, 403)
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return refuse(response, 413)
  const body = await readBody(request)
  if (body === undefined) return answer(response, 400, {})
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  answer(response, 200, await channel.handler(body, gone.signal))
}

/** Whether no page in a browser can have sent this: pages say where they come from, and name the host as they know it. */
function isFromProgram({ method, headers, socket }: IncomingMessage): boolean {
  return method === 'POST' && headers.origin === undefined && headers.host === `127.0.0.1:${socket.localPort}`
}

function isAuthorised(request: IncomingMessage, token: string): boolean {
  const given = Buffer.from(request.headers.authorization ?? '')
  const wanted = Buffer.from(`Bearer ${token}`)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

async function readBody(request: IncomingMessage): Promise<Readonly<Record<string, unknown>> | undefined> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    length += (chunk as Buffer).length
    if (length > MAX_BODY_BYTES) return undefined
    chunks.push(chunk as Buffer)
  }
  return parseObject(Buffer.concat(chunks).toString('utf8'))
}

/** Says no, and reads nothing more of it. */
function refuse(response: ServerResponse, status: number): void {
  response.setHeader('connection', 'close')
  answer(response, status, {})
}

function answer(response: ServerResponse, status: number, body: Readonly<Record<string, unknown>>): void {
  if (response.headersSent || response.destroyed) return
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
