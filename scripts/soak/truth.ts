import type { Standing } from './standing.ts'

/** What is true of a session from a moment on. */
export interface Belief {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Several where nobody can know which of them it is. */
  readonly allowed: readonly Standing[]
  readonly why: string
  /** How long after `at` what was true before may still be told. */
  readonly withinMs: number
}

/** What is known of one session without asking the host. */
export interface Truth {
  is(allowed: Standing | readonly Standing[], why: string, options?: { readonly withinMs?: number }): void
  readonly now: Belief
  /** The last few, newest first. */
  readonly beliefs: readonly Belief[]
  /** Whether a host may say this at that moment. */
  isRight(standing: Standing, at: number): boolean
}

const KEPT = 12

/** A session that is being started. */
export function createTruth(toleranceMs: number): Truth {
  let beliefs: readonly Belief[] = [
    { at: Date.now(), allowed: ['starting'], why: 'it is started', withinMs: toleranceMs },
  ]
  return {
    is(allowed, why, { withinMs = toleranceMs } = {}) {
      const list = typeof allowed === 'string' ? [allowed] : allowed
      beliefs = [{ at: Date.now(), allowed: list, why, withinMs }, ...beliefs].slice(0, KEPT)
    },
    get now() {
      return beliefs[0] as Belief
    },
    get beliefs() {
      return beliefs
    },
    isRight(standing, at) {
      for (const belief of beliefs) {
        if (belief.at > at) continue
        if (belief.allowed.includes(standing)) return true
        if (at - belief.at >= belief.withinMs) return false
      }
      return true
    },
  }
}
