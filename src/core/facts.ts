import { isAddress } from './address.ts'
import type { MessageId, NeedId, SessionId, WorkId } from './ids.ts'
import type { Message, Receipt } from './message.ts'
import type { Need, NeedOutcome } from './need.ts'
import type { NoticeFact } from './notice.ts'
import type { PoolFact } from './pool-state.ts'
import type { Activity, Exit, Session, Size, Snooze, Source, Usage } from './session.ts'
import type { WorkEnd, WorkPlace, WorkUnit } from './work.ts'
import type { WorktreeChanges } from './worktree.ts'

/**
 * Something that happened, in the past tense. Facts are ordered by sequence number, journalled before anyone is told, and
 * never lost; unknown types are ignored so that an older client survives a newer host.
 */
export type Fact =
  | PoolFact
  | NoticeFact
  | { readonly type: 'session.registered'; readonly session: Session }
  | {
      readonly type: 'session.launched'
      readonly id: SessionId
      readonly generation: number
      readonly pid?: number
      readonly processStart?: string
      /** Settings that have no effect on it, one line for each. */
      readonly settingsNotes?: readonly string[]
    }
  | { readonly type: 'session.ready'; readonly id: SessionId; readonly why: string; readonly source: Source }
  | {
      readonly type: 'session.activity-changed'
      readonly id: SessionId
      readonly activity: Activity
      readonly why: string
      readonly source: Source
      /** It works behind a turn that has ended. */
      readonly isTurnOver?: boolean
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
  | { readonly type: 'session.paused'; readonly id: SessionId; readonly why: string }
  | { readonly type: 'session.unpaused'; readonly id: SessionId; readonly why: string }
  /** It has ended and is started again `at` (milliseconds since the epoch); null = as soon as nothing holds it back. */
  | {
      readonly type: 'session.restart-planned'
      readonly id: SessionId
      readonly at: number | null
      readonly why: string
    }
  | { readonly type: 'session.restart-cancelled'; readonly id: SessionId; readonly why: string }
  | { readonly type: 'session.used'; readonly id: SessionId; readonly usage: Usage }
  /** Its worktree, when it came to rest. */
  | ({ readonly type: 'session.branch-changed'; readonly id: SessionId; readonly branch: string } & WorktreeChanges)
  | { readonly type: 'session.resized'; readonly id: SessionId; readonly size: Size }
  | {
      readonly type: 'session.exited'
      readonly id: SessionId
      readonly exit: Exit
      readonly why: string
      readonly failed: boolean
      /** It did not end for a reason of its own: its host ended under it, and the next one resumes it. */
      readonly isInterrupted?: true
    }
  | { readonly type: 'session.relaunched'; readonly id: SessionId; readonly generation: number; readonly why: string }
  | { readonly type: 'session.removed'; readonly id: SessionId }
  | { readonly type: 'work.queued'; readonly work: WorkUnit }
  /** `id` is the session that has it now. */
  | {
      readonly type: 'work.assigned'
      readonly id: SessionId
      readonly workId: WorkId
      readonly why: string
      /** It was handed over, not given out from the queue: where it belongs from now on, and what was said about it. */
      readonly handoff?: { readonly place: WorkPlace; readonly note?: string }
    }
  | { readonly type: 'work.accepted'; readonly id: SessionId; readonly workId: WorkId }
  /** Back in the queue: the session before it is gone, or has given it back. */
  | { readonly type: 'work.requeued'; readonly workId: WorkId; readonly why: string }
  /** Why it still waits. */
  | { readonly type: 'work.explained'; readonly workId: WorkId; readonly why: string }
  | {
      readonly type: 'work.ended'
      readonly workId: WorkId
      readonly status: WorkEnd
      readonly why: string
      readonly result: string | null
    }
  | { readonly type: 'message.queued'; readonly message: Message }
  | { readonly type: 'message.advanced'; readonly receipt: Receipt }
  /** A try to hand it over did not succeed, and nothing was typed; it still waits. */
  | { readonly type: 'message.held'; readonly messageId: MessageId; readonly why: string }
  /** It is not in the conversation of its session, which ended while or soon after it was handed over: it waits again. */
  | { readonly type: 'message.returned'; readonly messageId: MessageId; readonly why: string }
  /** Its session ended soon after it was seen, and is not known to have lost it. */
  | { readonly type: 'message.proven'; readonly messageId: MessageId }
  /** Its reader has dealt with it. */
  | { readonly type: 'message.acknowledged'; readonly messageId: MessageId; readonly by: string }
  | { readonly type: 'backend.changed'; readonly backend: string; readonly health: BackendHealth }

/** A fact with its place in the order of one host and the time it happened (milliseconds since the epoch). */
export interface Envelope {
  readonly seq: number
  readonly at: number
  readonly fact: Fact
}

/** Whether a backend can start sessions, and what the operator should know about it. */
export interface BackendHealth {
  /** `checking`: its program is looked for, or asked for its version. */
  readonly status: 'checking' | 'ready' | 'degraded' | 'unavailable'
  /** One sentence. */
  readonly detail: string
  readonly version?: string
  /** Absolute path of the program, when there is one. */
  readonly program?: string
}

/** The session a fact is about; undefined for a fact about the host, or about mail for an address. */
export function sessionOfFact(fact: Fact): SessionId | undefined {
  if ('id' in fact) return fact.id
  if (fact.type === 'session.registered') return fact.session.id
  if (fact.type === 'message.queued') return sessionOf(fact.message.to)
  return fact.type === 'message.advanced' ? sessionOf(fact.receipt.to) : undefined
}

function sessionOf(to: string): SessionId | undefined {
  return isAddress(to) ? undefined : (to as SessionId)
}
