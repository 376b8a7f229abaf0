import { toControlError } from '../../core/errors.ts'
import type { SessionId } from '../../core/ids.ts'
import type { Orchestrator } from '../../core/orchestrator.ts'
import type { Viewer } from '../../core/viewer.ts'
import type { Keymap } from '../keymap/keymap.ts'
import type { RoomStore } from '../store/room-store.ts'
import { setToast } from '../store/transitions/view.ts'
import type { Clock } from './clock.ts'

/** How the room ends by itself. `gone`: the terminal is. */
export type ExitReason = 'quit' | 'stop-host' | 'demo' | 'gone'

/** What commands act on. */
export interface Commander {
  readonly store: RoomStore
  readonly orchestrator: Orchestrator
  readonly viewer: Viewer
  readonly keymap: Keymap
  readonly clock: Clock
  /** Defaults of the spawn form. */
  readonly workDir: string
  readonly shell: string
  /** When the last key up to this time was pressed; 0 when none was. */
  lastKeyUntil(time: number): number
  /** Whether the operator is typing right now: then the chrome may wait. */
  isTyping(): boolean
  /** Rows of the pane of a session, 0 when it is not visible. */
  paneRows(id: SessionId | undefined): number
  /** A new identifier. */
  newId(): string
  /** Hands a text to the clipboard of the operator's terminal. */
  copy(text: string): void
  exit(reason: ExitReason): void
  suspend(): void
}

/** Says something on the bottom line. */
export function say({ store, clock }: Commander, tone: 'info' | 'warning' | 'error', text: string): void {
  store.update((state) => setToast(state, { kind: 'text', tone, text, at: clock.now() }))
}

/** Says what went wrong and what to do, in the words of the error table. */
export function sayError(room: Commander, error: unknown): void {
  const { message, hint } = toControlError(error)
  say(room, 'error', `${message} ${hint}`)
}

/** Waits for something the host does; a failure is said on the bottom line. */
export function attempt(room: Commander, work: Promise<void>): void {
  work.catch((error: unknown) => sayError(room, error))
}
