import type { NeedOutcome } from '../../core/need.ts'
import type { BusEvent, Request, Status } from './bus-event.ts'
import type { Failure } from './failures.ts'
import { NOTHING_SPENT, type Spending } from './usage.ts'

/** What is known about one conversation and its sub-agents; see activity.ts. */
export interface ActivityState {
  readonly root: string
  readonly children: ReadonlySet<string>
  /** Sessions of this conversation that are at work. */
  readonly running: ReadonlySet<string>
  readonly doing: string
  readonly retry:
    | { readonly attempt: number; readonly message: string; readonly nextAt: number; readonly why: string }
    | undefined
  /** In the order they were asked. */
  readonly requests: readonly Request[]
  /** Labels chosen so far for a request with several questions. */
  readonly chosen: ReadonlyMap<string, readonly (readonly string[])[]>
  readonly outcomes: ReadonlyMap<string, NeedOutcome>
  /** Counts turns, so that an error of one turn is not taken for that of another. */
  readonly turn: number
  readonly failure: Failure | undefined
  readonly wasAborted: boolean
  /**
   * The turn failed or was stopped but its last message is not complete. The server calls such a session idle twice, and what it
   * is given between the two is never answered: only the second one counts.
   */
  readonly isEnding: boolean
  /** A prompt was taken and the server did not yet say that it works on it. */
  readonly isPrompted: boolean
  /** The last word of the server about the conversation itself was "idle". */
  readonly isIdleTold: boolean
  /** Why the server cannot be asked. */
  readonly lost: string | undefined
  /** Id of the newest prompt; ids grow. */
  readonly prompt: string | undefined
  readonly last:
    | {
        readonly id: string
        readonly hasFailed: boolean
        /** How, unless somebody stopped it. */
        readonly failure: Failure | undefined
        /** Somebody stopped it: the operator, or the host as it ended. */
        readonly isAborted: boolean
        readonly isComplete: boolean
        readonly texts: ReadonlyMap<string, string>
      }
    | undefined
  /** Id of the last answer whose end is known: it is not told again. */
  readonly ended: string | undefined
  readonly spending: Spending
}

/** What can happen to a conversation. */
export type ActivityInput =
  | BusEvent
  /** The server was asked for the whole truth. */
  | {
      readonly type: 'state-read'
      readonly statuses: Readonly<Record<string, Status>>
      readonly requests: readonly Request[]
      readonly children: readonly string[]
      /** What ended unheard is news to the host. */
      readonly isNews: boolean
    }
  /** Tokens that fit into the context of the model. */
  | { readonly type: 'context-limit'; readonly tokens: number }
  | { readonly type: 'lost'; readonly why: string }
  /** We answered: a whole request, or one question of several. */
  | { readonly type: 'answered'; readonly request: string; readonly labels?: readonly string[] }
  /** The server took the prompt with this id. */
  | { readonly type: 'prompted'; readonly message: string }
  /** It never began to work on it. */
  | { readonly type: 'unstarted' }
  /** Nothing more came after the first "idle" of a turn that failed or was stopped. */
  | { readonly type: 'settled' }
  /** The server took our answer to the whole request. */
  | { readonly type: 'answer-taken'; readonly request: string }
  /** The server no longer knows the request. */
  | { readonly type: 'request-gone'; readonly request: string }

/** A conversation about which nothing is known yet. */
export function initialActivity(root: string): ActivityState {
  return {
    root,
    children: new Set(),
    running: new Set(),
    doing: '',
    retry: undefined,
    requests: [],
    chosen: new Map(),
    outcomes: new Map(),
    turn: 0,
    failure: undefined,
    wasAborted: false,
    isEnding: false,
    isPrompted: false,
    isIdleTold: true,
    lost: undefined,
    prompt: undefined,
    last: undefined,
    ended: undefined,
    spending: NOTHING_SPENT,
  }
}
