import type { SessionId } from './ids.ts'
import type { Need } from './need.ts'
import type { WorkOrder, WorkUnit } from './work.ts'
import type { WorktreeChanges } from './worktree.ts'

export type SessionState = 'starting' | 'running' | 'paused' | 'stopped' | 'failed'

/** The second axis, meaningful only while a session runs. */
export type Activity = 'working' | 'waiting' | 'idle' | 'unknown'

/**
 * Where a piece of state came from, best first. A weaker source never overrides a stronger one of the same generation
 * (see `rankOf` in signals.ts).
 */
export type Source =
  | 'process'
  | 'hook'
  | 'status-file'
  | 'server'
  | 'title'
  | 'screen'
  | 'silence'
  | 'host'
  | 'operator'

/** What a session did, and what it wanted, at the moment its host ended. */
export interface Interruption {
  readonly activity: Activity
  /** Only one that is still there when the session is back: no prompt of an agent outlives the agent. */
  readonly need?: Need
  /** Its process, which may have outlived the host. */
  readonly agent?: { readonly pid: number; readonly processStart: string }
}

export interface Size {
  readonly cols: number
  readonly rows: number
}

/** The size of a session's terminal until a room says otherwise. */
export const DEFAULT_SIZE: Size = { cols: 120, rows: 40 }

export interface Exit {
  readonly code: number | undefined
  readonly signal: string | undefined
}

/** What one model used in one conversation, from its beginning on: it only grows. */
export interface UsagePart {
  /** The agent's own name of the conversation; empty where a session has only one. */
  readonly conversation: string
  readonly model?: string
  /** What was read from the model's cache or written into it included. */
  readonly inputTokens: number
  readonly outputTokens: number
  /** US dollars, as far as they are known. */
  readonly costUsd: number
  /** Tokens whose price nobody knows; they are not in `costUsd`. */
  readonly unpricedTokens: number
}

/** Tokens and money of one session as its agent reports them; a field that the agent does not report is absent. */
export interface Usage {
  readonly inputTokens?: number
  readonly outputTokens?: number
  /** US dollars. */
  readonly costUsd?: number
  /** Share of the model's context in use, 0–100. */
  readonly contextPercent?: number
  readonly model?: string
  /** What the sums are made of, where the agent tells conversations and models apart. */
  readonly parts?: readonly UsagePart[]
}

/** A session that the operator does not want to see for now; without `until` (milliseconds since the epoch) until it changes. */
export interface Snooze {
  readonly until?: number
}

/** Whose conversation was copied, and the agent's own id of it. */
export interface Origin {
  readonly id: SessionId
  readonly resumeId: string
}

/** Everything known about one session. Plain data: it crosses the wire and is journalled as it is. */
export interface Session {
  readonly id: SessionId
  /** Counts launches of this session: signals of an earlier generation are ignored. */
  readonly generation: number
  readonly backend: string
  readonly role: string
  readonly agentName: string
  readonly rig: string
  readonly workDir: string
  /** Extra program arguments the operator gave after `--`. */
  readonly args: readonly string[]
  /** The machine whose host owns this session. */
  readonly host: string
  readonly state: SessionState
  readonly activity: Activity
  /** Why the state and activity are what they are, in words for the operator. */
  readonly why: string
  readonly source: Source
  /** When state or activity last changed; milliseconds since the epoch. */
  readonly since: number
  readonly startedAt: number
  readonly size: Size
  readonly workUnits: readonly WorkUnit[]
  /** Messages that wait to be delivered. */
  readonly queuedMessages: number
  readonly need?: Need
  readonly pid?: number
  /** When the process started, as the system counts it: with the pid it names one process for good. */
  readonly processStart?: string
  /** The agent's own id of the conversation. */
  readonly resumeId?: string
  /** What it was started with, until its agent has replied once: a conversation that was lost by then begins with it again. */
  readonly firstPrompt?: string
  readonly branch?: string
  /** What its worktree has that nothing else has, as it was when it last came to rest. */
  readonly changes?: WorktreeChanges
  /** Where it was asked to work, when it works in a worktree that was made from there. */
  readonly sourceDir?: string
  /** The session whose conversation it began with a copy of. */
  readonly origin?: Origin
  readonly exit?: Exit
  /** Its host ended under it. Until it runs again. */
  readonly interruption?: Interruption
  readonly usage?: Usage
  /** The agent's last reply, whole; `unread` until the operator has looked at the session. */
  readonly lastReply?: string
  readonly unread: boolean
  /** It works, but its turn has ended: something goes on in the background. */
  readonly isTurnOver?: boolean
  /** Before all others, whatever it does. */
  readonly isUrgent?: boolean
  /** First in its tier. */
  readonly isFavourite?: boolean
  readonly snooze?: Snooze
  /** Nothing is delivered to it and it gets no work until the operator ends the pause. */
  readonly isPaused?: boolean
  /** Started by the pool, which ends it when it has been idle for long. */
  readonly isPooled?: boolean
  /** Settings that had no effect on its last start, one line for each. */
  readonly settingsNotes?: readonly string[]
  /** It has ended, and the rules of its role start it again then (milliseconds since the epoch); null = as soon as nothing holds it back. */
  readonly restartAt?: number | null
}

