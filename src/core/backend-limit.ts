import { isBudgetNeed } from './budgets.ts'
import { type Fleet, sessionsOf } from './fleet.ts'
import type { NeedDraft } from './need.ts'
import { isLive, type Session } from './session.ts'

/**
 * How long a limit that an agent met counts against its backend, in milliseconds. When it ends stands in words of the provider at
 * best; after this time one more session is tried, which meets it again if it still holds.
 */
export const LIMIT_STANDS_MS = 15 * 60_000

/** Whether a need says that the provider takes no more for now. What our own budgets say concerns one session, or is a pause of the pool. */
export function isProviderLimit(need: Pick<NeedDraft, 'kind' | 'key'>): boolean {
  return need.kind === 'limited' && !isBudgetNeed(need)
}

/** A session that lately met a limit of its provider; none = nothing is known against the backend. */
export function limitedSession(fleet: Fleet, backend: string, now: number): Session | undefined {
  return sessionsOf(fleet).find(
    (session) =>
      session.backend === backend &&
      isLive(session) &&
      session.need !== undefined &&
      isProviderLimit(session.need) &&
      now - session.need.raisedAt < LIMIT_STANDS_MS,
  )
}
