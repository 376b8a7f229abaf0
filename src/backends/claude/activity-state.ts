import type { NeedDraft, NeedOutcome } from '../../core/need.ts'
import type { Source } from '../../core/session.ts'
import type { BackgroundTask, HookEvent, PermissionRequest } from './hooks.ts'
import type { ScreenRule } from './screen-rules.ts'
import type { Reading } from './status-file.ts'

/** Everything that can change what is known about one agent. */
export type Observation =
  | { readonly type: 'status'; readonly reading: Reading }
  | { readonly type: 'hook'; readonly event: HookEvent }
  /** Whether the prompt is on the screen, and the dialog that stands there instead. Only before the agent is ready. */
  | {
      readonly type: 'screen'
      readonly hasPrompt: boolean
      readonly dialog: ScreenRule | undefined
      readonly body: string
    }
  /** Nothing has happened for a moment: from here on the status file alone is right. */
  | {
      readonly type: 'settled'
      readonly body: string
      readonly dialog: ScreenRule | undefined
      /** A dialog was answered from outside lately: the one that stands there may be the same. */
      readonly isJustAnswered: boolean
    }
  | { readonly type: 'answered'; readonly key: string }
  /** The agent no longer waits for the reply to this request. */
  | { readonly type: 'dropped'; readonly key: string }

/** What is known about one agent. */
export interface ActivityState {
  readonly workDir: string
  /** It was started with a prompt, which it takes as soon as it is ready. */
  readonly hasFirstPrompt: boolean
  readonly isReady: boolean
  readonly isEnded: boolean
  readonly reading: Reading
  readonly hasPrompt: boolean
  readonly isWorking: boolean
  /** It works, but only behind a turn that has ended. */
  readonly isTurnOver: boolean
  /** What it does while it works, or how it came to rest. */
  readonly doing: string
  /** How the turn was closed by a hook; undefined while it is open. */
  readonly closing: string | undefined
  /** A turn was woken before the status file told the end of what woke it: the "idle" that is still to come is no news. */
  readonly isIdleStale: boolean
  /** An answer from outside explains why the status is about to leave `waiting`. */
  readonly isAnswered: boolean
  readonly source: Source
  /** What goes on behind a turn that has ended. */
  readonly background: readonly BackgroundTask[]
  /** Held requests, oldest first; the first one is shown. */
  readonly requests: readonly PermissionRequest[]
  /** A dialog that no hook told of. */
  readonly dialog: NeedDraft | undefined
  readonly dialogSource: Source
  /** How the last turn failed; kept until the next prompt. */
  readonly failure: NeedDraft | undefined
  readonly conversation: string
  /** How the need that has just gone was settled. */
  readonly outcome: NeedOutcome
  /** Names dialogs and failures. */
  readonly count: number
}

/** What is known before the program has said anything. */
export function startState(conversation: string, workDir: string, hasFirstPrompt: boolean): ActivityState {
  return {
    workDir,
    hasFirstPrompt,
    isReady: false,
    isEnded: false,
    reading: { kind: 'absent' },
    hasPrompt: false,
    isWorking: false,
    isTurnOver: false,
    doing: 'ready for a prompt',
    closing: undefined,
    isIdleStale: false,
    isAnswered: false,
    source: 'status-file',
    background: [],
    requests: [],
    dialog: undefined,
    dialogSource: 'status-file',
    failure: undefined,
    conversation,
    outcome: 'answered-elsewhere',
    count: 0,
  }
}
