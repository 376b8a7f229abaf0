import { sessionsOf } from '../core/fleet.ts'
import { isLive, type Session } from '../core/session.ts'
import { isOpen } from '../core/work.ts'
import type { FactLog } from './fact-log.ts'
import type { LiveSessions } from './live-sessions.ts'

/** Ended sessions whose screens are kept in memory; what the others showed last is read from the disk when somebody looks. */
const SCREENS_KEPT = 20

/** Ended sessions of the pool that stay in the list. Those that the operator started stay until the operator removes them. */
const POOLED_KEPT = 50

export interface EndedSessionsOptions {
  readonly facts: FactLog
  readonly live: Pick<LiveSessions, 'get' | 'release'>
}

/** Sees to it, for as long as there are facts, that a host which lives for weeks does not keep all that ever ran. */
export function tidyEndedSessions({ facts, live }: EndedSessionsOptions): void {
  facts.onFact(({ fact }) => {
    if (fact.type !== 'session.exited') return
    const ended = sessionsOf(facts.fleet)
      .filter((session) => !isLive(session) && session.interruption === undefined)
      .sort((a, b) => b.since - a.since)
    for (const { id } of ended.slice(SCREENS_KEPT)) if (live.get(id) !== undefined) live.release(id)
    for (const { id } of ended.filter(isForgettable).slice(POOLED_KEPT)) {
      live.release(id)
      facts.append({ type: 'session.removed', id })
    }
  })
}

/** Nothing of it is left to see to: no worktree, no need, no unread result, no open work, no planned restart. */
function isForgettable(session: Session): boolean {
  const { state, isPooled, sourceDir, need, unread, restartAt, isFavourite, workUnits } = session
  const isOver = state === 'stopped' && sourceDir === undefined && restartAt === undefined && !workUnits.some(isOpen)
  return isPooled === true && isOver && need === undefined && !unread && isFavourite !== true
}
