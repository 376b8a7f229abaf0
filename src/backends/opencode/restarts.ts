const DELAYS_MS = [200, 1000, 2000, 5000, 10_000]
const WITHIN_MS = 10 * 60_000

/** Remembers how often the server died lately. */
export interface Restarts {
  /** Notes a death; gives the time to wait before the next start, undefined when it died too often. */
  next(now: number): number | undefined
}

/** Five starts in ten minutes, each later than the one before. */
export function createRestarts(): Restarts {
  let deaths: readonly number[] = []
  return {
    next: (now) => {
      deaths = [...deaths.filter((at) => now - at < WITHIN_MS), now]
      return DELAYS_MS[deaths.length - 1]
    },
  }
}
