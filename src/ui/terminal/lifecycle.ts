/** What of `process` the lifecycle needs. */
export interface ProcessEvents {
  on(event: string, listener: (...values: readonly unknown[]) => void): unknown
  off(event: string, listener: (...values: readonly unknown[]) => void): unknown
  removeAllListeners(event: string): unknown
  readonly pid: number
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

/** Signals that end the program. */
const ENDING_SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const

/** Exit code of a program that ended by a defect of its own. */
const CRASH_EXIT_CODE = 70

/**
 * How long a continued program waits before it takes the terminal. A shell that ends a suspended job sends the ending
 * signal together with the continuing one, which arrives first; taking the terminal then, from the background, would
 * stop the program again instead of ending it.
 */
const RESUME_DELAY_MS = 20

/** How long a suspended program has to come to a stop before it is clear that nothing can suspend it. */
const STOP_DELAY_MS = 300

/** Installs the restore for exit, crash, signal and suspend. */
export function installLifecycle(options: LifecycleOptions): Lifecycle {
  const { process, restore, enter, repaint, schedule } = options
  const listeners = createListeners(process)
  const { crash, endBy } = createEndings(options)
  let isSuspended = false
  let cancelResume: (() => void) | undefined

  function resume(): void {
    cancelResume = undefined
    // Stopped by somebody else: the terminal was not given back, and what it shows and how it reads keys is unknown.
    if (!isSuspended) restore()
    isSuspended = false
    enter()
    repaint()
  }

  function resumeIn(delayMs: number): void {
    cancelResume?.()
    cancelResume = schedule(resume, delayMs)
  }

  function suspend(): void {
    if (isSuspended) return
    isSuspended = true
    restore()
    // The kernel refuses to stop a group that no shell watches; then the room has to come back by itself.
    resumeIn(STOP_DELAY_MS)
    process.kill(0, 'SIGTSTP')
  }

  listeners.add('exit', restore)
  listeners.add('uncaughtException', crash)
  listeners.add('unhandledRejection', crash)
  for (const signal of ENDING_SIGNALS) {
    listeners.add(signal, () => {
      cancelResume?.()
      endBy(signal)
    })
  }
  listeners.add('SIGCONT', () => resumeIn(RESUME_DELAY_MS))

  return {
    suspend,
    dispose() {
      cancelResume?.()
      listeners.removeAll()
    },
  }
}

type Listener = (...values: readonly unknown[]) => void

function createListeners(process: ProcessEvents) {
  const listeners = new Map<string, Listener>()
  return {
    add(event: string, listener: Listener): void {
      listeners.set(event, listener)
      process.on(event, listener)
    },
    removeAll(): void {
      for (const [event, listener] of listeners) process.off(event, listener)
      listeners.clear()
    },
  }
}

function createEndings({ process, restore, onEnd }: LifecycleOptions) {
  function end(reason: EndReason, leave: () => void): void {
    restore()
    try {
      onEnd(reason)
    } finally {
      leave()
    }
  }

  return {
    crash: (error: unknown) => end({ kind: 'crash', error }, () => process.exit(CRASH_EXIT_CODE)),

    /**
     * Dies of the signal itself, as the shell expects: Node's own exit sets the terminal once more, and that stops a
     * process in the background instead of ending it.
     */
    endBy: (signal: string) =>
      end({ kind: 'signal', signal }, () => {
        process.removeAllListeners(signal)
        process.kill(process.pid, signal)
      }),
  }
}
