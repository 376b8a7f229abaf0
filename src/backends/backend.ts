import type { BackendHealth } from '../core/facts.ts'
import type { SessionId } from '../core/ids.ts'
import type { Answer, AnswerKind, Need } from '../core/need.ts'
import type { PriceTable } from '../core/prices.ts'
import type { RawDraft } from '../core/raw-signal.ts'
import type { Permissions } from '../core/rules.ts'
import type { Dispose, Scope } from '../core/scope.ts'
import type { Size } from '../core/session.ts'
import type { Signal } from '../core/signals.ts'

/** What a backend can do; the host and the room ask these and never for a backend by its name. */
export interface Capabilities {
  /** `pty`: the agent's own terminal is its picture. `transcript`: the backend draws one, and may open a real screen on focus. */
  readonly surface: 'pty' | 'transcript'
  /** Reports ready, activity and needs by itself; without it only output and exit are known. */
  readonly hasSignals: boolean
  /** Its agents confirm a prompt, so that a receipt can become `seen`. */
  readonly confirmsPrompts: boolean
  readonly canResume: boolean
  readonly canInterrupt: boolean
  /** Can begin a conversation as a copy of another one. */
  readonly canFork: boolean
  /** Its programs have the environment of their session; without it they share one, and are told who they are in words. */
  readonly hasOwnEnvironment: boolean
  /** Takes its first prompt as part of the launch. */
  readonly takesFirstPrompt: boolean
  /** Answers that can be given from outside its own screen. */
  readonly answers: readonly AnswerKind[]
}

/** How to start one process in a terminal. */
export interface ProcessPlan {
  /** Program name or absolute path; resolved on `env.PATH` before anything is started. */
  readonly program: string
  readonly args: readonly string[]
  /** The whole environment of the process. */
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
}

/** What the host asks a backend to open. */
export interface OpenRequest {
  readonly id: SessionId
  readonly agentName: string
  readonly role: string
  readonly workDir: string
  /** Id of the conversation: chosen by the host for a new one and journalled before launch; used again to resume. */
  readonly resumeId: string
  readonly isResume: boolean
  /** A resume of a session that was at work when its host ended: what it has said since is news. */
  readonly wasCutOff?: boolean
  /** The agent's id of the conversation of which this one is a copy; also when it is resumed, for it may hold nothing else yet. */
  readonly forkOf?: string
  /** The first prompt; on a resume only for an agent that finds no conversation and starts afresh. */
  readonly prompt: string | undefined
  readonly args: readonly string[]
  readonly size: Size
  /** The agent's environment: the operator's, scrubbed, with SIGNALBOX_SESSION set to the id. */
  readonly env: Readonly<Record<string, string>>
  /** A directory of this session alone (0700), removed with it: settings files and the like. */
  readonly directory: string
  /** What its role tells it besides the first prompt, at every start. */
  readonly instructions?: string
  /** The permission profile of its role, in the words of the backend; one that the backend cannot keep is refused. */
  readonly permissions?: Permissions
  /** How the settings of its rig want this backend to be started. */
  readonly runtime?: RuntimeRequest
}

/** What a rig says about a backend; paths are absolute. */
export interface RuntimeRequest {
  /** The program in place of the backend's own. */
  readonly command?: string
  readonly hooksDir?: string
  readonly settingsFile?: string
}

/** A process in the session's terminal. */
export interface Terminal {
  readonly pid: number
  write(bytes: Uint8Array): void
  /** Visible lines, trimmed on the right. */
  lines(): readonly string[]
  readonly title: string
  readonly hasBracketedPaste: boolean
  /** After anything visible changed; at most once a turn of the event loop. */
  onChange(listener: () => void): Dispose
  onBell(listener: () => void): Dispose
}

/** The drawing surface of a transcript: a terminal without a process. */
export interface Canvas {
  readonly size: Size
  /** Text with SGR sequences, `\r\n` line ends. */
  write(text: string): void
  /** Blank screen, empty scrollback. */
  clear(): void
  /** The pane that looks at it has another size: draw again. */
  onResize(listener: (size: Size) => void): Dispose
}

