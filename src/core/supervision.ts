import type { WorkFact } from './reduce-work.ts'
import type { RestartPolicy } from './rules.ts'
import type { WorkUnit } from './work.ts'

/** Sessions that a unit is given to before it is given up. */
export const MOST_ATTEMPTS = 3

/** Pause before the first restart; each one after it waits twice as long, up to the longest. */
export const FIRST_BACKOFF_MS = 30_000
export const LONGEST_BACKOFF_MS = 600_000

/** A session that ends so often within this time is not started again. */
export const CRASH_LOOP = { ends: 5, withinMs: 15 * 60_000 } as const

/** So many sessions that end unexpectedly within this time are one and the same trouble. */
export const MASS_DEATH = { ends: 3, withinMs: 30_000 } as const

/** What is done about a session that has ended. */
export type RestartVerdict =
  | { readonly type: 'rest' }
  | { readonly type: 'restart'; readonly afterMs: number }
  | { readonly type: 'loop'; readonly why: string }

/** How a session has ended, and when it did so before, this time included; milliseconds of process time. */
export interface RestartCase {
  readonly policy: RestartPolicy
  readonly isFailure: boolean
  readonly endsMs: readonly number[]
  readonly nowMs: number
}

/** The pause before the next try, after so many that failed. */
export function backoffMs(failures: number): number {
  return Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.max(0, failures - 1))
}

/** Whether, and when, a session that ended by itself is started again. */
export function restartVerdict({ policy, isFailure, endsMs, nowMs }: RestartCase): RestartVerdict {
  if (policy === 'never' || (policy === 'on-failure' && !isFailure)) return { type: 'rest' }
  const recent = within(endsMs, nowMs, CRASH_LOOP.withinMs)
  if (recent < CRASH_LOOP.ends) return { type: 'restart', afterMs: backoffMs(recent) }
  const minutes = CRASH_LOOP.withinMs / 60_000
  return { type: 'loop', why: `it ended ${recent} times within ${minutes} min and is not started again` }
}

/** Why everything is held back after so many unexpected ends; undefined = there is no reason to. */
export function massDeath(endsMs: readonly number[], nowMs: number): string | undefined {
  const recent = within(endsMs, nowMs, MASS_DEATH.withinMs)
  if (recent < MASS_DEATH.ends) return undefined
  return `${recent} sessions ended unexpectedly within ${MASS_DEATH.withinMs / 1000} s`
}

/** What becomes of open work whose session has ended by itself. */
export function workAfterEnd(
  unit: Pick<WorkUnit, 'id' | 'attempts'>,
  end: { readonly name: string; readonly why: string; readonly isDone: boolean },
): WorkFact {
  const { id: workId, attempts } = unit
  if (end.isDone) return { type: 'work.ended', workId, status: 'done', why: `${end.name} ${end.why}`, result: null }
  const why = `${end.name} ended (${end.why}), attempt ${attempts} of ${MOST_ATTEMPTS}`
  return attempts < MOST_ATTEMPTS ? { type: 'work.requeued', workId, why } : givenUp(unit, why)
}

/** A unit that failed too often: it stays in sight until the operator does something about it. */
export function givenUp({ id: workId }: Pick<WorkUnit, 'id'>, why: string): WorkFact {
  return { type: 'work.ended', workId, status: 'failed', why: `given up: ${why}`, result: null }
}

function within(endsMs: readonly number[], nowMs: number, spanMs: number): number {
  return endsMs.filter((endMs) => nowMs - endMs < spanMs).length
}
