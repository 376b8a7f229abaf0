/** Time for the room: tests bring their own. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls back once after a time unless the returned function is called before. */
  schedule(callback: () => void, delayMs: number): () => void
  /** Calls back when the current input has been handled. */
  soon(callback: () => void): void
}

/** The clock of the machine. Timers do not keep the program alive. */
export const SYSTEM_CLOCK: Clock = {
  now: Date.now,
  schedule(callback, delayMs) {
    const timer = setTimeout(callback, delayMs)
    timer.unref()
    return () => clearTimeout(timer)
  },
  soon(callback) {
    setImmediate(callback)
  },
}
