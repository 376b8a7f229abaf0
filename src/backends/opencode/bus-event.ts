/** What the server says about its sessions, in our words: only what this backend acts on. */
export type BusEvent =
  | { readonly type: 'status'; readonly session: string; readonly status: Status }
  | ({ readonly type: 'failed'; readonly session: string } & TurnError)
  /** A sub-agent's session belongs to another one. */
  | { readonly type: 'child'; readonly session: string; readonly parent: string }
  | { readonly type: 'deleted'; readonly session: string }
  | { readonly type: 'compacted'; readonly session: string }
  | { readonly type: 'message'; readonly session: string; readonly message: MessageInfo }
  | { readonly type: 'message-removed'; readonly session: string; readonly message: string }
  | { readonly type: 'part'; readonly session: string; readonly part: Part }
  | {
      readonly type: 'delta'
      readonly session: string
      readonly message: string
      readonly part: string
      readonly text: string
    }
  | { readonly type: 'part-removed'; readonly session: string; readonly part: string }
  | { readonly type: 'asked'; readonly session: string; readonly request: Request }
  | { readonly type: 'replied'; readonly session: string; readonly request: string; readonly reply: string }

export type Status =
  | { readonly type: 'busy' }
  | { readonly type: 'idle' }
  /** `nextAt`: milliseconds since the epoch. */
  | { readonly type: 'retry'; readonly attempt: number; readonly message: string; readonly nextAt: number }

export interface MessageInfo {
  readonly id: string
  readonly role: 'user' | 'assistant'
  readonly model?: string
  readonly provider?: string
  /** Tokens read, cached ones included, and written, thoughts included. */
  readonly inputTokens: number
  readonly outputTokens: number
  /** US dollars. */
  readonly costUsd: number
  readonly isComplete: boolean
  /** Milliseconds since the epoch, when the server tells it; a copy of a message keeps the time of the first one. */
  readonly createdAt?: number
  readonly error?: TurnError
}

/** How a turn failed, or that it was stopped. */
export interface TurnError {
  readonly name: string
  readonly message: string
  /** Of the model's answer, when there was one. */
  readonly status?: number
}

/** A piece of a message. */
export type Part =
  | {
      readonly kind: 'text'
      readonly id: string
      readonly message: string
      readonly text: string
      readonly isHidden: boolean
    }
  | { readonly kind: 'thought'; readonly id: string; readonly message: string; readonly text: string }
  | ToolPart

export interface ToolPart {
  readonly kind: 'tool'
  readonly id: string
  readonly message: string
  readonly tool: string
  readonly state: 'pending' | 'running' | 'completed' | 'error'
  readonly input: Readonly<Record<string, unknown>>
  readonly title: string
  /** What the tool gave back, or why it failed. */
  readonly output: string
}

/** Something a session waits for. */
export type Request =
  | {
      readonly kind: 'permission'
      readonly id: string
      readonly session: string
      /** What kind of thing is asked for: `bash`, `edit`, … */
      readonly permission: string
      readonly patterns: readonly string[]
      readonly always: readonly string[]
      readonly details: Readonly<Record<string, unknown>>
    }
  | {
      readonly kind: 'question'
      readonly id: string
      readonly session: string
      readonly questions: readonly Question[]
    }

export interface Question {
  readonly header: string
  readonly text: string
  readonly options: readonly { readonly label: string; readonly description: string }[]
  readonly isMultiple: boolean
  readonly takesText: boolean
}

/** The error name of a turn that someone stopped on purpose: not a failure. */
export const ABORTED = 'MessageAbortedError'
