/** Time that passes only while this process can run: a closed lid makes nothing late. */
export interface ProcessClock {
  /** Milliseconds since some moment; never jumps. */
  readonly now: () => number
  /** Calls back once after so many milliseconds; the returned function cancels it. */
  readonly after: (ms: number, callback: () => void) => () => void
}

/** The clock of the running host. Its timers do not keep the process alive. */
export const PROCESS_CLOCK: ProcessClock = {
  now: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms).unref()
    return () => clearTimeout(timer)
  },
}
