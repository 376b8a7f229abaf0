import os from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { type IPty, spawn } from 'node-pty'
import type { Launch } from '../../backends/backend.ts'
import { toControlError } from '../../core/errors.ts'
import { createInputQueue, type InputQueue } from './input-queue.ts'
import { withoutInheritedFiles } from './launch.ts'
import { findSessionProcesses, type ProcessEntry, SESSION_MARKER, sendSignal } from './process-tree.ts'
import { checkDirectory, resolveProgram } from './programs.ts'
import { beforeClose, deliverBytes, drain, holdTerminal } from './pty-internals.ts'

/** How a program ended. */
export interface PtyExit {
  readonly exitCode: number
  /** The signal that ended it, if one did. */
  readonly signal: NodeJS.Signals | undefined
}

/** What to run in a terminal of its own. `env` is the whole environment; sizes are cells. */
export interface PtyOptions {
  readonly file: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly cols: number
  readonly rows: number
  readonly onData: (bytes: Uint8Array) => void
  /** Told once, after the last byte of output. */
  readonly onExit: (exit: PtyExit) => void
}

/** How to stop a program. */
export interface TerminateOptions {
  /** How long everything that belongs to the session may take before it is killed. */
  readonly graceMs: number
  /** Sent first; SIGTERM when not given. */
  readonly signal?: NodeJS.Signals
}

/** A program running in a terminal. */
export interface Pty {
  readonly pid: number
  readonly hasExited: boolean
  /**
   * Sends bytes to the program, in order and whole however long they are, and never waits for it to read. False when
   * they were dropped: it exited, or megabytes wait unread already.
   */
  write(bytes: Uint8Array | string): boolean
  /** Does nothing after it exited. */
  resize(cols: number, rows: number): void
  /** Stops reading: a program that prints on will wait. */
  pause(): void
  resume(): void
  /**
   * Signals the program's process group and everything else of its session, waits, then kills what is left of it:
   * group, terminal session and whatever carries its SIGNALBOX_SESSION. Resolves to the ids of processes that
   * outlived even that (normally none).
   */
  terminate(options: TerminateOptions): Promise<readonly number[]>
}

/** How often to look whether the last processes of a session are gone. */
const LOOK_MS = 50

/** How long killed processes may take to vanish. */
const KILLED_MS = 2000

const DEFAULT_TERMINAL = 'xterm-256color'

const SIGNAL_NAMES: ReadonlyMap<number, NodeJS.Signals> = new Map(
  Object.entries(os.constants.signals).map(([name, number]) => [number, name as NodeJS.Signals]),
)

type FindProcesses = () => Promise<readonly ProcessEntry[]>

const toBytes = (data: Uint8Array | string): Uint8Array => (typeof data === 'string' ? Buffer.from(data) : data)

/** Starts the program. Throws `program.missing` or `directory.missing` before anything was started. */
export function spawnPty(options: PtyOptions): Pty {
  checkDirectory(options.cwd)
  const file = resolveProgram(options.file, options.env['PATH'] ?? '', options.cwd)
  return new ProgramPty(startProgram(withoutInheritedFiles({ file, args: options.args }), options), options)
}

function startProgram({ file, args }: Launch, { env, cwd, cols, rows }: PtyOptions): IPty {
  try {
    return spawn(file, args, { name: env['TERM'] ?? DEFAULT_TERMINAL, cols, rows, cwd, env, encoding: 'utf8' })
  } catch (error) {
    throw toControlError(error)
  }
}

class ProgramPty implements Pty {
  readonly #pty: IPty
  readonly #marker: string | undefined
  readonly #input: InputQueue | undefined
  readonly #exited: Promise<void>
  #hasExited = false

  constructor(pty: IPty, options: PtyOptions) {
    this.#pty = pty
    this.#marker = options.env[SESSION_MARKER]
    deliverBytes(pty)
    const release = holdTerminal(pty)
    const onData = (data: Uint8Array | string): void => options.onData(toBytes(data))
    const input = pty.fd === undefined ? undefined : createInputQueue(pty.fd)
    this.#input = input
    beforeClose(pty, () => {
      input?.close()
      drain(pty, onData)
    })
    pty.onData(onData)
    // A terminal that was closed under a pending read or write says so here; the exit follows and says the rest.
    pty.on('error', () => undefined)
    this.#exited = new Promise((resolve) => {
      pty.onExit(({ exitCode, signal }) => {
        this.#hasExited = true
        release()
        options.onExit({ exitCode, signal: SIGNAL_NAMES.get(signal ?? 0) })
        resolve()
      })
    })
  }

  get pid(): number {
    return this.#pty.pid
  }

  get hasExited(): boolean {
    return this.#hasExited
  }

  write(bytes: Uint8Array | string): boolean {
    if (this.#hasExited) return false
    if (this.#input) return this.#input.push(toBytes(bytes))
    this.#pty.write(bytes)
    return true
  }

  resize(cols: number, rows: number): void {
    if (this.#hasExited) return
    try {
      this.#pty.resize(Math.max(1, cols), Math.max(1, rows))
    } catch {
      // The terminal was closed a moment ago and the exit is on its way: there is no size to set any more.
    }
  }

  pause(): void {
    if (!this.#hasExited) this.#pty.pause()
  }

  resume(): void {
    if (!this.#hasExited) this.#pty.resume()
  }

  async terminate({ graceMs, signal = 'SIGTERM' }: TerminateOptions): Promise<readonly number[]> {
    // After an exit the number may already be another's: then only the marker says what is ours.
    const leader = this.#hasExited ? undefined : this.pid
    const find: FindProcesses = () => findSessionProcesses({ leader, marker: this.#marker })
    const until = performance.now() + graceMs
    // A child that was started a moment ago may not lead its group yet.
    if (leader !== undefined && !sendSignal(-leader, signal)) sendSignal(leader, signal)
    for (const { pid, group } of await find()) {
      // The group has had its signal, and twice the same one means "at once" to some agents.
      if (group !== leader) sendSignal(pid, signal)
    }
    await this.#wait(until)
    await this.#waitUntilGone(find, until)
    return this.#kill(find, leader)
  }

  /** Waits for the exit, at most until the given moment. */
  async #wait(until: number): Promise<void> {
    const timer = new AbortController()
    const late = sleep(Math.max(0, until - performance.now()), undefined, { signal: timer.signal }).catch(
      () => undefined,
    )
    await Promise.race([this.#exited, late])
    timer.abort()
  }

  async #waitUntilGone(find: FindProcesses, until: number): Promise<void> {
    while (performance.now() < until && (await find()).length > 0) await sleep(LOOK_MS)
  }

  async #kill(find: FindProcesses, leader: number | undefined): Promise<readonly number[]> {
    const until = performance.now() + KILLED_MS
    while (true) {
      if (leader !== undefined && !this.#hasExited) sendSignal(-leader, 'SIGKILL')
      const left = await find()
      for (const { pid } of left) sendSignal(pid, 'SIGKILL')
      if (left.length === 0 && this.#hasExited) return []
      if (performance.now() >= until) return left.map(({ pid }) => pid)
      await this.#wait(performance.now() + LOOK_MS)
      if (this.#hasExited) await sleep(LOOK_MS)
    }
  }
}
