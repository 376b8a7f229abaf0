import type { NeedId } from './ids.ts'

/** Why a session wants the operator. */
export type NeedKind =
  | 'permission'
  | 'question'
  | 'plan'
  | 'error'
  | 'limited'
  | 'stalled'
  | 'unsent'
  | 'conflict'
  | 'login'
  | 'exited'

/** Prompts that are on the agent's screen: nothing may be typed meanwhile, and they are over once the agent does anything else. */
const SHOWN: ReadonlySet<NeedKind> = new Set(['permission', 'question', 'plan', 'login'])

/** Whether a need is a prompt on the agent's screen, as opposed to something that happened to it. */
export function isPrompt(kind: NeedKind): boolean {
  return SHOWN.has(kind)
}

/** One choice that the agent itself offers. */
export interface NeedOption {
  /** What the operator presses or types: `1`, `2`, … */
  readonly key: string
  readonly label: string
  readonly detail?: string
}

/** A need as a backend reports it, before the host gives it an id. */
export interface NeedDraft {
  /** The agent's own name for the prompt (request id, tool call): an answer is only sent while this prompt is the one shown. */
  readonly key: string
  readonly kind: NeedKind
  /** The tool or topic: `Bash`, `Write`, `Question`. */
  readonly title: string
  /** The full command, diff or question, as plain text. */
  readonly body: string
  readonly options: readonly NeedOption[]
  /** What "always" would allow, in the agent's words; absent when the agent offers no such answer. */
  readonly always?: string
  /** Answers that the agent takes from outside; empty when it must be answered in focus. */
  readonly answers: readonly AnswerKind[]
}

export interface Need extends NeedDraft {
  readonly id: NeedId
  /** Milliseconds since the epoch. */
  readonly raisedAt: number
}

export type AnswerKind = Answer['kind']

/** What the operator replies to a need. */
export type Answer =
  | { readonly kind: 'allow' }
  | { readonly kind: 'always' }
  | { readonly kind: 'deny'; readonly text?: string }
  | { readonly kind: 'option'; readonly key: string }
  | { readonly kind: 'text'; readonly text: string }

/** How a need ended: by an answer from outside, in the agent's own screen, or because the agent moved on. */
export type NeedOutcome = 'answered' | 'answered-elsewhere' | 'withdrawn'
