import { chmodSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import type { Paths } from '../config/paths.ts'
import { ensureStateDirectory, makePrivate } from '../config/state-directory.ts'
import { fail } from '../core/errors.ts'
import { createScope } from '../core/scope.ts'
import { type EndpointEntry, readEndpoint } from '../wire/endpoint-entry.ts'
import { processStart } from '../wire/process-identity.ts'
import { PROTOCOL_VERSION } from '../wire/protocol.ts'

/** How long a host that starts or stops may hold the lock without an entry before the next one gives up. */
const LOCK_WAIT_MS = 5000
const LOCK_POLL_MS = 20

/** The right to be the one host of a state directory; ends with `release` or with the process. */
export interface Claim {
  readonly paths: Paths
  /** Listens on the socket (0600) and then says so in the endpoint entry. */
  listen(server: net.Server, about: { readonly version: string; readonly startedAt: number }): Promise<void>
  /** Takes the entry away, so that no one comes any more. */
  withdraw(): void
  release(): void
}

/**
 * Makes this process the host of a state directory. Fails with `host.already-running` when another one is, and as
 * `ensureStateDirectory` does. The lock is the system's: a crash leaves nothing behind that keeps the next host out.
 */
export async function claimStateDirectory(paths: Paths): Promise<Claim> {
  ensureStateDirectory(paths.stateDirectory)
  const scope = createScope()
  scope.add(await lock(paths))
  if (await answers(paths.socket)) {
    scope.close()
    refuse(paths)
  }
  rmSync(paths.socket, { force: true })
  let entry: EndpointEntry | undefined
  const withdraw = (): void => {
    if (entry !== undefined && readEndpoint(paths.endpoint)?.pid === entry.pid) rmSync(paths.endpoint, { force: true })
    entry = undefined
  }
  scope.add(withdraw)
  return {
    paths,
    async listen(server, { version, startedAt }) {
      await listen(server, paths.socket)
      const procStart = processStart(process.pid)
      entry = {
        pid: process.pid,
        ...(procStart === undefined ? {} : { procStart }),
        version,
        protocol: PROTOCOL_VERSION,
        socket: paths.socket,
        startedAt,
      }
      writeEntry(paths.endpoint, entry)
    },
    withdraw,
    release: () => scope.close(),
  }
}

/**
 * An exclusive file lock of the system, by way of an embedded database that stays empty. While who holds it has no entry it
 * is just starting or stopping, and worth waiting for.
 */
async function lock(paths: Paths): Promise<() => void> {
  const giveUpAt = performance.now() + LOCK_WAIT_MS
  for (;;) {
    const database = tryLock(paths)
    if (database !== undefined) return () => database.close()
    if (readEndpoint(paths.endpoint) !== undefined || performance.now() > giveUpAt) refuse(paths)
    await setTimeout(LOCK_POLL_MS)
  }
}

/** The lock, or undefined when another process has it. */
function tryLock(paths: Paths): DatabaseSync | undefined {
  makePrivate(paths.lock)
  const database = new DatabaseSync(paths.lock)
  try {
    database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE')
    return database
  } catch (error) {
    database.close()
    if (String(error).includes('locked')) return undefined
    return fail('directory.unwritable', { directory: paths.stateDirectory, detail: String(error) })
  }
}

function refuse(paths: Paths): never {
  return fail('host.already-running', { pid: readEndpoint(paths.endpoint)?.pid })
}

/** Whether anybody accepts connections on this socket, be it slowly (EAGAIN: its queue is full). */
function answers(socket: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const probe = net.connect(socket)
  probe.once('connect', () => {
    probe.destroy()
    resolve(true)
  })
  probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'EAGAIN'))
  return promise
}

async function listen(server: net.Server, socket: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.once('listening', resolve)
  // The socket is made within this call; nobody else may connect at any moment.
  const before = process.umask(0o177)
  server.listen(socket)
  process.umask(before)
  await promise
  server.off('error', reject)
  chmodSync(socket, 0o600)
}

function writeEntry(file: string, entry: EndpointEntry): void {
  const temporary = `${file}.${process.pid}.tmp`
  writeFileSync(temporary, `${JSON.stringify(entry)}\n`, { mode: 0o600 })
  renameSync(temporary, file)
}
