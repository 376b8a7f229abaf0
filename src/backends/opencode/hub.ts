import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { ControlError, fail } from '../../core/errors.ts'
import type { BackendHealth } from '../../core/facts.ts'
import type { Dispose } from '../../core/scope.ts'
import type { BackendContext } from '../backend.ts'
import type { BusEvent } from './bus-event.ts'
import { readEvents } from './events.ts'
import { type Client, createClient } from './http.ts'
import { endLeftServer, endNoted } from './left-server.ts'
import { findNoted, noteServer } from './noted-server.ts'
import { type Relay, type RelayTarget, startRelay } from './relay.ts'
import { createRestarts } from './restarts.ts'
import { readVersion } from './schema.ts'
import { adoptServer, outputFileOf, type ServerProcess, startServer } from './server.ts'
import { keepShort } from './server-output.ts'
import { judgeVersion } from './versions.ts'

/** One session's ear on the server. */
export interface Link {
  readonly onEvent: (event: BusEvent) => void
  /** The server is gone; it is started again by itself. */
  readonly onLost: (why: string) => void
  /** The stream begins, or is back after an interruption: events may have been missed. */
  readonly onFound: (client: Client) => void
}

const STREAM_WITHIN_MS = 15_000
/** A busy machine keeps a server that is well waiting for long, and turns that nobody else could finish would end with it. */
const ANSWERS_WITHIN_MS = 20_000
/** The stream failing so often in a row means that the server hangs. */
const FAILURES_OF_A_HANG = 3
const RECONNECT_DELAY_MS = 250

type HubContext = Pick<BackendContext, 'alone' | 'env' | 'directory' | 'now' | 'log' | 'onHealth'> & {
  /** The program by the name that the operator has for it. */
  readonly command: string
  readonly health: () => Promise<BackendHealth>
}

interface Connection {
  readonly server: ServerProcess
  readonly client: Client
}

/** The one server that all sessions of a program share, with its event stream: started at the first use, started again when it dies. */
export class Hub {
  readonly #context: HubContext
  #password = randomBytes(24).toString('base64url')
  readonly #over = new AbortController()
  readonly #links = new Set<Link>()
  readonly #restarts = createRestarts()
  #connection: Promise<Connection> | undefined
  #running: Connection | undefined
  #relay: Relay | undefined
  #port: number | undefined

  constructor(context: HubContext) {
    this.#context = context
  }

