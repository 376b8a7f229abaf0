import type { CostReport, CostRequest } from '../core/costs.ts'
import type { Explanation } from '../core/explain.ts'
import type { Envelope } from '../core/facts.ts'
import type { Fleet } from '../core/fleet.ts'
import type { Identity } from '../core/identity.ts'
import type { MessageId, NeedId, SessionId, WorkId } from '../core/ids.ts'
import type { OutgoingMessage, Receipt } from '../core/message.ts'
import type { MetricsReport } from '../core/metrics.ts'
import type { Answer } from '../core/need.ts'
import type { Leftover } from '../core/notice.ts'
import type {
  ForkRequest,
  HostHealth,
  ScreenRequest,
  ScreenText,
  SessionFilter,
  SnoozeLength,
} from '../core/orchestrator.ts'
import type { Session, Size, SpawnRequest } from '../core/session.ts'
import type { PaneView } from '../core/viewer.ts'
import type { WorkOrder, WorkUnit } from '../core/work.ts'
import type { Handoff, PoolStatus, WorkOutcome, WorkRequest } from '../core/work-verbs.ts'
import type { WorktreeInfo } from '../core/worktree.ts'

/** Bumped whenever a request, notification or picture changes in a way that an older peer would misread. */
export const PROTOCOL_VERSION = 1

/** Every request a client may make of a host: name → parameters and result. A missing handler is a compile error. */
export interface Requests {
  /** First request on every connection; refused with `host.other-version` when the versions do not fit. */
  'host/hello': {
    params: { readonly protocol: number; readonly version: string; readonly identity?: Identity }
    /** `run` names the life of this process: a later one may have lost the last facts of this one with its machine. */
    result: { readonly version: string; readonly hostName: string; readonly pid: number; readonly run: string }
  }
  'host/health': { params: Record<string, never>; result: HostHealth }
  /** Ends every session and the host; answers when no agent is left. */
  'host/end-leftovers': { params: Record<string, never>; result: readonly Leftover[] }
  'host/stop': { params: Record<string, never>; result: Record<string, never> }
  'session/spawn': { params: SpawnRequest; result: SessionId }
  'session/terminate': {
    params: { readonly id: SessionId; readonly isForced?: boolean }
    result: Record<string, never>
  }
  'session/get': { params: { readonly id: SessionId }; result: Session }
  'session/list': { params: { readonly filter?: SessionFilter }; result: readonly Session[] }
  'session/assign': { params: { readonly id: SessionId; readonly work: WorkOrder }; result: Receipt }
  'session/interrupt': { params: { readonly id: SessionId }; result: Record<string, never> }
  'session/resume': { params: { readonly id: SessionId }; result: Record<string, never> }
  'session/fork': { params: { readonly id: SessionId } & ForkRequest; result: SessionId }
  'session/pause': { params: { readonly id: SessionId }; result: Record<string, never> }
  'session/unpause': { params: { readonly id: SessionId }; result: Record<string, never> }
  'session/read': { params: { readonly id: SessionId }; result: Record<string, never> }
  'session/unread': { params: { readonly id: SessionId }; result: Record<string, never> }
  /** Without `length` the session is back. */
  'session/snooze': {
    params: { readonly id: SessionId; readonly length?: SnoozeLength }
    result: Record<string, never>
  }
  'session/favour': {
    params: { readonly id: SessionId; readonly isFavourite: boolean }
    result: Record<string, never>
  }
  'session/urge': { params: { readonly id: SessionId; readonly isUrgent: boolean }; result: Record<string, never> }
  /** The last facts about one session, at most `limit`, oldest first. */
  'session/history': {
    params: { readonly id: SessionId; readonly limit: number }
    result: readonly Envelope[]
  }
  'session/screen': { params: { readonly id: SessionId } & ScreenRequest; result: ScreenText }
  'session/explain': { params: { readonly id: SessionId }; result: Explanation }
  'session/focus': { params: { readonly id: SessionId; readonly size: Size }; result: Record<string, never> }
  'need/answer': {
    params: { readonly id: SessionId; readonly needId: NeedId; readonly answer: Answer }
    result: Record<string, never>
  }
  'message/send': { params: { readonly id: SessionId; readonly message: OutgoingMessage }; result: Receipt }
  'message/broadcast': {
    params: { readonly ids: readonly SessionId[]; readonly message: OutgoingMessage }
    result: readonly Receipt[]
  }
  'message/mail': { params: { readonly to: string; readonly message: OutgoingMessage }; result: Receipt }
  'message/cancel': { params: { readonly id: MessageId }; result: Receipt }
  'message/resend': { params: { readonly id: MessageId }; result: Receipt }
  'message/acknowledge': { params: { readonly id: MessageId; readonly by: string }; result: Record<string, never> }
  'message/receipt': { params: { readonly id: MessageId }; result: Receipt }
  /** Answers when it is decided whether somebody has it at once. */
  'work/queue': { params: WorkRequest; result: WorkUnit }
  /** A program inside a session ends, and hands over, only what that session has. */
  'work/end': { params: { readonly id: WorkId } & WorkOutcome; result: WorkUnit }
  'work/retry': { params: { readonly id: WorkId }; result: WorkUnit }
  'work/reassign': { params: { readonly id: WorkId } & Handoff; result: WorkUnit }
  /** The units that have moved. */
  'work/rebalance': { params: { readonly rig?: string }; result: readonly WorkUnit[] }
  'pool/status': { params: Record<string, never>; result: PoolStatus }
  'pool/drain': { params: Record<string, never>; result: PoolStatus }
  'pool/resume': { params: Record<string, never>; result: PoolStatus }
  'worktree/list': { params: Record<string, never>; result: readonly WorktreeInfo[] }
  /** By id, the start of an id, or `rig/name`. */
  'worktree/remove': {
    params: { readonly id: string; readonly isForced?: boolean }
    result: { readonly archive: string | null }
  }
  'worktree/restore': { params: { readonly id: string }; result: WorktreeInfo }
  'costs/report': { params: CostRequest; result: CostReport }
  'metrics/report': { params: Record<string, never>; result: MetricsReport }
  /** Starts `fact` notifications after `since` (of this same run of the host), or after the snapshot in the result when `since` is absent or too old. */
  'facts/subscribe': {
    params: { readonly since?: number }
    result: { readonly fleet?: Fleet; readonly replay?: readonly Envelope[] }
  }
  'facts/unsubscribe': { params: Record<string, never>; result: Record<string, never> }
  /** The journalled facts after `since`, oldest first, at most `limit`. */
  'facts/list': { params: { readonly since?: number; readonly limit?: number }; result: readonly Envelope[] }
}

