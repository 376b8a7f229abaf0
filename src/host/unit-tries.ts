import type { WorkId } from '../core/ids.ts'
import { backoffMs } from '../core/supervision.ts'
import type { ProcessClock } from './process-clock.ts'

/** A backend that could not do a unit, and when it may be tried again; never, when another one is there to try. */
interface Try {
  readonly why: string
  readonly count: number
  readonly againAt: number
}

/** Which backends have been tried for which unit in vain, so that no unit goes round in circles. */
export interface UnitTries {
  /** Why this backend is not to be tried for the unit now. */
  problem(id: WorkId, backend: string): string | undefined
  /** Notes a failure; resolves to how often this backend has failed for the unit. */
  note(id: WorkId, backend: string, failure: { readonly why: string; readonly isFinal: boolean }): number
  /** The unit begins anew, or has ended. */
  forget(id: WorkId): void
  /** Milliseconds until the next of them may be tried again. */
  nextMs(): number
}

/** Remembers in this process: after a restart of the host every backend has a fresh chance. */
export function createUnitTries(clock: ProcessClock): UnitTries {
  const tries = new Map<WorkId, Map<string, Try>>()
  return {
    problem(id, backend) {
      const tried = tries.get(id)?.get(backend)
      return tried !== undefined && tried.againAt > clock.now() ? tried.why : undefined
    },
    note(id, backend, { why, isFinal }) {
      const ofUnit = tries.get(id) ?? new Map<string, Try>()
      const count = (ofUnit.get(backend)?.count ?? 0) + 1
      const againAt = isFinal ? Number.POSITIVE_INFINITY : clock.now() + backoffMs(count)
      ofUnit.set(backend, { why, count, againAt })
      tries.set(id, ofUnit)
      return count
    },
    forget: (id) => void tries.delete(id),
    nextMs() {
      const times = [...tries.values()].flatMap((ofUnit) => [...ofUnit.values()].map(({ againAt }) => againAt))
      return Math.min(Number.POSITIVE_INFINITY, ...times.filter((at) => at > clock.now())) - clock.now()
    },
  }
}
