import type { SessionId } from '../core/ids.ts'
import type { FactLog } from './fact-log.ts'

/** How a start went: it runs, it ended by itself with success, it failed, or it took too long. */
export type StartOutcome = 'running' | 'ended' | 'failed' | 'late'

/** Watches the facts of a starting session until its start is decided, or the deadline passes. Never rejects. */
export function whenSettled(
  facts: FactLog,
  id: SessionId,
  deadlineMs: number,
): { readonly outcome: Promise<StartOutcome>; cancel(): void } {
  let finish: (outcome: StartOutcome) => void = () => undefined
  const outcome = new Promise<StartOutcome>((resolve) => {
    finish = resolve
  })
  const timer = setTimeout(() => finish('late'), deadlineMs)
  const stop = facts.onFact(() => {
    const state = facts.fleet.sessions[id]?.state
    if (state === 'running' || state === 'paused') finish('running')
    if (state === 'stopped') finish('ended')
    if (state === 'failed' || state === undefined) finish('failed')
  })
  return {
    outcome,
    cancel() {
      clearTimeout(timer)
      stop()
      finish('failed')
    },
  }
}