export type RequestName = keyof Requests
export type Params<Name extends RequestName> = Requests[Name]['params']
export type Result<Name extends RequestName> = Requests[Name]['result']

/** What a host tells a client unasked. */
export interface HostNotifications {
  fact: Envelope
  /** The host is about to close this connection for this reason. */
  'host/stopping': { readonly why: string }
}

/** What a client tells a host without an answer. */
export interface ClientNotifications {
  'panes/set': { readonly panes: readonly PaneView[] }
  'panes/drawn': { readonly frame: number }
  'session/blur': { readonly id: SessionId }
}

/**
 * A frame on a connection: u32 little-endian length of what follows, one type byte, payload.
 * - control: UTF-8 JSON, one of the three messages below
 * - pictures: u32 frame number, then for each picture u8 surface, u32 length, packed picture (see picture.ts); answered
 *   with `panes/drawn`
 * - input: 26 ASCII characters of session id, then the bytes to type
 * - part: u32 id of an answer that is too long for one frame, u8 1 for its last part, then bytes of its control message
 */
export const FRAME = { control: 0, pictures: 1, input: 2, part: 3 } as const

/** Longest frame either side accepts; a longer one closes the connection. */
export const MAX_FRAME_BYTES = 16 * 1024 * 1024

/** Longest frame that a host accepts from a client, which never needs to say as much as it is told. */
export const MAX_REQUEST_BYTES = 4 * 1024 * 1024

export type ControlMessage =
  | { readonly id: number; readonly request: string; readonly params: unknown }
  | { readonly id: number; readonly result: unknown }
  | {
      readonly id: number
      readonly error: {
        readonly code: string
        readonly message: string
        readonly data: Readonly<Record<string, unknown>>
      }
    }
  | { readonly notify: string; readonly params: unknown }
