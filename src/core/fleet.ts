import type { BackendHealth } from './facts.ts'
import type { MessageId, SessionId, WorkId } from './ids.ts'
import type { Delivery } from './message.ts'
import type { Notices } from './notice.ts'
import type { PoolState } from './pool-state.ts'
import { isPresent, type Session } from './session.ts'
import type { WorkUnit } from './work.ts'

/** All that a host knows, as plain data: the state that facts are reduced into, on the host and in every client alike. */
export interface Fleet {
  /** Sequence number of the last fact applied; 0 before any. */
  readonly seq: number
  readonly sessions: Readonly<Record<SessionId, Session>>
  /** Recent messages by id; bounded, oldest finished ones leave first. */
  readonly deliveries: Readonly<Record<MessageId, Delivery>>
  readonly backends: Readonly<Record<string, BackendHealth>>
  /** Open work, and recently ended. */
  readonly work: Readonly<Record<WorkId, WorkUnit>>
  /** Absent until something has held it back. */
  readonly pool?: PoolState
  /** What the host says about itself; absent until there was something. */
  readonly notices?: Notices
}

export const EMPTY_FLEET: Fleet = { seq: 0, sessions: {}, deliveries: {}, backends: {}, work: {} }

/** Finished messages that a fleet keeps; older ones live on in the journal only. */
export const DELIVERIES_KEPT = 500

/** Characters of finished messages that a fleet keeps: each client gets them all when it connects. */
export const TEXT_KEPT = 8 * 1024 * 1024

/** Units of work that a fleet keeps; older ended ones live on in the journal only. */
export const WORK_KEPT = 500

/** Sessions in the order they were started. */
export function sessionsOf(fleet: Fleet): readonly Session[] {
  return Object.values(fleet.sessions).sort((a, b) => a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1))
}

/** Names in a rig that somebody has or had: a new one that is chosen for a session must not keep an ended one from coming back. */
export function namesListed(fleet: Fleet, rig: string): ReadonlySet<string> {
  const listed = sessionsOf(fleet).filter((session) => session.rig === rig)
  return new Set(listed.map(({ agentName }) => agentName))
}

/** Names in a rig that nobody else can have: those of sessions that are there or about to come back. */
export function namesTaken(fleet: Fleet, rig: string): ReadonlySet<string> {
  const present = sessionsOf(fleet).filter((session) => session.rig === rig && isPresent(session))
  return new Set(present.map(({ agentName }) => agentName))
}
