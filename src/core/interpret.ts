import { boundedSignal } from './bounds.ts'
import type { Fact } from './facts.ts'
import { type NewId, needId } from './ids.ts'
import { isPrompt, type Need, type NeedDraft } from './need.ts'
import type { Session } from './session.ts'
import { isBelieved, type Signal } from './signals.ts'

export interface InterpretContext {
  readonly now: number
  readonly newId: NewId
}

/**
 * The facts that a signal means for a session: none when it says nothing new or a stronger source has spoken. The `exited`
 * signal is the host's own business and yields none here.
 */
export function interpret(session: Session, told: Signal, context: InterpretContext): readonly Fact[] {
  const signal = boundedSignal(told)
  const { id } = session
  switch (signal.type) {
    case 'ready':
      return session.state === 'starting' ? [{ type: 'session.ready', id, why: signal.why, source: signal.source }] : []
    case 'activity':
      return activityFacts(session, signal)
    case 'need':
      return needFacts(session, signal, context)
    case 'need-gone':
      return session.need?.key === signal.key ? [cleared(session.need, session, signal.outcome)] : []
    case 'replied':
      return [{ type: 'session.replied', id, text: signal.text }]
    case 'identified':
      return session.resumeId === signal.resumeId ? [] : [{ type: 'session.identified', id, resumeId: signal.resumeId }]
    case 'used':
      return [{ type: 'session.used', id, usage: signal.usage }]
    case 'exited':
      return []
  }
}

function activityFacts(session: Session, signal: Extract<Signal, { type: 'activity' }>): readonly Fact[] {
  if (!isBelieved(session, signal.source)) return []
  const { activity, why, source, isTurnOver = false } = signal
  const isSame =
    session.activity === activity &&
    session.why === why &&
    session.source === source &&
    (session.isTurnOver === true) === isTurnOver
  const over = isTurnOver ? { isTurnOver } : {}
  const changed: readonly Fact[] = isSame
    ? []
    : [{ type: 'session.activity-changed', id: session.id, activity, why, source, ...over }]
  const { need } = session
  if (need === undefined || !isOver(need, activity)) return changed
  return [cleared(need, session, isPrompt(need) ? 'answered-elsewhere' : 'withdrawn'), ...changed]
}

function isOver(need: Need, activity: Session['activity']): boolean {
  // What the operator typed is still there, whatever the agent does meanwhile.
  if (need.kind === 'unsent') return false
  if (need.kind === 'stalled' || activity === 'working') return true
  return activity === 'idle' && isPrompt(need)
}

function needFacts(
  session: Session,
  signal: Extract<Signal, { type: 'need' }>,
  context: InterpretContext,
): readonly Fact[] {
  if (!isBelieved(session, signal.source)) return []
  const { need: shown } = session
  if (shown !== undefined && isSamePrompt(shown, signal.need)) return renewed(shown, session, signal)
  const raised: Fact = {
    type: 'session.need-raised',
    id: session.id,
    need: named(signal.need, context),
    source: signal.source,
  }
  return shown === undefined ? [raised] : [cleared(shown, session, 'withdrawn'), raised]
}

/** A dialog is never the continuation of a remark, whatever its key: what can be answered has an id of its own. */
function isSamePrompt(shown: Need, draft: NeedDraft): boolean {
  return shown.key === draft.key && isPrompt(shown) === isPrompt(draft)
}

/** The same thing in other words. Never for a prompt: who answers it must have seen what it says. */
function renewed(shown: Need, session: Session, signal: Extract<Signal, { type: 'need' }>): readonly Fact[] {
  const { need, source } = signal
  if (isPrompt(need) || (shown.title === need.title && shown.body === need.body)) return []
  const { id, raisedAt } = shown
  return [{ type: 'session.need-raised', id: session.id, need: { ...need, id, raisedAt }, source }]
}

function named(draft: NeedDraft, context: InterpretContext): Need {
  return { ...draft, id: needId(context.newId()), raisedAt: context.now }
}

function cleared(need: Need, session: Session, outcome: 'answered' | 'answered-elsewhere' | 'withdrawn'): Fact {
  return { type: 'session.need-cleared', id: session.id, needId: need.id, outcome }
}
