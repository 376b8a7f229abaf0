const DELAYS_MS = [200, 1000, 2000, 5000, 10_000]
const LONGEST_MS = 60_000
const WITHIN_MS = 10 * 60_000

/** Remembers how often the server died lately. */
export interface Restarts {
  /** Notes a death; gives the time to wait before the next start. */
  next(now: number): number
}

/**
 * Each start later than the one before, and one a minute when it died often within ten minutes. There is always a next one: messages
 * wait for sessions of which nothing is known, so that nothing else would start it again.
 */
export function createRestarts(): Restarts {
  let deaths: readonly number[] = []
  return {
    next: (now) => {
      deaths = [...deaths.filter((at) => now - at < WITHIN_MS), now]
      return DELAYS_MS[deaths.length - 1] ?? LONGEST_MS
    },
  }
}
