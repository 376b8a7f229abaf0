import type { Session } from '../session.ts'
import type { Verb } from './verb.ts'

export type View = 'triage' | 'grid' | 'zoom'

/** What a command acts on: it decides where the command is offered. */
export type CommandScope = 'room' | 'selection' | 'need' | 'focus'

/** The state of the room that decides whether a command makes sense now. */
export interface CommandContext {
  readonly view: View
  readonly selected: Session | undefined
  /** Sessions marked by hand; commands on a selection act on these when there are any. */
  readonly marked: number
  readonly sessions: number
  readonly shown: number
  readonly needs: number
  readonly isScrolled: boolean
}

/** One thing the operator can do, with everything that the keymap, footer, palette, help, CLI and docs need to offer it. */
export interface Command {
  readonly title: string
  /** One sentence for `?` and the docs. */
  readonly help: string
  /** Default keys in the notation of docs/keys.md; empty = palette or CLI only. */
  readonly keys: readonly string[]
  readonly scope: CommandScope
  /** Position in the footer, lowest first; absent = never in the footer. */
  readonly footer?: number
  /** Shorter title for the footer. */
  readonly short?: string
  /** The question asked before it runs; the room adds what would be lost. */
  readonly confirm?: string
  /** Why it cannot be used now, or undefined when it can. */
  readonly disabled?: (context: CommandContext) => string | undefined
  /** The same thing on the command line. */
  readonly verb?: Verb
}

export const needsSelection = (context: CommandContext): string | undefined =>
  context.selected === undefined && context.marked === 0 ? 'There is no session to act on' : undefined

export const needsSessions = (context: CommandContext): string | undefined =>
  context.shown === 0 ? 'There are no sessions here' : undefined

export const needsLive = (context: CommandContext): string | undefined => {
  if (context.marked > 0) return undefined
  if (context.selected === undefined) return 'There is no session to act on'
  const { state } = context.selected
  return state === 'stopped' || state === 'failed' ? `The session is ${state}` : undefined
}
