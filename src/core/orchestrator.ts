import type { Explanation } from './explain.ts'
import type { BackendHealth, Envelope } from './facts.ts'
import type { Fleet } from './fleet.ts'
import type { MessageId, NeedId, SessionId } from './ids.ts'
import type { MeasureVerbs } from './measure-verbs.ts'
import type { OutgoingMessage, Receipt } from './message.ts'
import type { Answer } from './need.ts'
import type { Leftover, Notice } from './notice.ts'
import type { Activity, Session, SessionState, Size, SpawnRequest } from './session.ts'
import type { WorkOrder } from './work.ts'
import type { WorkVerbs } from './work-verbs.ts'

export interface SessionFilter {
  readonly backend?: string
  readonly rig?: string
  readonly role?: string
  readonly state?: SessionState
  readonly activity?: Activity
}

/** What a subscriber gets: first one snapshot, then every fact after it, in order and without a gap. */
export type FactUpdate =
  | { readonly type: 'snapshot'; readonly fleet: Fleet }
  | { readonly type: 'fact'; readonly envelope: Envelope }

export interface ScreenRequest {
  /** How many lines from the bottom, scrollback included; absent = the visible screen. */
  readonly lines?: number
  /** Keep colours as SGR sequences. */
  readonly ansi?: boolean
}

export interface ScreenText {
  readonly size: Size
  readonly title: string
  readonly lines: readonly string[]
}

/** How long a session is put aside: for a time, or until it does or says something else. */
export type SnoozeLength = { readonly ms: number } | 'until-change'

/** What a caller says of a copy; the host fills in what is absent. */
export interface ForkRequest {
  readonly agentName?: string
  /** First prompt of the copy. */
  readonly prompt?: string
}

export interface HostHealth {
  readonly version: string
  readonly pid: number
  readonly hostName: string
  readonly socket: string
  readonly sessions: number
  readonly uptimeMs: number
  readonly backends: Readonly<Record<string, BackendHealth>>
  readonly notices: readonly Notice[]
  /** Processes that sessions of an earlier host left behind. */
  readonly leftovers: readonly Leftover[]
}

/**
 * Starts, steers and ends sessions. The host implements it in its own process; a client implements it over a connection; both
 * pass one contract suite. Every method rejects with a ControlError that names what was not done.
 */
export interface Orchestrator extends WorkVerbs, MeasureVerbs {
  readonly name: string
  /** Resolves when the agent is ready for work; on any failure nothing is left behind. */
  spawnSession(request: SpawnRequest): Promise<SessionId>
  /** Ends the agent gracefully within 5 s, then by force; `isForced` skips the grace. Resolves when no process is left. */
  terminateSession(id: SessionId, options?: { readonly isForced?: boolean }): Promise<void>
  getSession(id: SessionId): Promise<Session>
  listSessions(filter?: SessionFilter): Promise<readonly Session[]>
  /** Hands a work unit to a session; its receipt follows the delivery of the prompt. */
  assignWork(id: SessionId, work: WorkOrder): Promise<Receipt>
  sendMessage(id: SessionId, message: OutgoingMessage): Promise<Receipt>
  /** One receipt for each recipient, in order; one that fails does not keep the others from theirs. */
  broadcastMessage(ids: readonly SessionId[], message: OutgoingMessage): Promise<readonly Receipt[]>
  healthCheck(): Promise<HostHealth>
  /** Ends the processes that sessions of an earlier host left behind; resolves with what they were. */
  endLeftovers(): Promise<readonly Leftover[]>
  /** Calls the listener with a snapshot, then with every later fact, until the returned function is called. */
  subscribe(listener: (update: FactUpdate) => void): Promise<() => void>
  /** Answers a need; refused with `need.gone` when the session no longer asks exactly that. */
  answer(id: SessionId, needId: NeedId, answer: Answer): Promise<void>
  /** Stops the agent's turn, not the agent. */
  interrupt(id: SessionId): Promise<void>
  /** Starts an ended session again, with its conversation where the backend can. */
  resume(id: SessionId): Promise<void>
  /** Starts another session with a copy of the conversation, in the same directory; resolves when it is ready. */
  fork(id: SessionId, request?: ForkRequest): Promise<SessionId>
  /** Leaves the agent and its running turn alone, and delivers and assigns nothing to it; needs can still be answered. */
  pause(id: SessionId): Promise<void>
  /** Ends a pause: what waited is delivered. */
  unpause(id: SessionId): Promise<void>
  screen(id: SessionId, request?: ScreenRequest): Promise<ScreenText>
  /** Why a session is what it is: its last changes, each with the raw signal it was concluded from. */
  explain(id: SessionId): Promise<Explanation>
  /** Where a message is now. */
  receipt(id: MessageId): Promise<Receipt>
  /**
   * Mail for an address (`mayor/`, `rig/witness`, `rig/name`; see address.ts) or for a session by any of its names. It is
   * kept until somebody is there, and read at a turn boundary.
   */
  sendMail(to: string, message: OutgoingMessage): Promise<Receipt>
  /** Takes back a message that still waits; refused with `message.not-queued` once it is on its way. */
  cancelMessage(id: MessageId): Promise<Receipt>
  /** Sends a message that was given up once more, as a new one; refused with `message.not-dead` for any other. */
  resendMessage(id: MessageId): Promise<Receipt>
  /** Notes that a message was dealt with. */
  acknowledge(id: MessageId, by: string): Promise<void>
  /** Marks the last reply as looked at. */
  markRead(id: SessionId): Promise<void>
  /** Marks the session as not looked at, as after a reply. */
  markUnread(id: SessionId): Promise<void>
  /** Puts a session aside until then, or (undefined) brings it back; it comes back by itself as soon as it asks something new. */
  snooze(id: SessionId, length: SnoozeLength | undefined): Promise<void>
  /** Makes a session the first of its tier, or one like the others again. */
  setFavourite(id: SessionId, isFavourite: boolean): Promise<void>
  /** Puts a session before all others, or back to its place. */
  setUrgent(id: SessionId, isUrgent: boolean): Promise<void>
  /** The last facts about a session, at most `limit`, oldest first. */
  history(id: SessionId, limit: number): Promise<readonly Envelope[]>
}