/** An authenticated loopback URL that a session's hooks report to; each generation has its own. */
export interface HookChannel {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** Handles one hook call; the reply is sent as JSON when it resolves, so it may be held open. `signal` aborts when the caller goes away. */
export type HookHandler = (
  body: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
) => Promise<Readonly<Record<string, unknown>>>

/** What the host lends to one agent while it lives. Everything is released when the scope closes. */
export interface AgentPort {
  readonly scope: Scope
  emit(signal: Signal): void
  /** Notes what was heard, before what is concluded from it is emitted: it is what `explain` shows as the origin. Also a sign of life. */
  trace(raw: RawDraft): void
  /** Starts the agent's process in the session's terminal; its exit is reported by the host, not by the backend. */
  startProcess(plan: ProcessPlan): Promise<Terminal>
  readonly canvas: Canvas
  openHooks(handler: HookHandler): Promise<HookChannel>
  /** Whether typing is safe as far as the host knows: no need is shown and no operator is in the middle of typing. Undefined = safe; else why not. */
  whyNotType(): string | undefined
  /** One line in the host's log. */
  log(line: string, data?: Readonly<Record<string, unknown>>): void
}

/** How far a delivery got; reported in this order. */
export type DeliveryStage = 'injected' | 'submitted' | 'seen'

/** One live agent of a backend. */
export interface Agent {
  /**
   * Hands the agent a text as the operator's own words. Reports each stage it can prove. Rejects with `message.unsafe` when
   * nothing was typed, and with `message.unconfirmed` when the text was typed but the agent did not confirm it.
   */
  deliver(text: string, report: (stage: DeliveryStage) => void): Promise<void>
  /** Answers a need through the agent's own channel. Rejects with `need.gone` or `need.unanswerable`. */
  answer(need: Need, answer: Answer): Promise<void>
  interrupt(): Promise<void>
  /** Whether a resumed conversation ends in the middle of a turn; absent: the agent cannot tell. */
  endsMidTurn?(): boolean
  /**
   * Whether its conversation has this text as a prompt, given at `since` (milliseconds since the epoch) or later: how a host finds
   * out what became of a message that was on its way when the host before it ended. Absent: the agent cannot tell.
   */
  wasGiven?(text: string, since: number): Promise<boolean>
  /**
   * Asks the agent to end by itself. Resolves at once; the host waits, then ends the process. For an agent without a process
   * of its own it resolves when the agent is gone.
   */
  close(): Promise<void>
  /** The agent's own screen, for a transcript backend: how to start it and whether it is there yet. */
  readonly ownScreen?: { readonly plan: () => ProcessPlan; readonly isReady: (lines: readonly string[]) => boolean }
}

/** One kind of agent: everything that differs between agents, and nothing else. */
export interface Backend {
  readonly name: string
  readonly capabilities: Capabilities
  /** Most sessions at once unless the config says otherwise, and how long a start may take. */
  readonly defaults: { readonly limit: number; readonly readyDeadlineMs: number }
  /** Finds the program and its version; starts nothing that stays. */
  health(): Promise<BackendHealth>
  /** Starts one agent. It reports `ready` through the port; a rejection means that nothing was left behind. */
  open(request: OpenRequest, port: AgentPort): Promise<Agent>
  /** Ends what a host before this one left running and no session has taken up again. Called once, when all that can be are back. */
  endUnused?(): Promise<void>
  /** Releases what all sessions share (a server). Called once, after the last agent is closed. */
  shutdown(): Promise<void>
}

/** A program by its absolute path, with its arguments. */
export interface Launch {
  readonly file: string
  readonly args: readonly string[]
}

/** What a backend is made with: the operator's scrubbed environment, time, and where to report what concerns all its sessions. */
export interface BackendContext {
  /** The same program without the terminals of sessions, which it would keep open for as long as it lives. */
  readonly alone: (launch: Launch) => Launch
  readonly env: Readonly<Record<string, string>>
  readonly newId: () => string
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** A directory of this backend alone (0700). */
  readonly directory: string
  /** For agents that report no costs of their own. */
  readonly prices?: PriceTable
  readonly onHealth: (health: BackendHealth) => void
  readonly log: (line: string, data?: Readonly<Record<string, unknown>>) => void
}
