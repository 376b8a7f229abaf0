import net from 'node:net'
import type { Paths } from '../config/paths.ts'
import { ControlError, fail, toControlError } from '../core/errors.ts'
import { readEndpoint } from '../wire/endpoint-entry.ts'
import { createSocketTransport } from '../wire/transports/socket.ts'
import { type Client, type ClientOptions, createClient } from './client.ts'
import { logMark, logSince } from './log-tail.ts'
import type { StartedHost } from './start-host.ts'
import { waitForChange } from './wait-for-change.ts'

/** How long a host may take from its start to its first answer. */
const START_DEADLINE_MS = 10_000
/** How long a host that accepts a connection may take to say hello. */
const HELLO_TIMEOUT_MS = 5000
/** The longest wait between two looks at the state directory, should the system not tell of a change. */
const POLL_MS = 50
/** A host that ended may have lost to another one, whose entry comes within this time. */
const RIVAL_GRACE_MS = 1000

export interface ConnectOptions extends ClientOptions {
  readonly paths: Paths
  readonly version: string
  /** Starts a host; absent = one that does not run is not started. */
  readonly spawnHost?: (() => StartedHost) | undefined
  readonly deadlineMs?: number
  /** Skips the check of versions: for `healthCheck` and `stopHost` only. */
  readonly isAnyVersion?: boolean
}

/**
 * A client of the host of this state directory, which is started when there is none and `spawnHost` is given. Fails with
 * `host.not-running`, `host.start-failed` (with the last lines of its log), `host.other-version` or `host.unreachable`.
 */
export async function connectHost(options: ConnectOptions): Promise<Client> {
  const socket = readEndpoint(options.paths.endpoint)?.socket ?? options.paths.socket
  const found = await tryConnect(socket, options)
  if (found !== undefined) return found.client
  if (options.spawnHost === undefined) fail('host.not-running')
  return startAndConnect(options, options.spawnHost)
}

async function startAndConnect(options: ConnectOptions, spawnHost: () => StartedHost): Promise<Client> {
  const { paths, deadlineMs = START_DEADLINE_MS } = options
  const mark = logMark(paths.log)
  const started = spawnHost()
  const deadline = performance.now() + deadlineMs
  let giveUpAt = deadline
  while (performance.now() < giveUpAt) {
    const entry = readEndpoint(paths.endpoint)
    const found = entry === undefined ? undefined : await tryConnect(entry.socket, options)
    if (found !== undefined) {
      // Its own word: the entry may be that of a host before it, on the same socket.
      if (found.pid !== undefined && found.pid !== started.pid) started.abandon()
      return found.client
    }
    if (started.hasExited) giveUpAt = Math.min(giveUpAt, performance.now() + RIVAL_GRACE_MS)
    await waitForChange(paths.stateDirectory, POLL_MS)
  }
  const detail = started.hasExited ? 'it ended at once' : `it did not answer within ${deadlineMs / 1000} s`
  return fail('host.start-failed', { detail: [detail, ...logSince(paths.log, mark)].join('\n  '), log: paths.log })
}

/** A client, and the process of its host once that has answered hello. */
interface Found {
  readonly client: Client
  readonly pid?: number
}

/** A client that said hello, or undefined when nobody listens there. */
async function tryConnect(path: string, options: ConnectOptions): Promise<Found | undefined> {
  const socket = await openSocket(path)
  if (socket === undefined) return undefined
  const transport = createSocketTransport(socket)
  const client = createClient(transport, options)
  if (options.isAnyVersion === true) return { client }
  try {
    const { pid } = await client.hello(options.version, HELLO_TIMEOUT_MS)
    return { client, pid }
  } catch (error) {
    // A host that hangs up instead of answering is just ending.
    if (transport.isClosed && toControlError(error).code === 'host.unreachable') return undefined
    client.close()
    throw error
  }
}

/** Codes of a socket behind which nobody is, or nobody any more: one that closes resets who was not let in yet. */
const NOBODY: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'ENOTDIR', 'ENOTSOCK'])

function openSocket(path: string): Promise<net.Socket | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<net.Socket | undefined>()
  const socket = net.connect(path)
  const onError = (error: NodeJS.ErrnoException): void => {
    if (NOBODY.has(error.code)) resolve(undefined)
    else reject(new ControlError('host.unreachable', { detail: error.code ?? error.message }))
  }
  socket.once('error', onError)
  socket.once('connect', () => {
    socket.off('error', onError)
    resolve(socket)
  })
  return promise
}
