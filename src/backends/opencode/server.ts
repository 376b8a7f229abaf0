import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { ControlError } from '../../core/errors.ts'
import type { BackendContext } from '../backend.ts'
import { isThatServer, type NotedServer } from './noted-server.ts'
import { stopGroup } from './server-group.ts'
import { createServerOutput, type ServerOutput } from './server-output.ts'

const LISTENS_WITHIN_MS = 30_000
const LOOK_MS = 50
const LOOK_AT_ADOPTED_MS = 1000

/** A running `opencode serve` in a process group of its own. */
export interface ServerProcess {
  readonly pid: number
  readonly port: number
  readonly url: string
  /** Resolves when it is gone, with the reason in words. */
  readonly exited: Promise<string>
  /** SIGTERM to the group, two seconds, SIGKILL; resolves when it is gone. */
  stop(): Promise<void>
}

/** How to start the server. */
export interface ServerOptions {
  readonly program: string
  /** Undefined for one that is free. */
  readonly port: number | undefined
  readonly password: string
  readonly env: Readonly<Record<string, string>>
  /** Where it runs, and where what it prints is kept. */
  readonly directory: string
  readonly alone: BackendContext['alone']
  /** Called as soon as there is a process, long before it listens: a host that is killed meanwhile must not lose sight of it. */
  readonly onSpawned: (server: Pick<ServerProcess, 'pid' | 'port'>) => Promise<void>
}

/**
 * Starts the server and waits for its own word that it listens: connections made before that are accepted and never
 * answered. Rejects with `backend.unavailable`; then nothing is left behind. The password is only in its environment.
 */
export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  const port = options.port ?? (await freePort())
  const { OPENCODE_SERVER_USERNAME: _, ...env } = options.env
  const output = createServerOutput(outputFileOf(options.directory))
  const args = ['serve', '--hostname', '127.0.0.1', '--port', String(port)]
  const launch = options.alone({ file: options.program, args })
  const child = spawn(launch.file, launch.args, {
    cwd: options.directory,
    env: { ...env, OPENCODE_SERVER_PASSWORD: options.password },
    stdio: ['ignore', output.fd, output.fd],
    detached: true,
  })
  output.started()
  const exited = exitOf(child, output)
  const stop = async (): Promise<void> => {
    if (child.pid !== undefined) await stopGroup(child.pid, exited)
  }
  try {
    const { pid } = child
    if (pid !== undefined) await options.onSpawned({ pid, port })
    await listening(output, exited)
    // Whatever address is printed: the password goes to this machine only.
    return { pid: pid ?? 0, port, url: `http://127.0.0.1:${port}`, exited, stop }
  } catch (error) {
    await stop()
    const detail = error instanceof Error ? error.message : String(error)
    throw new ControlError('backend.unavailable', {
      backend: 'opencode',
      detail: `its server did not start: ${detail}`,
    })
  }
}

/** A server that another host started and left running, as if this one had started it. */
export function adoptServer(noted: NotedServer): ServerProcess {
  const { pid, port } = noted
  const exited = untilGone(noted)
  return { pid, port, url: `http://127.0.0.1:${port}`, exited, stop: () => stopGroup(pid, exited) }
}

async function untilGone(noted: NotedServer): Promise<string> {
  // It is nobody's child here: the system does not tell when it ends, so it is looked at.
  while (await isThatServer(noted)) await pause(LOOK_AT_ADOPTED_MS, undefined, { ref: false })
  return 'it ended'
}

async function listening(output: ServerOutput, exited: Promise<string>): Promise<void> {
  let ended: string | undefined
  void exited.then((why) => {
    ended = why
  })
  const giveUpAt = performance.now() + LISTENS_WITHIN_MS
  while (performance.now() < giveUpAt) {
    if (output.url() !== undefined) return
    if (ended !== undefined) throw new Error(ended)
    await pause(LOOK_MS)
  }
  throw new Error(`it did not listen within ${LISTENS_WITHIN_MS / 1000} s`)
}

function exitOf(child: ChildProcess, output: ServerOutput): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`it could not be started: ${error.message}`))
    child.once('exit', (code, signal) => {
      const words = output.lastWords()
      const how = signal === null ? `exit code ${code}` : signal
      resolve(`it ended (${how})${words === '' ? '' : `: ${words}`}`)
    })
  })
}

/** Where what a server prints is kept. */
export function outputFileOf(directory: string): string {
  return join(directory, 'server.log')
}

/** A port that is free now; the well-known default of opencode is left to the operator's own server. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => {
        if (typeof address === 'object' && address !== null) resolve(address.port)
        else
          reject(new ControlError('backend.unavailable', { backend: 'opencode', detail: 'no free port on loopback' }))
      })
    })
  })
}
