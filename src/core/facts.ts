import type { NeedId, SessionId, WorkId } from './ids.ts'
import type { Message, Receipt } from './message.ts'
import type { Need, NeedOutcome } from './need.ts'
import type { Activity, Exit, Session, Size, Snooze, Source, Usage } from './session.ts'
import type { WorkStatus, WorkUnit } from './work.ts'

/**
 * Something that happened, in the past tense. Facts are ordered by sequence number, journalled before anyone is told, and
 * never lost; unknown types are ignored so that an older client survives a newer host.
 */
export type Fact =
  | { readonly type: 'session.registered'; readonly session: Session }
  | { readonly type: 'session.launched'; readonly id: SessionId; readonly generation: number; readonly pid?: number }
  | { readonly type: 'session.ready'; readonly id: SessionId; readonly why: string; readonly source: Source }
  | {
      readonly type: 'session.activity-changed'
      readonly id: SessionId
      readonly activity: Activity
      readonly why: string
      readonly source: Source
    }
  | { readonly type: 'session.need-raised'; readonly id: SessionId; readonly need: Need; readonly source: Source }
  | {
      readonly type: 'session.need-cleared'
      readonly id: SessionId
      readonly needId: NeedId
      readonly outcome: NeedOutcome
    }
  | { readonly type: 'session.identified'; readonly id: SessionId; readonly resumeId: string }
  | { readonly type: 'session.replied'; readonly id: SessionId; readonly text: string }
  | { readonly type: 'session.read'; readonly id: SessionId }
  | { readonly type: 'session.marked-unread'; readonly id: SessionId }
  /** Without `snooze` it is back. */
  | { readonly type: 'session.snoozed'; readonly id: SessionId; readonly snooze?: Snooze; readonly why: string }
  | { readonly type: 'session.favoured'; readonly id: SessionId; readonly isFavourite: boolean }
  | { readonly type: 'session.urged'; readonly id: SessionId; readonly isUrgent: boolean }
  | { readonly type: 'session.used'; readonly id: SessionId; readonly usage: Usage }
  | { readonly type: 'session.resized'; readonly id: SessionId; readonly size: Size }
  | {
      readonly type: 'session.exited'
      readonly id: SessionId
      readonly exit: Exit
      readonly why: string
      readonly failed: boolean
    }
  | { readonly type: 'session.relaunched'; readonly id: SessionId; readonly generation: number; readonly why: string }
  | { readonly type: 'session.removed'; readonly id: SessionId }
  | { readonly type: 'work.assigned'; readonly id: SessionId; readonly work: WorkUnit }
  | { readonly type: 'work.changed'; readonly id: SessionId; readonly workId: WorkId; readonly status: WorkStatus }
  | { readonly type: 'message.queued'; readonly message: Message }
  | { readonly type: 'message.advanced'; readonly receipt: Receipt }
  | { readonly type: 'backend.changed'; readonly backend: string; readonly health: BackendHealth }

/** A fact with its place in the order of one host and the time it happened (milliseconds since the epoch). */
export interface Envelope {
  readonly seq: number
  readonly at: number
  readonly fact: Fact
}

/** Whether a backend can start sessions, and what the operator should know about it. */
export interface BackendHealth {
  readonly status: 'ready' | 'degraded' | 'unavailable'
  /** One sentence. */
  readonly detail: string
  readonly version?: string
  /** Absolute path of the program, when there is one. */
  readonly program?: string
}

/** The session a fact is about; undefined for a fact about the host. */
export function sessionOfFact(fact: Fact): SessionId | undefined {
  if ('id' in fact) return fact.id
  if (fact.type === 'session.registered') return fact.session.id
  if (fact.type === 'message.queued') return fact.message.to
  return fact.type === 'message.advanced' ? fact.receipt.to : undefined
}
