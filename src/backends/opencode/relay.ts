import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isObject } from '../../core/json.ts'
import type { Client } from './http.ts'
import { joinEvents, type MissedEvent } from './relayed-events.ts'

/** A loopback address in front of the server, for opencode's own screens. */
export interface Relay {
  readonly url: string
  close(): void
}

/** Connections at once: a few for each screen that is open. */
const MAX_CONNECTIONS = 512

/** Where the server is now; undefined while there is none. */
export type RelayTarget = () => { readonly url: string; readonly client: Client } | undefined

/**
 * Passes calls on to the server as they are, credentials included: the server checks them as ever. Only event streams get
 * something added: a screen never asks what was asked before it was there, so it would show no dialog for it
 * (docs/decisions/0008-how-agents-are-answered-and-spoken-to.md). The address stays when the server gets another one.
 */
export async function startRelay(target: RelayTarget): Promise<Relay> {
  const server = createServer((incoming, response) => relay(incoming, response, target))
  server.maxConnections = MAX_CONNECTIONS
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  server.unref()
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

function relay(incoming: IncomingMessage, response: ServerResponse, target: RelayTarget): void {
  const found = target()
  // A screen takes a cut connection for a server that comes back; it would believe an error page.
  if (found === undefined) return void response.destroy()
  if (!isFromProgram(incoming)) return void response.writeHead(403, { connection: 'close' }).end()
  const address = addressAt(incoming.url ?? '/', found.url)
  const outgoing = request(address, { method: incoming.method ?? 'GET', headers: incoming.headers })
  outgoing.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.once('error', () => response.destroy())
    const kind = streamKind(address.pathname)
    if (kind === undefined || answer.statusCode !== 200) return void answer.pipe(response)
    const directory = address.searchParams.get('directory') ?? undefined
    joinEvents(answer, response, () => askedIn(found.client, { directory, isGlobal: kind === 'global' }))
  })
  outgoing.once('error', () => response.destroy())
  response.once('close', () => outgoing.destroy())
  incoming.pipe(outgoing)
}

/** Whether no page in a browser can have sent this: pages say where they come from, and name the host as they know it. */
function isFromProgram({ headers, socket }: IncomingMessage): boolean {
  return headers.origin === undefined && headers.host === `127.0.0.1:${socket.localPort}`
}

/** A path at the server and nowhere else, also when it reads like a whole address. */
function addressAt(path: string, url: string): URL {
  return new URL(url.replace(/\/+$/, '') + (path.startsWith('/') ? path : `/${path}`))
}

function streamKind(path: string): 'global' | 'directory' | undefined {
  if (path === '/global/event') return 'global'
  return path === '/event' ? 'directory' : undefined
}

async function askedIn(
  client: Client,
  { directory, isGlobal }: { readonly directory: string | undefined; readonly isGlobal: boolean },
): Promise<readonly MissedEvent[]> {
  const scope = directory === undefined ? {} : { directory }
  const kinds = ['permission', 'question'] as const
  const lists = await Promise.all(kinds.map((kind) => client.call('GET', `/${kind}`, scope)))
  return lists.flatMap((list, at) =>
    (Array.isArray(list) ? list.filter(isObject) : []).map((properties) => {
      const about = String(properties['id'])
      const payload = { id: `evt_${about}`, type: `${kinds[at]}.asked`, properties }
      return { about, data: JSON.stringify(isGlobal ? { ...scope, payload } : payload) }
    }),
  )
}
