import type { Envelope, Fact } from '../core/facts.ts'
import { sessionsOf } from '../core/fleet.ts'
import type { SessionId } from '../core/ids.ts'
import type { FactLog } from './fact-log.ts'

/** Timers hold at most 2^31 - 1 milliseconds; a longer snooze is looked at again then. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** Facts after which a session that was put aside until it changes is back. */
const CHANGES: ReadonlySet<Fact['type']> = new Set([
  'session.need-cleared',
  'session.replied',
  'session.exited',
  'session.relaunched',
])

export interface SnoozeAlarmOptions {
  readonly facts: FactLog
  readonly now: () => number
}

/** Brings sessions back that were put aside. */
export interface SnoozeAlarm {
  /** Brings one back now; does nothing when it is not put aside. */
  wake(id: SessionId, why: string): void
  close(): void
}

/** Watches the snoozed sessions of these facts, those of an earlier run included. */
export function createSnoozeAlarm({ facts, now }: SnoozeAlarmOptions): SnoozeAlarm {
  const timers = new Map<SessionId, NodeJS.Timeout>()

  function disarm(id: SessionId): void {
    clearTimeout(timers.get(id))
    timers.delete(id)
  }

  function wake(id: SessionId, why: string): void {
    disarm(id)
    if (facts.fleet.sessions[id]?.snooze !== undefined) facts.append({ type: 'session.snoozed', id, why })
  }

  function arm(id: SessionId, until: number): void {
    disarm(id)
    const ring = (): void => (until > now() ? arm(id, until) : wake(id, 'the time is over'))
    timers.set(id, setTimeout(ring, Math.max(0, Math.min(until - now(), LONGEST_TIMER_MS))))
  }

  function hear({ fact }: Envelope): void {
    if (!('id' in fact)) return
    const { id } = fact
    const snooze = facts.fleet.sessions[id]?.snooze
    if (snooze === undefined) disarm(id)
    else if (fact.type === 'session.snoozed') setTimer(id, snooze.until)
    else if (fact.type === 'session.need-raised') wake(id, `it asks: ${fact.need.title || fact.need.kind}`)
    else if (snooze.until === undefined && CHANGES.has(fact.type)) wake(id, 'it changed')
  }

  function setTimer(id: SessionId, until: number | undefined): void {
    if (until === undefined) disarm(id)
    else arm(id, until)
  }

  for (const { id, snooze } of sessionsOf(facts.fleet)) if (snooze?.until !== undefined) arm(id, snooze.until)
  const stopListening = facts.onFact(hear)

  return {
    wake,
    close() {
      stopListening()
      for (const timer of timers.values()) clearTimeout(timer)
      timers.clear()
    },
  }
}
