import { sessionOfFact } from '../core/facts.ts'
import { sessionsOf } from '../core/fleet.ts'
import { needId, type SessionId } from '../core/ids.ts'
import type { NeedDraft } from '../core/need.ts'
import { isLive } from '../core/session.ts'
import type { FactLog } from './fact-log.ts'

export interface NeedsAtRestOptions {
  readonly facts: FactLog
  readonly now: () => number
  readonly newId: () => string
}

/** What the host has to tell the operator about sessions, one thing for each; the last one counts. */
export interface NeedsAtRest {
  /** Raises the need as soon as the session rests and wants nothing else; never when it ends before. */
  raise(id: SessionId, draft: NeedDraft): void
  /** What this was about has been seen to: it is neither raised any more nor shown. */
  withdraw(key: string): void
  close(): void
}

/** Nothing is shown over a dialog, and what an agent at work is told about would be over with its next step. */
export function createNeedsAtRest({ facts, now, newId }: NeedsAtRestOptions): NeedsAtRest {
  const untold = new Map<SessionId, NeedDraft>()
  const tell = (id: SessionId): void => {
    const draft = untold.get(id)
    const session = facts.fleet.sessions[id]
    if (draft === undefined) return
    if (session === undefined || !isLive(session)) {
      untold.delete(id)
      return
    }
    if (session.state !== 'running' || session.activity !== 'idle' || session.need !== undefined) return
    untold.delete(id)
    const need = { ...draft, id: needId(newId()), raisedAt: now() }
    facts.append({ type: 'session.need-raised', id, need, source: 'host' })
  }
  const close = facts.onFact(({ fact }) => {
    const id = sessionOfFact(fact)
    if (id !== undefined && untold.size > 0) tell(id)
  })
  return {
    close,
    raise(id, draft) {
      untold.set(id, draft)
      tell(id)
    },
    withdraw(key) {
      for (const [id, draft] of untold) if (draft.key === key) untold.delete(id)
      for (const { id, need } of sessionsOf(facts.fleet))
        if (need?.key === key) facts.append({ type: 'session.need-cleared', id, needId: need.id, outcome: 'withdrawn' })
    },
  }
}
