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
export function isPrompt(need: Pick<NeedDraft, 'kind' | 'isAfterTurn'>): boolean {
  return SHOWN.has(need.kind) && need.isAfterTurn !== true
}

/** What the host sees by itself: it says nothing about what the agent does, so state, reason and source stay as they are. */
const SEEN_BY_HOST: ReadonlySet<NeedKind> = new Set(['stalled', 'unsent', 'exited'])

/** Whether a need is the host's own observation, which no signal of the agent replaces by the same authority. */
export function isHostNeed(kind: NeedKind): boolean {
  return SEEN_BY_HOST.has(kind)
}

/** One choice that the agent itself offers. */
export interface NeedOption {
  /** What the operator presses or types: `1`, `2`, … */
  readonly key: string
  readonly label: string
  readonly detail?: string
}

/** One of the questions that a need asks together. */
export interface NeedQuestion {
  readonly title: string
  readonly body: string
  readonly options: readonly NeedOption[]
  /** Whether several options may be chosen. */
  readonly isMulti: boolean
  /** Whether it takes own words, instead of an option or beside several. */
  readonly takesText: boolean
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
  /** Set when it asks several questions at once, or one that takes several options: they are answered together by `options`. */
  readonly questions?: readonly NeedQuestion[]
  /** What "always" would allow, in the agent's words; absent when the agent offers no such answer. */
  readonly always?: string
  /** The agent's prompt is free: this is how its last turn ended, and no dialog. */
  readonly isAfterTurn?: boolean
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
  /** For each of the need's questions the keys of the chosen options, and its own words ('' = none). */
  | {
      readonly kind: 'options'
      readonly keys: readonly (readonly string[])[]
      readonly texts?: readonly string[]
    }
  | { readonly kind: 'text'; readonly text: string }

/** How a need ended: by an answer from outside, in the agent's own screen, or because the agent moved on. */
export type NeedOutcome = 'answered' | 'answered-elsewhere' | 'withdrawn'
