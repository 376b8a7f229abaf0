import { toControlError } from '../core/errors.ts'
import type { Fact } from '../core/facts.ts'
import { type Fleet, sessionsOf } from '../core/fleet.ts'
import { exitedNeed } from '../core/freshness.ts'
import { needId, type SessionId } from '../core/ids.ts'
import { type RestartPolicy, type Rules, roleRules } from '../core/rules.ts'
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
  /** Takes over what the host before this one had planned. To be called once its sessions are back. */
  begin(): void
  /** Nothing is started again by itself: the operator ends everything. */
  cancelAll(): void
  /** Nothing is started again from now on; what is planned is for the next host. */
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
  /** Sessions that are being started again. */
  readonly #restarting = new Set<SessionId>()
  #deaths: readonly number[] = []
  #isClosed = false

  constructor(options: SupervisorOptions) {
    this.#options = options
    this.#stop = options.facts.onFact(({ fact }) => this.#heard(fact))
  }

  begin(): void {
    const { facts, now } = this.#options
    for (const { id, restartAt } of sessionsOf(facts.fleet)) {
      if (restartAt === undefined || this.#timers.has(id)) continue
      // However the clock was set meanwhile, it is never longer than the longest pause there is.
      this.#arm(id, Math.min(LONGEST_BACKOFF_MS, Math.max(0, (restartAt ?? 0) - now())))
    }
  }

  cancelAll(): void {
    const { facts } = this.#options
    this.#isClosed = true
    for (const { id, restartAt } of sessionsOf(facts.fleet)) {
      if (restartAt !== undefined) facts.append({ type: 'session.restart-cancelled', id, why: 'the host was stopped' })
    }
  }

  close(): void {
    this.#isClosed = true
    this.#stop()
    for (const id of [...this.#timers.keys()]) this.#disarm(id)
  }

  #heard(fact: Fact): void {
    switch (fact.type) {
      case 'session.ready':
      case 'session.activity-changed':
        this.#ran.add(fact.id)
        break
      case 'session.exited':
        // One that is cut off with its host is the next one's to bring back.
        if (fact.isInterrupted !== true) this.#exited(fact.id, fact.failed)
        break
      case 'session.relaunched':
        this.#ran.delete(fact.id)
        this.#disarm(fact.id)
        break
      case 'session.restart-cancelled':
        this.#disarm(fact.id)
        break
      case 'session.unpaused':
        this.#goOn(fact.id)
        break
      case 'session.removed':
        this.#forget(fact.id)
        break
      case 'pool.resumed':
        this.#deaths = []
        for (const { id } of sessionsOf(this.#options.facts.fleet)) this.#goOn(id)
        break
      default:
        break
    }
  }

  #exited(id: SessionId, isFailure: boolean): void {
    const wasAsked = this.#options.live.get(id)?.wasAsked !== false
    if (wasAsked) this.#restarting.delete(id)
    // A start that fails is the business of whoever wanted it.
    if (!this.#ran.delete(id) || wasAsked) return
    if (isFailure) this.#countDeath()
    this.#decide(id, isFailure)
  }

  #decide(id: SessionId, isFailure: boolean): void {
    const { facts, clock, now } = this.#options
    const session = facts.fleet.sessions[id]
    if (session === undefined || this.#isClosed) return
    const nowMs = clock.now()
    const endsMs = [...(this.#ends.get(id) ?? []), nowMs].slice(-CRASH_LOOP.ends)
    this.#ends.set(id, endsMs)
    const verdict = restartVerdict({ policy: this.#policyOf(session), isFailure, endsMs, nowMs })
    if (verdict.type === 'restart') {
      const why = `in ${Math.round(verdict.afterMs / 1000)} s, by the rules of its role`
      facts.append({ type: 'session.restart-planned', id, at: now() + verdict.afterMs, why })
      this.#arm(id, verdict.afterMs)
      return
    }
    this.#cancel(session)
    if (verdict.type === 'loop') this.#raise(session, verdict.why)
  }

  #policyOf(session: Session): RestartPolicy {
    return roleRules(this.#options.rules(settingsDirectoryOf(session)), session.role).restart
  }

  #cancel({ id, restartAt }: Session): void {
    const why = 'by the rules of its role'
    if (restartAt !== undefined) this.#options.facts.append({ type: 'session.restart-cancelled', id, why })
  }

  #arm(id: SessionId, waitMs: number): void {
    this.#disarm(id)
    if (this.#isClosed) return
    this.#timers.set(
      id,
      this.#options.clock.after(waitMs, () => this.#restartNow(id)),
    )
  }

  #disarm(id: SessionId): void {
    this.#timers.get(id)?.()
    this.#timers.delete(id)
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
    if (session?.restartAt === undefined || isLive(session) || this.#isClosed) return
    // Its role may have other rules by now.
    if (this.#policyOf(session) === 'never') {
      this.#cancel(session)
      return
    }
    const hold = whyHeldBack(session, facts.fleet)
    if (hold !== undefined) {
      if (session.restartAt !== null) facts.append({ type: 'session.restart-planned', id, at: null, why: hold })
      return
    }
    live.note(id, { source: 'host', what: 'restart', detail: 'by the rules of its role' })
    this.#restarting.add(id)
    spawner
      .resume(session)
      .catch((error: unknown) => {
        log('restart.failed', { session: id, detail: toControlError(error).message })
        // Whoever ended it in the middle of its start did not want it back.
        if (this.#restarting.has(id)) this.#decide(id, true)
      })
      .finally(() => this.#restarting.delete(id))
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
    this.#disarm(id)
    this.#restarting.delete(id)
    this.#ends.delete(id)
    this.#ran.delete(id)
  }
}

function whyHeldBack({ isPaused }: Session, { pool }: Fleet): string | undefined {
  if (isPaused === true) return 'when its pause is over'
  return pool?.paused === undefined ? undefined : 'when the operator resumes the pool'
}
