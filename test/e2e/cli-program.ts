import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'

/** How a program ended and what it printed. */
export interface Ended {
  readonly exit: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** What to run. */
export interface ProgramOptions {
  /** The Node that runs it; the one of the tests unless given. */
  readonly node?: string
  readonly entry: string
  readonly args?: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}

/** Runs the program without a terminal and waits for its end. */
export async function runToEnd(options: ProgramOptions): Promise<Ended> {
  return ended(startProgram(options))
}

/** Starts the program without a terminal. */
export function startProgram(options: ProgramOptions): ChildProcessByStdio<null, Readable, Readable> {
  const { node = process.execPath, entry, args = [], cwd, env } = options
  return spawn(node, [entry, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Waits for the end of a started program. */
export async function ended(child: ReturnType<typeof startProgram>): Promise<Ended> {
  const [[exit, signal], stdout, stderr] = await Promise.all([
    once(child, 'close'),
    text(child.stdout),
    text(child.stderr),
  ])
  return { exit, signal, stdout, stderr }
}
