import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { ControlError } from '../../core/errors.ts'
import { plainText, shortLine } from '../../core/plain-text.ts'

const LISTENS_WITHIN_MS = 30_000
const TERM_GRACE_MS = 2000
const LINES_KEPT = 20
const LAST_WORDS_MS = 300

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
  /** Undefined: any free one. */
  readonly port: number | undefined
  readonly password: string
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
}

/**
 * Starts the server and waits for its own word that it listens: connections made before that are accepted and never
 * answered. Rejects with `backend.unavailable`; then nothing is left behind. The password is only in its environment.
 */
export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  const port = options.port ?? (await freePort())
  const { OPENCODE_SERVER_USERNAME: _, ...env } = options.env
  const child = spawn(options.program, ['serve', '--hostname', '127.0.0.1', '--port', String(port)], {
    cwd: options.cwd,
    env: { ...env, OPENCODE_SERVER_PASSWORD: options.password },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const tail = keepTail(child)
  const exited = exitOf(child, tail)
  const stop = () => stopGroup(child, exited)
  try {
    const url = await listening(child, exited)
    return { pid: child.pid ?? 0, port, url, exited, stop }
  } catch (error) {
    await stop()
    const detail = error instanceof Error ? error.message : String(error)
    throw new ControlError('backend.unavailable', {
      backend: 'opencode',
      detail: `its server did not start: ${detail}`,
    })
  }
}

function listening(child: ChildProcess, exited: Promise<string>): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const timer = setTimeout(() => {
      reject(new Error(`it did not listen within ${LISTENS_WITHIN_MS / 1000} s`))
    }, LISTENS_WITHIN_MS)
    const look = (chunk: Buffer) => {
      text = (text + chunk.toString('utf8')).slice(-4000)
      const url = /listening on (http:\/\/\S+)/.exec(text)?.[1]
      if (url === undefined) return
      clearTimeout(timer)
      child.stdout?.off('data', look)
      resolve(url)
    }
    child.stdout?.on('data', look)
    void exited.then((why) => {
      clearTimeout(timer)
      reject(new Error(why))
    })
  })
}

/** The last lines of its output; reading also keeps the pipes from filling up. */
function keepTail(child: ChildProcess): () => string {
  let lines: string[] = []
  const keep = (chunk: Buffer) => {
    const added = plainText(chunk.toString('utf8')).split('\n')
    lines = [...lines, ...added.filter((line) => line.trim() !== '' && !/listening on /.test(line))].slice(-LINES_KEPT)
  }
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  return () => shortLine(lines.slice(-3).join(' '), 300)
}

function exitOf(child: ChildProcess, tail: () => string): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`it could not be started: ${error.message}`))
    child.once('exit', (code, signal) => {
      const how = signal === null ? `exit code ${code}` : signal
      const tell = () => resolve(`it ended (${how})${tail() === '' ? '' : `: ${tail()}`}`)
      // Its last words may still be on their way, but a tool of an agent may hold the pipe open for long.
      const timer = setTimeout(tell, LAST_WORDS_MS)
      child.once('close', () => {
        clearTimeout(timer)
        tell()
      })
    })
  })
}

async function stopGroup(child: ChildProcess, exited: Promise<string>): Promise<void> {
  if (child.pid === undefined) return
  const timer = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), TERM_GRACE_MS)
  signalGroup(child.pid, 'SIGTERM')
  await exited
  clearTimeout(timer)
  // A tool that the agent started may outlive the server: it is in the same group unless it left it.
  signalGroup(child.pid, 'SIGKILL')
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch {
    // The whole group is gone already.
  }
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
