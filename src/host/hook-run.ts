import { type ChildProcess, spawn } from 'node:child_process'
import type { ProcessClock } from './process-clock.ts'
import { withoutInheritedFiles } from './terminal/launch.ts'

/** A program of the operator that is told something. */
export interface HookPlan {
  /** Program and arguments; no shell reads them. */
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** What it gets on its standard input. */
  readonly input: string
  readonly clock: ProcessClock
  /** Called once, when it has ended: with what went wrong if anything did. */
  readonly onEnd: (problem?: string) => void
}

/** How long a hook may take. */
export const HOOK_MS = 10_000

/** Starts a hook in a process group of its own; its output goes nowhere. Returns the function that ends it at once. */
export function runHook({ argv, env, input, clock, onEnd }: HookPlan): () => void {
  let isOver = false
  let why: string | undefined
  const child = start(argv, env)
  if (child instanceof Error) {
    queueMicrotask(() => onEnd(child.message))
    return () => undefined
  }

  const { pid } = child

  function end(problem?: string): void {
    if (isOver) return
    isOver = true
    cancel()
    onEnd(problem)
  }

  function kill(reason: string): void {
    if (isOver || pid === undefined) return
    why = reason
    try {
      process.kill(-pid, 'SIGKILL')
    } catch {
      // It has ended just now, which is reported anyway.
    }
  }

  const cancel = clock.after(HOOK_MS, () => kill(`it took longer than ${HOOK_MS / 1000} s and was ended`))
  child.once('error', (error) => end(error.message))
  child.once('exit', (code, signal) => end(why ?? (code === 0 ? undefined : `it ended with ${signal ?? code}`)))
  // A hook that does not read what it is told is no failure.
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(input)
  return () => kill('the host stops')
}

/** Some failures of a start are thrown, others are told by an event. */
function start([program = '', ...rest]: readonly string[], env: HookPlan['env']): ChildProcess | Error {
  try {
    const { file, args } = withoutInheritedFiles({ file: program, args: rest }, env['PATH'] ?? '')
    return spawn(file, args, { env, detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}
