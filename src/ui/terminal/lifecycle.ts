/** What of `process` the lifecycle needs. */
export interface ProcessEvents {
  on(event: string, listener: (...values: readonly unknown[]) => void): unknown
  off(event: string, listener: (...values: readonly unknown[]) => void): unknown
  /** Sends a signal; 0 is the own process group. */
  kill(pid: number, signal: string): unknown
  exit(code: number): unknown
}

/** Why the room ends without the operator having asked for it in the room. */
export type EndReason =
  | { readonly kind: 'signal'; readonly signal: string }
  | { readonly kind: 'crash'; readonly error: unknown }

/** The owner of the terminal gives these; all of them must be safe to call more than once. */
export interface LifecycleOptions {
  readonly process: ProcessEvents
  /** Gives the terminal back, at once. */
  restore(): void
  /** Takes the terminal again. */
  enter(): void
  /** Everything must be drawn again: the terminal showed something else meanwhile. */
  repaint(): void
  /** Called after `restore` and before the process ends, to report a crash or to keep state. */
  onEnd(reason: EndReason): void
  /** Calls back after a time. */
  schedule(callback: () => void, delayMs: number): () => void
}

/** The ways out of the room that are not its own command. */
export interface Lifecycle {
  /** Hands the terminal to the shell until the operator continues the program. */
  suspend(): void
  /** Lets go of the process; the terminal stays as it is. */
  dispose(): void
}

/** Signals that end the program, and their numbers for the exit code. */
const ENDING_SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const

/** Exit code of a program that ended by a defect of its own. */
const CRASH_EXIT_CODE = 70

/** How long a suspended program has to come to a stop before it is clear that nothing can suspend it. */
const STOP_DELAY_MS = 300

/** Installs the restore for exit, crash, signal and suspend. */
export function installLifecycle(options: LifecycleOptions): Lifecycle {
  const { process, restore, enter, repaint, onEnd, schedule } = options
  const listeners = new Map<string, (...values: readonly unknown[]) => void>()
  let isSuspended = false
  let cancelResume: (() => void) | undefined

  function listen(event: string, listener: (...values: readonly unknown[]) => void): void {
    listeners.set(event, listener)
    process.on(event, listener)
  }

  function end(reason: EndReason, exitCode: number): void {
    restore()
    try {
      onEnd(reason)
    } finally {
      process.exit(exitCode)
    }
  }

  function resume(): void {
    cancelResume?.()
    cancelResume = undefined
    // Stopped by somebody else: the terminal was not given back, and what it shows and how it reads keys is unknown.
    if (!isSuspended) restore()
    isSuspended = false
    enter()
    repaint()
  }

  function suspend(): void {
    if (isSuspended) return
    isSuspended = true
    restore()
    // The kernel refuses to stop a group that no shell watches; then the room has to come back by itself.
    cancelResume = schedule(() => {
      if (isSuspended) resume()
    }, STOP_DELAY_MS)
    process.kill(0, 'SIGTSTP')
  }

  listen('exit', () => restore())
  listen('uncaughtException', (error: unknown) => end({ kind: 'crash', error }, CRASH_EXIT_CODE))
  listen('unhandledRejection', (error: unknown) => end({ kind: 'crash', error }, CRASH_EXIT_CODE))
  for (const [signal, number] of Object.entries(ENDING_SIGNALS)) {
    listen(signal, () => end({ kind: 'signal', signal }, 128 + number))
  }
  listen('SIGCONT', resume)

  return {
    suspend,
    dispose() {
      cancelResume?.()
      for (const [event, listener] of listeners) process.off(event, listener)
      listeners.clear()
    },
  }
}
