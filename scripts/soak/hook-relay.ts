import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Stands between agents and the host's hooks, and loses calls on demand. */
export interface HookRelay {
  readonly port: number
  /** From now on the calls of this conversation are answered and lost, or passed on again. */
  setDeaf(conversation: string, isDeaf: boolean): void
  /** Calls lost so far. */
  readonly lost: number
  close(): void
}

/** Starts it. A call to `/PORT/path` goes to `/path` at that port of loopback. */
export async function startHookRelay(): Promise<HookRelay> {
  const deaf = new Set<string>()
  let lost = 0
  const server = createServer(async (incoming, response) => {
    const body = await bodyOf(incoming)
    if (!deaf.has(conversationIn(body))) return passOn(incoming, response, body)
    lost += 1
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  server.requestTimeout = 0
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    setDeaf: (conversation, isDeaf) => void (isDeaf ? deaf.add(conversation) : deaf.delete(conversation)),
    get lost() {
      return lost
    },
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

function passOn(incoming: IncomingMessage, response: ServerResponse, body: Buffer): void {
  const [, port, path] = /^\/(\d+)(\/.*)$/.exec(incoming.url ?? '') ?? []
  // The host takes calls under its own name only.
  const headers = { ...incoming.headers, host: `127.0.0.1:${port}` }
  const target = { host: '127.0.0.1', port, path, method: incoming.method, headers }
  const outgoing = request(target, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  outgoing.once('error', () => response.destroy())
  response.once('close', () => outgoing.destroy())
  outgoing.end(body)
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function conversationIn(body: Buffer): string {
  return /"session_id":"([^"]+)"/.exec(body.toString('utf8'))?.[1] ?? ''
}
