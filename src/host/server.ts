import net from 'node:net'
import { MAX_REQUEST_BYTES } from '../wire/protocol.ts'
import type { Transport } from '../wire/transport.ts'
import { createSocketTransport } from '../wire/transports/socket.ts'
import { type Connection, type ConnectionOptions, createConnection } from './connection.ts'
import type { Claim } from './endpoint.ts'
import type { HostService } from './host-service.ts'
import { createOpenings } from './openings.ts'

/** A client that leaves more than this unread is disconnected, never waited for. */
const MAX_UNREAD_BYTES = 8 * 1024 * 1024

/** Clients at once: rooms, and verbs that wait. */
const MAX_CONNECTIONS = 256

/** Who has said nothing for so long after connecting is no client. */
const SPEAKS_WITHIN_MS = 10_000

export interface ServerOptions
  extends Pick<ConnectionOptions, 'version' | 'now' | 'onStopped' | 'onUnexpected' | 'onFocus'> {
  readonly claim: Claim
  readonly service: HostService
  /** Milliseconds since the epoch, for the endpoint entry. */
  readonly startedAt: number
  readonly speaksWithinMs?: number
}

/** The host's door. */
export interface HostServer {
  readonly connectionCount: number
  /** Lets nobody in any more, tells every client why, and resolves when the last connection is gone. */
  close(why: string): Promise<void>
}

/** Listens on the claimed socket; resolves when clients can connect. */
export async function startServer(options: ServerOptions): Promise<HostServer> {
  const connections = new Set<Connection>()
  const openings = createOpenings(options.service)
  const server = net.createServer((socket) => {
    const transport = createSocketTransport(socket, {
      maxBufferedBytes: MAX_UNREAD_BYTES,
      maxFrameBytes: MAX_REQUEST_BYTES,
    })
    const connection = createConnection({ ...options, openings, transport })
    expectWords(transport, options.speaksWithinMs ?? SPEAKS_WITHIN_MS)
    connections.add(connection)
    transport.onClose(() => connections.delete(connection))
  })
  server.maxConnections = MAX_CONNECTIONS
  server.on('error', (error) => options.onUnexpected(error, 'listen'))
  await options.claim.listen(server, options)
  return {
    get connectionCount() {
      return connections.size
    },
    async close(why) {
      options.claim.withdraw()
      const { promise, resolve } = Promise.withResolvers<void>()
      server.close(() => resolve())
      for (const connection of [...connections]) connection.stop(why)
      await promise
    },
  }
}

/** Closes a connection on which nothing is said in time. */
function expectWords(transport: Transport, withinMs: number): void {
  const silence = setTimeout(() => transport.close('nothing was said'), withinMs)
  const stop = transport.onFrame(() => {
    clearTimeout(silence)
    stop()
  })
  transport.onClose(() => clearTimeout(silence))
}