  /** The client of the running server; starts it when it does not run. Rejects with `backend.unavailable` and its kin. */
  async connect(): Promise<Client> {
    if (this.#over.signal.aborted) fail('host.stopping')
    this.#connection ??= this.#start()
    const mine = this.#connection
    try {
      return (await mine).client
    } catch (error) {
      if (this.#connection === mine) this.#connection = undefined
      throw error
    }
  }

  /** Where opencode's own screens find the server, and the password that opens it; the same for the life of the host. */
  address(): { readonly url: string; readonly password: string } {
    return { url: this.#relay?.url ?? '', password: this.#password }
  }

  /** Whether there is a server, or one is about to be. */
  get isStarted(): boolean {
    return this.#connection !== undefined
  }

  join(link: Link): Dispose {
    this.#links.add(link)
    return () => this.#links.delete(link)
  }

  /** Ends the server that a host before this one left running, unless it is in use again. */
  async endUnused(): Promise<void> {
    if (this.isStarted) return
    const noted = await findNoted(this.#context.directory)
    if (noted === undefined || this.isStarted) return
    await endNoted(this.#context.directory, noted, this.#context.log)
  }

  /** Ends the server for good. */
  async shutdown(): Promise<void> {
    this.#over.abort()
    const connection = await this.#connection?.catch(() => undefined)
    await connection?.server.stop()
    this.#relay?.close()
    // One that an earlier host left running was perhaps not taken over yet.
    await endLeftServer(this.#context.directory, this.#context.log)
  }

  async #start(): Promise<Connection> {
    const { log, onHealth } = this.#context
    const health = await this.#context.health()
    if (health.program === undefined) fail('program.missing', { program: this.#context.command })
    if (health.status === 'unavailable') fail('backend.unavailable', { backend: 'opencode', detail: health.detail })
    const server = (await this.#adopt()) ?? (await this.#launch(health.program))
    this.#port = server.port
    const client = createClient({ url: server.url, password: this.#password })
    const connection = { server, client }
    try {
      this.#over.signal.throwIfAborted()
      const verdict = judgeVersion(readVersion(await client.call('GET', '/global/health')))
      if (verdict.kind !== 'supported') onHealth({ ...health, status: 'degraded', detail: verdict.detail })
      this.#relay ??= await startRelay(() => this.#target())
      this.#running = connection
      await this.#listen(connection)
    } catch (error) {
      this.#running = undefined
      await server.stop()
      if (error instanceof ControlError) throw error
      const detail = error instanceof Error ? error.message : String(error)
      throw new ControlError('backend.unavailable', { backend: 'opencode', detail })
    }
    void server.exited.then((why) => this.#died(why))
    keepShort(outputFileOf(this.#context.directory), server.exited)
    log('server started', { pid: server.pid, port: server.port })
    return connection
  }

  /** The server of a host that did not end by itself goes on with its turns: whoever finds it takes it over as it is. */
  async #adopt(): Promise<ServerProcess | undefined> {
    const { directory, log } = this.#context
    const noted = this.#port === undefined ? await findNoted(directory) : undefined
    if (noted === undefined) return undefined
    const server = adoptServer(noted)
    try {
      const client = createClient({ url: server.url, password: noted.password })
      await client.call('GET', '/global/health', { timeoutMs: ANSWERS_WITHIN_MS })
    } catch (error) {
      log('the server of an earlier host does not answer', { pid: noted.pid, error: String(error) })
      await endNoted(directory, noted, log)
      return undefined
    }
    this.#password = noted.password
    log('the server of an earlier host was taken over', { pid: noted.pid, port: noted.port })
    return server
  }

  async #launch(program: string): Promise<ServerProcess> {
    const { env, directory, alone } = this.#context
    const password = this.#password
    const onSpawned = (server: Pick<ServerProcess, 'pid' | 'port'>) => noteServer(directory, { ...server, password })
    const options = { program, password, env, directory, alone, onSpawned }
    if (this.#port === undefined) return startServer({ ...options, port: undefined })
    try {
      return await startServer({ ...options, port: this.#port })
    } catch (error) {
      // Someone else may have taken the port meanwhile. Another will do as well: screens find it through the relay.
      this.#context.log('not on the same port', { port: this.#port, error: String(error) })
      return startServer({ ...options, port: undefined })
    }
  }

  /** Resolves once the stream is there; it is followed until the server ends. */
  #listen(connection: Connection): Promise<void> {
    return new Promise((resolve, reject) => {
      const gone = new AbortController()
      const timer = setTimeout(() => reject(new Error('its event stream did not begin')), STREAM_WITHIN_MS)
      const onConnected = () => {
        clearTimeout(timer)
        resolve()
        this.#tell((link) => link.onFound(connection.client))
      }
      void connection.server.exited.then((why) => {
        clearTimeout(timer)
        gone.abort()
        reject(new Error(why))
      })
      void this.#follow(connection, onConnected, AbortSignal.any([this.#over.signal, gone.signal]))
    })
  }

  async #follow(connection: Connection, onConnected: () => void, signal: AbortSignal): Promise<void> {
    let failures = 0
    const listener = {
      onConnected: () => {
        failures = 0
        onConnected()
      },
      onEvent: (event: BusEvent) => this.#tell((link) => link.onEvent(event)),
    }
    while (!signal.aborted) {
      const why = await readEvents(connection.client, listener, { signal })
      if (signal.aborted) return
      failures += 1
      this.#context.log('event stream interrupted', { why, failures })
      if (failures >= FAILURES_OF_A_HANG) return connection.server.stop()
      await pause(RECONNECT_DELAY_MS * failures)
    }
  }

  #target(): ReturnType<RelayTarget> {
    const connection = this.#running
    return connection === undefined ? undefined : { url: connection.server.url, client: connection.client }
  }

  #died(why: string): void {
    this.#connection = undefined
    this.#running = undefined
    if (this.#over.signal.aborted) return
    const delayMs = this.#restarts.next(this.#context.now())
    const next = delayMs < 10_000 ? 'it is started again' : `it is started again in ${delayMs / 1000} s`
    this.#context.log('server died', { why, next })
    this.#tell((link) => link.onLost(`the opencode server is gone: ${why}; ${next}`))
    this.#context.onHealth({ status: 'degraded', detail: `the opencode server is gone: ${why}; ${next}` })
    if (this.#links.size > 0) void this.#restart(delayMs)
  }

  async #restart(delayMs: number): Promise<void> {
    try {
      await pause(delayMs, undefined, { signal: this.#over.signal })
      await this.connect()
      this.#context.onHealth(await this.#context.health())
    } catch (error) {
      // A start that failed counts as a death, so that attempts come less and less often.
      if (!this.#over.signal.aborted) this.#died(error instanceof Error ? error.message : String(error))
    }
  }

  #tell(action: (link: Link) => void): void {
    for (const link of [...this.#links]) action(link)
  }
}