/** What a caller asks for when it starts a session; the host fills in what is absent. */
export interface SpawnRequest {
  readonly backend?: string
  readonly role?: string
  readonly rig?: string
  readonly workDir?: string
  readonly agentName?: string
  /** First prompt, given to the agent as it starts. */
  readonly prompt?: string
  readonly initialWork?: WorkOrder
  readonly size?: Size
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly remoteHost?: string
}

/** The JSON shape of a session in `agents --json`, `spawn --json` and `events --json`. */
export interface SessionInfo {
  readonly id: string
  readonly backend: string
  readonly role: string
  readonly agentName: string
  readonly rig: string
  readonly state: SessionState
  /** ISO 8601. */
  readonly startedAt: string
  readonly location: 'local' | 'remote'
  readonly workUnits: readonly WorkUnit[]
  readonly pid: number | null
  readonly remoteHost: string | null
  readonly activity: Activity
  readonly why: string
  readonly source: Source
  /** ISO 8601. */
  readonly since: string
  readonly need: Need | null
  readonly host: string
  readonly resumeId: string | null
  readonly workDir: string
  readonly branch: string | null
  /** What its worktree has that nothing else has; null without a worktree, and until it has come to rest once. */
  readonly changes: WorktreeChanges | null
  /** Id of the session whose conversation it began with a copy of. */
  readonly origin: string | null
  /** When the rules of its role start it again after it ended, ISO 8601; null when they do not, or when a pause holds it back. */
  readonly restartAt: string | null
  /** US dollars, null when the agent has not reported any. */
  readonly cost: number | null
}

/** A session in its JSON shape; `localHost` is the name of the machine that prints it. */
export function toSessionInfo(session: Session, localHost: string): SessionInfo {
  const isLocal = session.host === localHost
  return {
    id: session.id,
    backend: session.backend,
    role: session.role,
    agentName: session.agentName,
    rig: session.rig,
    state: session.state,
    startedAt: new Date(session.startedAt).toISOString(),
    location: isLocal ? 'local' : 'remote',
    workUnits: session.workUnits,
    pid: session.pid ?? null,
    remoteHost: isLocal ? null : session.host,
    activity: session.activity,
    why: session.why,
    source: session.source,
    since: new Date(session.since).toISOString(),
    need: session.need ?? null,
    host: session.host,
    resumeId: session.resumeId ?? null,
    workDir: session.workDir,
    branch: session.branch ?? null,
    changes: session.changes ?? null,
    origin: session.origin?.id ?? null,
    restartAt: session.restartAt == null ? null : new Date(session.restartAt).toISOString(),
    cost: session.usage?.costUsd ?? null,
  }
}

/** The directory whose settings hold for a session. */
export function settingsDirectoryOf({ sourceDir, workDir }: Pick<Session, 'sourceDir' | 'workDir'>): string {
  return sourceDir ?? workDir
}

/** Whether an agent runs behind it, paused or not: only then its activity means something. */
export function isRunning({ state }: Pick<Session, 'state'>): boolean {
  return state === 'running' || state === 'paused'
}

/** Whether a session still has (or is about to have) an agent behind it. */
export function isLive(session: Session): boolean {
  return session.state === 'starting' || isRunning(session)
}

/** Whether a session was in the middle of a turn when its host ended. */
export function wasAtWork({ interruption }: Pick<Session, 'interruption'>): boolean {
  return interruption?.activity === 'working' || interruption?.activity === 'waiting'
}

/** Whether a session has an agent, or gets its agent back once its host has found it again: then its name and its place are taken. */
export function isPresent(session: Session): boolean {
  return isLive(session) || session.interruption !== undefined
}
