import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { ulid } from 'ulid'
import { createShellBackend } from '../../src/backends/shell/backend.ts'
import { type Client, createClient } from '../../src/client/client.ts'
import { connectHost } from '../../src/client/connect.ts'
import { type Paths, pathsFrom } from '../../src/config/paths.ts'
import type { Identity } from '../../src/core/identity.ts'
import { createConnection } from '../../src/host/connection.ts'
import { claimStateDirectory } from '../../src/host/endpoint.ts'
import { agentEnvironment } from '../../src/host/environment.ts'
import { createFactLog, type FactLog } from '../../src/host/fact-log.ts'
import { startHookServer } from '../../src/host/hook-server.ts'
import { createHost, type Host } from '../../src/host/host.ts'
import type { HostOptions } from '../../src/host/host-parts.ts'
import { openJournal } from '../../src/host/journal.ts'
import { createOpenings } from '../../src/host/openings.ts'
import { type HostServer, startServer } from '../../src/host/server.ts'
import type { Transport } from '../../src/wire/transport.ts'
import { createMemoryPair } from '../../src/wire/transports/memory.ts'
import { type TemporaryDirectory, temporaryDirectory } from '../harness/temporary.ts'

export const TEST_VERSION = '1.2.3-test'

/** The real host with the shell backend in this process, and its server on a socket of its own. */
export interface RunningHost extends AsyncDisposable {
  readonly host: Host
  readonly facts: FactLog
  readonly server: HostServer
  readonly paths: Paths
  /** A directory to start sessions in. */
  readonly workDir: string
  /** What went wrong inside, should anything. */
  readonly unexpected: readonly string[]
  /** A new client over the socket that said hello. */
  readonly connect: (identity?: Identity) => Promise<Client>
  /** The client's end of a new connection within this process; nothing was said on it. */
  readonly openMemory: () => Transport
  /** How often a client has asked the host to stop. */
  readonly stops: () => number
}

/** The paths of a state directory that a test made. */
export function testPaths(directory: string): Paths {
  return pathsFrom({ env: { SIGNALBOX_STATE: directory }, homeDirectory: '/nonexistent', platform: process.platform })
}

/** What a test changes about the host. A `directory` is left as it is, so that a second host finds the journal of the first. */
export type TestHostOptions = Partial<
  Pick<HostOptions, 'backends' | 'clock' | 'now' | 'stall' | 'rules' | 'memory' | 'env' | 'setUpDeadlineMs'>
> & {
  readonly directory?: TemporaryDirectory
  readonly speaksWithinMs?: number
}

/** Starts everything; disposing ends the sessions, the server and the claim, and removes the directory unless it was given. */
export async function startTestHost(options: TestHostOptions = {}): Promise<RunningHost> {
  const { directory: given, speaksWithinMs, ...changes } = options
  const directory = given ?? temporaryDirectory()
  const paths = testPaths(join(directory.path, 's'))
  const workDir = join(directory.path, 'project')
  mkdirSync(workDir, { recursive: true })
  const claim = await claimStateDirectory(paths)
  const journal = openJournal(paths.journal, Date.now)
  const facts = createFactLog(journal, { now: changes.now ?? Date.now, log: () => undefined })
  const hooks = await startHookServer(() => undefined)
  const host = createHost({
    hostName: 'test-machine',
    version: TEST_VERSION,
    socket: paths.socket,
    paths,
    facts,
    hooks,
    backends: [createShellBackend()],
    env: agentEnvironment(process.env),
    log: () => undefined,
    now: Date.now,
    newId: ulid,
    newResumeId: ulid,
    ...changes,
  })
  const unexpected: string[] = []
  let stops = 0
  const about = {
    service: host,
    version: TEST_VERSION,
    now: () => performance.now(),
    onStopped: () => {
      stops += 1
    },
    onUnexpected: (error: unknown, name: string) => void unexpected.push(`${name}: ${String(error)}`),
  }
  const server = await startServer({
    ...about,
    claim,
    startedAt: Date.now(),
    ...(speaksWithinMs === undefined ? {} : { speaksWithinMs }),
  })
  const openings = createOpenings(host)
  return {
    host,
    facts,
    server,
    paths,
    workDir,
    unexpected,
    connect: (identity) => connectHost({ paths, version: TEST_VERSION, identity }),
    openMemory() {
      const [here, there] = createMemoryPair()
      createConnection({ ...about, openings, transport: there })
      return here
    },
    stops: () => stops,
    async [Symbol.asyncDispose]() {
      await host.stop()
      await server.close('the test is over')
      await hooks.close()
      journal.close()
      claim.release()
      if (given === undefined) directory[Symbol.dispose]()
    },
  }
}

/** A client on a connection within this process that said hello. */
export async function connectMemory(running: RunningHost): Promise<Client> {
  const client = createClient(running.openMemory())
  await client.hello(TEST_VERSION)
  return client
}
