import type { Envelope, Fact } from '../core/facts.ts'
import { sessionsOf } from '../core/fleet.ts'
import type { SessionId } from '../core/ids.ts'
import type { Session, Snooze } from '../core/session.ts'
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

/** Facts about one session among which the one that put it aside is looked for after a restart. */
const FACTS_READ = 300

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
    else wakeFor(id, whyBack(fact, snooze))
  }

  function wakeFor(id: SessionId, why: string | undefined): void {
    if (why !== undefined) wake(id, why)
  }

  function setTimer(id: SessionId, until: number | undefined): void {
    if (until === undefined) disarm(id)
    else arm(id, until)
  }

  for (const session of sessionsOf(facts.fleet)) {
    if (session.snooze === undefined) continue
    setTimer(session.id, session.snooze.until)
    wakeFor(session.id, whyBackAlready(facts, session))
  }
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

/** Why this fact brings a session back that was put aside; undefined when it does not. */
function whyBack(fact: Fact, snooze: Snooze): string | undefined {
  if (fact.type === 'session.need-raised') return `it asks: ${fact.need.title || fact.need.kind}`
  return snooze.until === undefined && CHANGES.has(fact.type) ? 'it changed' : undefined
}

/** The same for what happened while nobody watched: the end of its host ended its agent as well. */
function whyBackAlready(facts: FactLog, { id, snooze }: Session): string | undefined {
  if (snooze === undefined) return undefined
  const past = facts.about(id, FACTS_READ)
  const putAside = past.findLastIndex(({ fact }) => fact.type === 'session.snoozed')
  return past
    .slice(putAside + 1)
    .map(({ fact }) => whyBack(fact, snooze))
    .find((why) => why !== undefined)
}
