import type { NeedDraft } from '../../core/need.ts'
import type { Activity } from '../../core/session.ts'
import type { Signal } from '../../core/signals.ts'
import type { ActivityState } from './activity-state.ts'
import { failureNeed, retryNeed } from './failures.ts'
import { needFor } from './needs.ts'
import { usageOf } from './usage.ts'

/** From this attempt on a retry is the operator's business: the agent is limited. */
const LIMITED_FROM_ATTEMPT = 3

/** What the host was told so far. */
export interface Announced {
  readonly activity: Activity | undefined
  readonly why: string
  readonly need: string | undefined
  /** What the need said: what is no request may come to say something else. */
  readonly words: string
  /** Id of the message whose text was the last reply. */
  readonly reply: string | undefined
  readonly usage: string
}

/** Before anything was said. */
export const NOTHING_SAID: Announced = {
  activity: undefined,
  why: '',
  need: undefined,
  words: '',
  reply: undefined,
  usage: '',
}

/**
 * The signals that bring the host from what it was told to what is known, in an order in which each is true. While the same
 * need stays nothing else is said about the activity: the session waits.
 */
export function announce(
  said: Announced,
  state: ActivityState,
): { readonly said: Announced; readonly signals: readonly Signal[] } {
  const signals: Signal[] = []
  const usage = usageOf(state.spending)
  const usageText = usage === undefined ? '' : JSON.stringify(usage)
  if (usage !== undefined && usageText !== said.usage) signals.push({ type: 'used', usage })
  const need = neededNow(state)
  const wasCleared = said.need !== undefined && said.need !== need?.key
  if (said.need !== undefined && wasCleared) {
    signals.push({ type: 'need-gone', key: said.need, outcome: state.outcomes.get(said.need) ?? 'withdrawn' })
  }
  const now = need !== undefined && isRequest(need) ? waitingFor(need) : activityNow(state)
  const reply = now.activity === 'idle' ? replyOf(state) : undefined
  if (reply !== undefined && reply.id !== said.reply) signals.push({ type: 'replied', text: reply.text })
  const isSameNeed = need !== undefined && need.key === said.need
  const isSameActivity = now.activity === said.activity && now.why === said.why && !wasCleared
  if (!isSameNeed && !isSameActivity) signals.push({ type: 'activity', ...now, source: 'server' })
  const words = need === undefined || isRequest(need) ? '' : need.body
  if (need !== undefined && (!isSameNeed || words !== said.words))
    signals.push({ type: 'need', need, source: 'server' })
  return {
    signals,
    said: { ...now, need: need?.key, words, reply: reply?.id ?? said.reply, usage: usageText },
  }
}

/** What was said once a conversation that already has replies was opened: they are not news. */
export function withoutNews(said: Announced, state: ActivityState): Announced {
  return { ...said, reply: state.last?.id }
}

function isRequest(need: NeedDraft): boolean {
  return need.kind === 'permission' || need.kind === 'question'
}

function waitingFor(need: NeedDraft): { readonly activity: Activity; readonly why: string } {
  return { activity: 'waiting', why: `${need.kind}: ${need.title}` }
}

function neededNow(state: ActivityState): NeedDraft | undefined {
  if (state.lost !== undefined) return undefined
  const [request] = state.requests
  if (request !== undefined) return needFor(request, state.chosen.get(request.id)?.length ?? 0)
  const { retry } = state
  if (retry !== undefined && retry.attempt >= LIMITED_FROM_ATTEMPT) {
    return retryNeed(`retry-${state.turn}`, retry)
  }
  if (state.failure === undefined || state.running.size > 0 || state.isPrompted) return undefined
  return failureNeed(`error-${state.turn}`, state.failure)
}

function activityNow(state: ActivityState): { readonly activity: Activity; readonly why: string } {
  if (state.lost !== undefined) return { activity: 'unknown', why: state.lost }
  if (state.retry !== undefined) return { activity: 'working', why: state.retry.why }
  if (state.running.size > 0) return { activity: 'working', why: state.doing || 'working' }
  if (state.isPrompted) return { activity: 'working', why: 'prompt accepted' }
  if (state.failure !== undefined) return { activity: 'idle', why: 'the turn failed' }
  if (state.wasAborted) return { activity: 'idle', why: 'the turn was stopped' }
  return { activity: 'idle', why: state.turn === 0 ? 'ready for a prompt' : 'the turn ended' }
}

function replyOf(state: ActivityState): { readonly id: string; readonly text: string } | undefined {
  const { last } = state
  if (last === undefined || last.hasFailed || state.wasAborted || state.failure !== undefined) return undefined
  const text = [...last.texts.values()].join('\n').trim()
  return text === '' ? undefined : { id: last.id, text }
}
