import { toControlError } from '../core/errors.ts'
import type { Fact } from '../core/facts.ts'
import { sessionsOf } from '../core/fleet.ts'
import { exitedNeed } from '../core/freshness.ts'
import { needId, type SessionId } from '../core/ids.ts'
import { type Rules, roleRules } from '../core/rules.ts'
import { isLive, type Session, settingsDirectoryOf } from '../core/session.ts'
import { CRASH_LOOP, LONGEST_BACKOFF_MS, massDeath, restartVerdict } from '../core/supervision.ts'
import type { FactLog } from './fact-log.ts'
import type { LiveSessions } from './live-sessions.ts'
import type { Log } from './log.ts'
import type { ProcessClock } from './process-clock.ts'
import type { Spawner } from './spawner.ts'

export interface SupervisorOptions {
  readonly facts: FactLog
  readonly clock: ProcessClock
  readonly live: Pick<LiveSessions, 'get' | 'note'>
  readonly spawner: Spawner
  readonly rules: (directory: string) => Rules
  readonly now: () => number
  readonly newId: () => string
  readonly log: Log
}

/** Starts again what ended by itself, by the rules of its role, and holds everything back when too much ends at once. */
export interface Supervisor {
  /** Nothing is started again by itself: the operator has ended everything. */
  restNow(): void
  close(): void
}

/** The supervisor of a host. Ends that were asked for are nobody's trouble. */
export function createSupervisor(options: SupervisorOptions): Supervisor {
  return new Watch(options)
}

class Watch implements Supervisor {
  readonly #options: SupervisorOptions
  readonly #stop: () => void
  /** When each session ended by itself; milliseconds of process time. */
  readonly #ends = new Map<SessionId, readonly number[]>()
  /** Sessions that were ready since their last start. */
  readonly #ran = new Set<SessionId>()
  readonly #timers = new Map<SessionId, () => void>()
  #deaths: readonly number[] = []

  constructor(options: SupervisorOptions) {
    this.#options = options
    this.#stop = options.facts.onFact(({ fact }) => this.#heard(fact))
    // What the host before this one had planned.
    for (const { id } of sessionsOf(options.facts.fleet)) this.#arm(id)
  }

  restNow(): void {
    const { facts } = this.#options
    const planned = sessionsOf(facts.fleet).filter(({ restartAt }) => restartAt !== undefined)
    facts.append(
      ...planned.map(({ id }) => ({ type: 'session.restart-planned', id, why: 'the host was stopped' }) as const),
    )
  }

  close(): void {
    this.#stop()
    for (const cancel of this.#timers.values()) cancel()
    this.#timers.clear()
  }

  #heard(fact: Fact): void {
    if (fact.type === 'session.ready' || fact.type === 'session.activity-changed') this.#ran.add(fact.id)
    if (fact.type === 'session.exited') this.#exited(fact.id, fact.failed)
    if (fact.type === 'session.relaunched') this.#ran.delete(fact.id)
    if (fact.type === 'session.relaunched' || fact.type === 'session.restart-planned') this.#arm(fact.id)
    if (fact.type === 'session.unpaused') this.#goOn(fact.id)
    if (fact.type === 'session.removed') this.#forget(fact.id)
    if (fact.type !== 'pool.resumed') return
    this.#deaths = []
    for (const { id } of sessionsOf(this.#options.facts.fleet)) this.#goOn(id)
  }

  #exited(id: SessionId, isFailure: boolean): void {
    const { live } = this.#options
    // A start that fails is the business of whoever wanted it.
    if (!this.#ran.delete(id) || live.get(id)?.wasAsked !== false) return
    if (isFailure) this.#countDeath()
    this.#decide(id, isFailure)
  }

  #decide(id: SessionId, isFailure: boolean): void {
    const { facts, clock, rules, now } = this.#options
    const session = facts.fleet.sessions[id]
    if (session === undefined) return
    const nowMs = clock.now()
    const endsMs = [...(this.#ends.get(id) ?? []), nowMs].slice(-CRASH_LOOP.ends)
    this.#ends.set(id, endsMs)
    const policy = roleRules(rules(settingsDirectoryOf(session)), session.role).restart
    const verdict = restartVerdict({ policy, isFailure, endsMs, nowMs })
    if (verdict.type === 'restart') {
      const why = `in ${Math.round(verdict.afterMs / 1000)} s, by the rules of its role`
      facts.append({ type: 'session.restart-planned', id, at: now() + verdict.afterMs, why })
      this.#arm(id, verdict.afterMs)
      return
    }
    if (session.restartAt !== undefined)
      facts.append({ type: 'session.restart-planned', id, why: 'by the rules of its role' })
    if (verdict.type === 'loop') this.#raise(session, verdict.why)
  }

  /** Waits for the moment that is planned, if any. */
  #arm(id: SessionId, waitMs = this.#untilPlanned(id)): void {
    this.#timers.get(id)?.()
    this.#timers.delete(id)
    if (waitMs === undefined) return
    const cancel = this.#options.clock.after(waitMs, () => this.#restartNow(id))
    this.#timers.set(id, cancel)
  }

  #untilPlanned(id: SessionId): number | undefined {
    const { facts, now } = this.#options
    const at = facts.fleet.sessions[id]?.restartAt
    // However the clock was set, it is never longer than the longest pause there is.
    return at === undefined ? undefined : Math.min(LONGEST_BACKOFF_MS, Math.max(0, at - now()))
  }

  /** Nothing holds it back any more: if its time came meanwhile, it is started. */
  #goOn(id: SessionId): void {
    if (!this.#timers.has(id)) this.#restartNow(id)
  }

  #countDeath(): void {
    const { facts, clock } = this.#options
    const nowMs = clock.now()
    this.#deaths = [...this.#deaths, nowMs].slice(-20)
    const why = massDeath(this.#deaths, nowMs)
    if (why !== undefined && facts.fleet.pool?.paused === undefined) facts.append({ type: 'pool.paused', why })
  }

  #restartNow(id: SessionId): void {
    const { facts, live, spawner, log } = this.#options
    this.#timers.delete(id)
    const session = facts.fleet.sessions[id]
    if (session?.restartAt === undefined || isLive(session)) return
    // It goes on when these are over.
    if (session.isPaused === true || facts.fleet.pool?.paused !== undefined) return
    live.note(id, { source: 'host', what: 'restart', detail: 'by the rules of its role' })
    spawner.resume(session).catch((error: unknown) => {
      log('restart.failed', { session: id, detail: toControlError(error).message })
      this.#decide(id, true)
    })
  }

  /** It stays as it is, and the operator is told why. */
  #raise(session: Session, why: string): void {
    const { facts, now, newId } = this.#options
    const { id } = session
    const need = { ...exitedNeed(session, why, []), id: needId(newId()), raisedAt: now() }
    const { need: shown } = session
    if (shown !== undefined) facts.append({ type: 'session.need-cleared', id, needId: shown.id, outcome: 'withdrawn' })
    facts.append({ type: 'session.need-raised', id, need, source: 'host' })
  }

  #forget(id: SessionId): void {
    this.#arm(id)
    this.#ends.delete(id)
    this.#ran.delete(id)
  }
}
