import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import type { HookChannel, HookHandler } from '../../src/backends/backend.ts'

/** A hook channel on loopback that asks for its secret header. */
export async function openHookServer(
  handler: HookHandler,
): Promise<{ readonly channel: HookChannel; readonly close: () => Promise<void> }> {
  const headers = { authorization: `Bearer ${randomUUID()}` }
  const server = createServer((request, response) => {
    if (request.headers.authorization !== headers.authorization) return void response.writeHead(401).end()
    void reply(handler, request, response)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    channel: { url: `http://127.0.0.1:${port}/hook`, headers },
    close: () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      return closed
    },
  }
}

async function reply(handler: HookHandler, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const controller = new AbortController()
  response.once('close', () => controller.abort())
  const answer = await json(request)
    .then((body) => handler(body as Readonly<Record<string, unknown>>, controller.signal))
    .catch((error: unknown) => ({ error: String(error) }))
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
}
