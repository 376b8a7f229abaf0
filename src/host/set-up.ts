import { spawn } from 'node:child_process'
import { ControlError } from '../core/errors.ts'
import { plainText, shortLine } from '../core/plain-text.ts'
import { withoutInheritedFiles } from './terminal/launch.ts'

const LINES_SHOWN = 5
const BYTES_KEPT = 8000

export interface SetUp {
  readonly command: string
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly deadlineMs: number
  /** Ends the command. */
  readonly signal: AbortSignal
}

/** Runs the operator's command by their shell, in a process group of its own. Rejects with `worktree.set-up-failed`. */
export function runSetUp({ command, cwd, env, deadlineMs, signal }: SetUp): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = ''
    let why: string | undefined
    const shell = { file: env['SHELL'] ?? '/bin/sh', args: ['-c', command] }
    const launch = withoutInheritedFiles(shell, env['PATH'] ?? '')
    const child = spawn(launch.file, launch.args, {
      cwd,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const end = (reason: string) => (): void => {
      why ??= reason
      killGroup(child.pid)
    }
    const timer = setTimeout(end(`it did not end within ${Math.round(deadlineMs / 1000)} s`), deadlineMs)
    const onAbort = end('it was stopped')
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString('utf8')).slice(-BYTES_KEPT)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    let isSettled = false
    const settle = (reason: string | undefined): void => {
      if (isSettled) return
      isSettled = true
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      // What it started and left behind holds the worktree: it goes with it.
      killGroup(child.pid)
      if (reason === undefined) resolve()
      else reject(new ControlError('worktree.set-up-failed', { why: reason, command, output: lastLines(output) }))
    }
    child.once('error', (error) => settle(`it could not be started: ${error.message}`))
    child.once('exit', (code, killed) => {
      const how = killed === null ? `exit code ${code}` : killed
      // Its last words are still on their way; a child of its own may hold the pipes open for ever.
      const told = setTimeout(() => settle(why ?? (code === 0 ? undefined : how)), LAST_WORDS_MS)
      child.once('close', () => {
        clearTimeout(told)
        settle(why ?? (code === 0 ? undefined : how))
      })
    })
  })
}

const LAST_WORDS_MS = 500

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // The whole group is gone already.
  }
}

function lastLines(output: string): string {
  const lines = plainText(output)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-LINES_SHOWN)
  return lines.length === 0 ? 'nothing' : lines.map((line) => shortLine(line, 200)).join(' / ')
}
