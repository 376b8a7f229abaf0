import type { Fact } from './facts.ts'
import { type HoldContext, whyHold } from './hold.ts'
import { needId } from './ids.ts'
import type { InterpretContext } from './interpret.ts'
import { isPrompt, type NeedDraft } from './need.ts'
import type { Session } from './session.ts'

const MINUTE_MS = 60_000

/** Quiet for so long while it works, and an agent counts as stalled; by role, with one value for all others. */
export interface StallRule {
  readonly byRole: Readonly<Record<string, number>>
  readonly otherMs: number
}

/** Workers are watched more closely than sessions with which somebody talks. */
export const DEFAULT_STALL_RULE: StallRule = { byRole: { polecat: 10 * MINUTE_MS }, otherMs: 20 * MINUTE_MS }

/** Its prompt is gone and nothing was heard since: from then on nobody knows what it does. */
export const PROMPTLESS_MS = 15_000

/** A message waits behind the operator's unsent text for so long before that is pointed out. */
export const UNSENT_MS = 2 * MINUTE_MS

/** What the host has observed of a session; times in milliseconds of process time. */
export interface Vigil {
  /** Since the last signal or change of its output. */
  readonly quietMs: number
  /** Its backend reports what its agents do; without that nothing is concluded from silence. */
  readonly hasSignals: boolean
  readonly stall?: StallRule
}

/** What silence means: nothing ever, nothing yet, or something. */
export type Verdict =
  | { readonly type: 'rest' }
  | { readonly type: 'later'; readonly afterMs: number }
  | { readonly type: 'stalled'; readonly why: string }
  | { readonly type: 'unknown'; readonly why: string }

const REST: Verdict = { type: 'rest' }

/** How long this session may be quiet while it works. */
export function stalledAfterMs(session: Session, rule: StallRule = DEFAULT_STALL_RULE): number {
  return rule.byRole[session.role] ?? rule.otherMs
}

/**
 * What the silence of a session means. Only what would otherwise stand for ever has a deadline: work, and waiting for an answer
 * to a prompt that is not shown any more. Rest, a shown prompt, a stall and "unknown" wait for the operator or a signal.
 */
export function judgeSilence(session: Session, vigil: Vigil): Verdict {
  const { state, activity, need } = session
  if (!vigil.hasSignals || state !== 'running') return REST
  if (need !== undefined && (isPrompt(need) || need.kind === 'stalled')) return REST
  if (activity === 'waiting') return judgeWaiting(vigil)
  return activity === 'working' ? judgeWork(session, vigil) : REST
}

function judgeWaiting({ quietMs }: Vigil): Verdict {
  if (quietMs < PROMPTLESS_MS) return { type: 'later', afterMs: PROMPTLESS_MS - quietMs }
  return { type: 'unknown', why: `its prompt is gone and nothing was heard for ${PROMPTLESS_MS / 1000} s` }
}

function judgeWork(session: Session, { quietMs, stall }: Vigil): Verdict {
  const limitMs = stalledAfterMs(session, stall)
  if (quietMs < limitMs) return { type: 'later', afterMs: limitMs - quietMs }
  const why = `no sign of life for ${Math.round(limitMs / MINUTE_MS)} min while ${session.why}`
  // There is one need at a time, and what is said already (a limit, unsent text) is not taken back.
  return { type: session.need === undefined ? 'stalled' : 'unknown', why }
}

/** What follows from a verdict; nothing while there is none. */
export function silenceFacts(session: Session, verdict: Verdict, context: InterpretContext): readonly Fact[] {
  const { id, generation, since } = session
  if (verdict.type === 'unknown')
    return [{ type: 'session.activity-changed', id, activity: 'unknown', why: verdict.why, source: 'silence' }]
  if (verdict.type !== 'stalled') return []
  const draft = stalledNeed(`stalled-${generation}-${since}`, verdict.why)
  const need = { ...draft, id: needId(context.newId()), raisedAt: context.now }
  return [{ type: 'session.need-raised', id, need, source: 'silence' }]
}

/** Whether the next message waits for nothing but the operator's own unsent text. */
export function isBehindDraft(session: Session, context: HoldContext): boolean {
  if (!context.hasDraft || session.queuedMessages === 0) return false
  return whyHold(session, { ...context, hasDraft: false }) === undefined
}

/** The need for a session that has been quiet for too long. */
export function stalledNeed(key: string, why: string): NeedDraft {
  const options = [
    { key: 'i', label: 'interrupt its turn' },
    { key: 'x', label: 'end it' },
  ]
  return { key, kind: 'stalled', title: why, body: LIKELY, options, answers: [] }
}

const LIKELY = 'It says that it works, but neither a signal nor output came. This goes away with the next sign of life.'

/** The need for a message that waits behind the operator's unsent text. */
export function unsentNeed(message: { readonly id: string; readonly from: string; readonly body: string }): NeedDraft {
  const body = `A message from ${message.from} waits until that text is sent or cleared:\n${message.body}`
  return {
    key: `unsent-${message.id}`,
    kind: 'unsent',
    title: 'Your unsent text holds back a message',
    body,
    options: [],
    answers: [],
  }
}

/** The need for a session that ended with a failure which nobody asked for; `lines` are its last ones. */
export function exitedNeed(session: Session, why: string, lines: readonly string[]): NeedDraft {
  const body = [why, ...lines.filter((line) => line.trim() !== '')].join('\n')
  const options = [
    { key: 'R', label: 'start it again, with its conversation where the agent can' },
    { key: 'x', label: 'dismiss it' },
  ]
  return { key: `exited-${session.generation}`, kind: 'exited', title: why, body, options, answers: [] }
}

/** The need for a session whose turn its host did not live to see the end of. A text is answer enough: it goes in as a prompt. */
export function interruptedNeed({ generation }: Pick<Session, 'generation'>): NeedDraft {
  return {
    key: `interrupted-${generation}`,
    kind: 'error',
    title: 'Its turn was cut off when its host ended',
    body: 'The conversation is here again, and nothing of it was lost; the turn does not go on by itself. Reply in text, such as "go on".',
    options: [],
    answers: ['text'],
    isAfterTurn: true,
  }
}
