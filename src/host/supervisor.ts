import { toControlError } from '../core/errors.ts'
import type { Fact } from '../core/facts.ts'
import { exitedNeed } from '../core/freshness.ts'
import { needId, type SessionId } from '../core/ids.ts'
import { type Rules, roleRules } from '../core/rules.ts'
import { isLive, type Session, settingsDirectoryOf } from '../core/session.ts'
import { CRASH_LOOP, massDeath, restartVerdict } from '../core/supervision.ts'
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
  /** Restarts that wait until the operator resumes the pool. */
  readonly #heldBack = new Set<SessionId>()
  #deaths: readonly number[] = []

  constructor(options: SupervisorOptions) {
    this.#options = options
    this.#stop = options.facts.onFact(({ fact }) => this.#heard(fact))
  }

  close(): void {
    this.#stop()
    for (const cancel of this.#timers.values()) cancel()
    this.#timers.clear()
  }

  #heard(fact: Fact): void {
    if (fact.type === 'session.ready' || fact.type === 'session.activity-changed') this.#ran.add(fact.id)
    if (fact.type === 'session.exited') this.#exited(fact.id, fact.failed)
    if (fact.type === 'session.relaunched') {
      this.#ran.delete(fact.id)
      this.#forgetTimer(fact.id)
    }
    if (fact.type === 'session.removed') this.#forget(fact.id)
    if (fact.type !== 'pool.resumed') return
    this.#deaths = []
    for (const id of this.#heldBack) this.#restartNow(id)
    this.#heldBack.clear()
  }

  #exited(id: SessionId, isFailure: boolean): void {
    const { live } = this.#options
    // A start that fails is the business of whoever wanted it.
    if (!this.#ran.delete(id) || live.get(id)?.wasAsked !== false) return
    if (isFailure) this.#countDeath()
    this.#decide(id, isFailure)
  }

  #decide(id: SessionId, isFailure: boolean): void {
    const { facts, clock, rules, live } = this.#options
    const session = facts.fleet.sessions[id]
    if (session === undefined || session.isPaused === true) return
    const nowMs = clock.now()
    const endsMs = [...(this.#ends.get(id) ?? []), nowMs].slice(-CRASH_LOOP.ends)
    this.#ends.set(id, endsMs)
    const policy = roleRules(rules(settingsDirectoryOf(session)), session.role).restart
    const verdict = restartVerdict({ policy, isFailure, endsMs, nowMs })
    if (verdict.type === 'rest') return
    if (verdict.type === 'loop') {
      this.#raise(session, verdict.why)
      return
    }
    live.note(id, { source: 'host', what: 'restart', detail: `in ${Math.round(verdict.afterMs / 1000)} s` })
    this.#forgetTimer(id)
    this.#timers.set(
      id,
      clock.after(verdict.afterMs, () => this.#restartNow(id)),
    )
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
    if (session === undefined || isLive(session)) return
    if (facts.fleet.pool?.paused !== undefined) {
      this.#heldBack.add(id)
      return
    }
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

  #forgetTimer(id: SessionId): void {
    this.#timers.get(id)?.()
    this.#timers.delete(id)
  }

  #forget(id: SessionId): void {
    this.#forgetTimer(id)
    this.#ends.delete(id)
    this.#ran.delete(id)
    this.#heldBack.delete(id)
  }
}
