import { type Explanation, isTransition, transitionsOf } from '../core/explain.ts'
import { sessionOfFact } from '../core/facts.ts'
import type { SessionId } from '../core/ids.ts'
import { type RawDraft, type RawSignal, rawSignal } from '../core/raw-signal.ts'
import type { Session } from '../core/session.ts'
import type { FactLog } from './fact-log.ts'

/** Raw signals kept for each session, and transitions whose origin is remembered. */
const KEPT = 60
/** Facts about one session in which its last transitions are looked for: most of them are about its replies and messages. */
const FACTS_READ = 300

interface Trail {
  readonly heard: RawSignal[]
  readonly origins: Map<number, RawSignal>
}

/** Remembers what was heard of each session, and which change came from what. Lost with the host: the facts are not. */
export interface Trails {
  /** Something was heard; what is concluded from it follows at once. */
  note(id: SessionId, raw: RawDraft): void
  explain(session: Session): Explanation
}

/** Empty trails that follow the facts of a host. */
export function createTrails(facts: FactLog, now: () => number): Trails {
  const trails = new Map<SessionId, Trail>()
  const note: Trails['note'] = (id, raw) => {
    const trail: Trail = trails.get(id) ?? { heard: [], origins: new Map() }
    trails.set(id, trail)
    trail.heard.push(rawSignal(raw, now()))
    if (trail.heard.length > KEPT) trail.heard.shift()
  }
  facts.onFact(({ seq, fact }) => {
    const id = sessionOfFact(fact)
    if (id === undefined) return
    if (fact.type === 'session.removed') trails.delete(id)
    if (fact.type === 'session.registered')
      note(id, { source: 'operator', what: 'spawn', detail: fact.session.backend })
    const trail = trails.get(id)
    const last = trail?.heard.at(-1)
    if (trail === undefined || last === undefined || !isTransition(fact)) return
    trail.origins.set(seq, last)
    for (const old of trail.origins.keys()) if (trail.origins.size > KEPT) trail.origins.delete(old)
  })
  return {
    note,
    explain(session) {
      const trail = trails.get(session.id)
      const transitions = transitionsOf(session, facts.about(session.id, FACTS_READ), (seq) => trail?.origins.get(seq))
      return { session, transitions, heard: trail?.heard.slice() ?? [] }
    },
  }
}
