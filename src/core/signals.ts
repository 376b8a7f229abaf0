import type { NeedDraft, NeedOutcome } from './need.ts'
import { type Activity, type Exit, isLive, type Session, type Source, type Usage } from './session.ts'

/** What a backend reports about its agent. The host stamps time and generation and turns signals into facts. */
export type Signal =
  | { readonly type: 'ready'; readonly why: string; readonly source: Source }
  | {
      readonly type: 'activity'
      readonly activity: Activity
      readonly why: string
      readonly source: Source
      /** It works behind a turn that has ended. */
      readonly isTurnOver?: boolean
    }
  | { readonly type: 'need'; readonly need: NeedDraft; readonly source: Source }
  | { readonly type: 'need-gone'; readonly key: string; readonly outcome: NeedOutcome }
  | { readonly type: 'replied'; readonly text: string }
  | { readonly type: 'identified'; readonly resumeId: string }
  | { readonly type: 'used'; readonly usage: Usage }
  | { readonly type: 'exited'; readonly exit: Exit; readonly why: string }

const RANK: Record<Source, number> = {
  process: 0,
  operator: 0,
  host: 1,
  hook: 1,
  'status-file': 1,
  server: 1,
  title: 2,
  screen: 3,
  silence: 4,
}

/** Whether what an agent of this generation says is still about the session: the agent runs, and none was started after it. */
export function isCurrent(session: Session, generation: number): boolean {
  return session.generation === generation && isLive(session)
}

/** The strength of a source: 0 is strongest. */
export function rankOf(source: Source): number {
  return RANK[source]
}

/** Sources that speak of a session's life and not of what its agent does: they never outrank what follows. */
const LIFECYCLE: ReadonlySet<Source> = new Set(['process', 'host', 'operator'])

/**
 * Whether an activity signal may change a session. A weaker source is believed only while nothing stronger has spoken in this
 * generation, or when it speaks of what the stronger one left unknown.
 */
export function isBelieved(session: Session, source: Source): boolean {
  if (session.activity === 'unknown' || LIFECYCLE.has(session.source)) return true
  return rankOf(source) <= rankOf(session.source)
}
