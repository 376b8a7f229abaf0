import type { ProcessClock } from '../../src/host/process-clock.ts'

/** Process time that passes only when a test says so. */
export interface ManualProcessClock extends ProcessClock {
  /** Lets so much time pass; what was to be called back within it is, each at its own moment. */
  readonly pass: (ms: number) => void
  /** How many callbacks wait. */
  readonly waiting: () => number
}

/** A clock that stands at 0. */
export function createProcessClock(): ManualProcessClock {
  const timers = new Set<{ readonly at: number; readonly callback: () => void }>()
  let now = 0
  const nextUntil = (end: number) =>
    [...timers].filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)[0]
  return {
    now: () => now,
    after(ms, callback) {
      const timer = { at: now + ms, callback }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    pass(ms) {
      const end = now + ms
      for (let timer = nextUntil(end); timer !== undefined; timer = nextUntil(end)) {
        timers.delete(timer)
        now = timer.at
        timer.callback()
      }
      now = end
    },
    waiting: () => timers.size,
  }
}
