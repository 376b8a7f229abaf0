import type { NeedDraft } from '../../core/need.ts'
import type { Activity, Source } from '../../core/session.ts'
import type { Signal } from '../../core/signals.ts'
import type { ActivityState } from './activity-state.ts'

/** What the host has been told so far. */
export interface Told {
  readonly isReady: boolean
  readonly need: NeedDraft | undefined
  readonly activity: string | undefined
  readonly conversation: string
}

/** Nothing told yet, about the conversation with this id. */
export function nothingTold(conversation: string): Told {
  return { isReady: false, need: undefined, activity: undefined, conversation }
}

/** The signals that bring the host from what it was told to what is known, and what it is told then. Pure. */
export function reportOn(
  told: Told,
  state: ActivityState,
): { readonly told: Told; readonly signals: readonly Signal[] } {
  const signals: Signal[] = []
  if (told.conversation !== state.conversation) signals.push({ type: 'identified', resumeId: state.conversation })
  const shown = shownNeed(state)
  if (told.need !== undefined && told.need.key !== shown?.need.key) {
    signals.push({ type: 'need-gone', key: told.need.key, outcome: state.outcome })
  }
  if (!told.isReady && state.isReady) {
    signals.push({ type: 'ready', why: 'its prompt is there', source: 'status-file' })
  }
  const isNewNeed = shown !== undefined && shown.need.key !== told.need?.key
  if (isNewNeed) signals.push({ type: 'need', need: shown.need, source: shown.source })
  // A need makes the session wait in the host's eyes, so that what it does has to be said anew afterwards.
  const before = isNewNeed || told.need?.key !== shown?.need.key || !told.isReady ? undefined : told.activity
  const now = state.isReady && !isBlocked(state) ? activityOf(state) : undefined
  const text = now === undefined ? before : JSON.stringify(now)
  if (now !== undefined && text !== before) signals.push({ type: 'activity', ...now })
  return {
    signals,
    told: { isReady: state.isReady, need: shown?.need, activity: text, conversation: state.conversation },
  }
}

/** Whether a dialog stands before the prompt. */
export function isBlocked(state: ActivityState): boolean {
  return state.requests.length > 0 || state.dialog !== undefined
}

function shownNeed(state: ActivityState): { readonly need: NeedDraft; readonly source: Source } | undefined {
  const [request] = state.requests
  if (request !== undefined) return { need: request.need, source: 'hook' }
  if (state.dialog !== undefined) return { need: state.dialog, source: state.dialogSource }
  // While it works on, whatever failed is not what it waits with: the host takes work for the end of such a need.
  return state.failure === undefined || state.isWorking ? undefined : { need: state.failure, source: 'hook' }
}

function activityOf(state: ActivityState): {
  readonly activity: Activity
  readonly why: string
  readonly source: Source
  readonly isTurnOver?: boolean
} {
  if (state.isEnded) return { activity: 'unknown', why: 'it says good-bye', source: 'hook' }
  const { kind } = state.reading
  if (kind !== 'found') {
    const why = kind === 'absent' ? 'its status file is gone' : 'its status file cannot be read'
    return { activity: 'unknown', why, source: 'status-file' }
  }
  const { doing: why, source, isTurnOver } = state
  return { activity: state.isWorking ? 'working' : 'idle', why, source, ...(isTurnOver ? { isTurnOver } : {}) }
}
