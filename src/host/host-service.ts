import type { Envelope } from '../core/facts.ts'
import type { SessionId } from '../core/ids.ts'
import type { Orchestrator } from '../core/orchestrator.ts'
import type { Dispose } from '../core/scope.ts'
import type { Size } from '../core/session.ts'
import type { Picture } from '../core/viewer.ts'
import type { WorktreeVerbs } from '../core/worktree.ts'
import type { Screen } from './terminal/screen.ts'
import type { WorkVerbsBy } from './work-verbs.ts'

/** What the server offers to its connections: the orchestrator, and screens to look at and type into. */
export interface HostService extends Omit<Orchestrator, keyof WorkVerbsBy>, WorkVerbsBy, WorktreeVerbs {
  /** Name of this machine, as sessions carry it. */
  readonly hostName: string
  /** Names this life of the host; never the same twice. */
  readonly run: string
  /** Whether a program that says so runs in this session. */
  isProven(id: SessionId, token: string): boolean
  /** Where the agent of a session is reached: `rig/name`. */
  addressOf(id: SessionId): string
  /** The screen a session shows now; another object after it switched between transcript and its own screen. */
  screenOf(id: SessionId): Screen | undefined
  surfaceOf(id: SessionId): Picture['surface']
  /** Called with the session whose visible screen changed, was switched or was resized. */
  onScreenChange(listener: (id: SessionId) => void): Dispose
  /** A viewer's pane shows this session at this size: transcripts are drawn for it, PTYs keep theirs. */
  paneSize(id: SessionId, size: Size): void
  /** Types bytes as the operator; what comes while the agent's own screen opens is held until it is there. */
  type(id: SessionId, bytes: Uint8Array): void
  focus(id: SessionId, size: Size): Promise<void>
  blur(id: SessionId): void
  /** Journalled facts after `since`, oldest first. */
  factsSince(since: number, limit: number): readonly Envelope[]
  /** Ends every session; resolves when no agent is left. */
  stop(): Promise<void>
}
