import { isSingleRole } from '../config/names.ts'
import type { Fact } from '../core/facts.ts'
import { sessionsOf } from '../core/fleet.ts'
import type { SessionId } from '../core/ids.ts'
import type { UnitTerms, WarmPlace } from '../core/pool.ts'
import type { Rules } from '../core/rules.ts'
import { isLive, type Session, settingsDirectoryOf } from '../core/session.ts'
import type { WorkPlace } from '../core/work.ts'
import { isFree, suits } from '../core/work-match.ts'
import type { FactLog } from './fact-log.ts'
import type { ProcessClock } from './process-clock.ts'

export interface WarmthOptions {
  readonly facts: FactLog
  readonly clock: ProcessClock
  readonly rules: (directory: string) => Rules
  /** Whether nobody else can use a session now, idle or not: the operator is typing into it, or it is being ended. */
  readonly isOut: (session: Session) => boolean
}

/** Which idle sessions are kept, and which have been idle for too long. */
export interface Warmth {
  /** Whether there was work since this process began that a session which is kept ready could have got. */
  readonly isUsed: boolean
  /** Whether a session runs that the pool started: only those are ended when they are idle for long. */
  readonly hasOwn: boolean
  /** A session has got work: if any of its kind could have had it, that kind is in use in its rig from now on, in place of the last one. */
  noteWork(given: Pick<Extract<Fact, { type: 'work.assigned' }>, 'id' | 'workId'>): void
  /** Where idle sessions are to be kept ready. */
  places(terms: (place: WorkPlace) => UnitTerms): readonly WarmPlace[]
  /** Sessions of the pool that nobody has used for as long as the rules allow; those that are kept ready are spared. */
  tooLongIdle(): readonly { readonly sessionId: SessionId; readonly why: string }[]
  /** Milliseconds until the next of them has been idle for too long. */
  nextMs(): number
}

/** Remembers rigs that had work since this process began: nothing is started for the history of a rig. */
export function createWarmth(options: WarmthOptions): Warmth {
  return new WarmthWatch(options)
}

/** So many idle sessions of one kind that are to be ready in a rig. */
type Wanted = Pick<WarmPlace, 'backend' | 'count' | 'place'>

class WarmthWatch implements Warmth {
  readonly #options: WarmthOptions
  /** Who did work last, by backend and rig. */
  readonly #used = new Map<string, Session>()
  readonly #idleSince = new Map<SessionId, number>()

  constructor(options: WarmthOptions) {
    this.#options = options
  }

  get isUsed(): boolean {
    return this.#used.size > 0
  }

  get hasOwn(): boolean {
    return sessionsOf(this.#options.facts.fleet).some((session) => session.isPooled === true && isLive(session))
  }

  noteWork({ id, workId }: Parameters<Warmth['noteWork']>[0]): void {
    const { sessions, work } = this.#options.facts.fleet
    const session = sessions[id]
    // A rig has one mayor, and work for an agent by its name goes to no other: a session that is kept ready would never get it.
    if (session === undefined || isSingleRole(session.role) || work[workId]?.agentName !== null) return
    this.#used.set(`${session.backend} ${session.rig}`, session)
  }

  places(terms: (place: WorkPlace) => UnitTerms): readonly WarmPlace[] {
    return this.#wanted().map((wanted) => ({ ...wanted, ...terms(wanted.place) }))
  }

  tooLongIdle(): readonly { readonly sessionId: SessionId; readonly why: string }[] {
    const now = this.#options.clock.now()
    return this.#spare()
      .filter(({ session, dueAt }) => this.#idleSince.has(session.id) && dueAt <= now)
      .map(({ session }) => ({ sessionId: session.id, why: 'it had no work for long' }))
  }

  nextMs(): number {
    const now = this.#options.clock.now()
    return Math.min(
      Number.POSITIVE_INFINITY,
      ...this.#spare()
        .map(({ dueAt }) => dueAt - now)
        .filter((ms) => ms > 0),
    )
  }

  #wanted(): readonly Wanted[] {
    return [...this.#used.values()].flatMap((session) => {
      const { backend, rig, role, args } = session
      const workDir = settingsDirectoryOf(session)
      const count = this.#options.rules(workDir).pool.warm[backend] ?? 0
      const place: WorkPlace = { rig, role, workDir, args, backend, agentName: null }
      return count === 0 ? [] : [{ backend, count, place }]
    })
  }

  /** Idle sessions of the pool beyond those that are kept ready, with when each has been idle for too long. */
  #spare(): readonly { readonly session: Session; readonly dueAt: number }[] {
    const { facts, clock, rules, isOut } = this.#options
    const now = clock.now()
    const idle = sessionsOf(facts.fleet).filter(isFree)
    const ready = idle.filter((session) => !isOut(session))
    this.#noteIdle(ready)
    const kept = this.#kept(ready)
    return idle.flatMap((session) => {
      const { id, isPooled } = session
      const { idleStopMs } = rules(settingsDirectoryOf(session)).pool
      if (isPooled !== true || kept.has(id) || idleStopMs === null) return []
      // One that is out is not idle; no fact tells that it is back, so that it is looked at again.
      return [{ session, dueAt: (this.#idleSince.get(id) ?? now) + idleStopMs }]
    })
  }

  #noteIdle(ready: readonly Session[]): void {
    const ids = new Set(ready.map(({ id }) => id))
    for (const id of this.#idleSince.keys()) if (!ids.has(id)) this.#idleSince.delete(id)
    for (const id of ids) if (!this.#idleSince.has(id)) this.#idleSince.set(id, this.#options.clock.now())
  }

  /** Those that are kept ready: counted as the plan counts them, or it would start one for each that is ended. */
  #kept(ready: readonly Session[]): ReadonlySet<SessionId> {
    // The operator's own are never ended, and get work like all others: they count first.
    const inOrder = [...ready.filter(({ isPooled }) => isPooled !== true), ...ready.filter(({ isPooled }) => isPooled)]
    const kept = this.#wanted().flatMap(({ backend, count, place }) =>
      inOrder.filter((session) => suits(session, place, backend)).slice(0, count),
    )
    return new Set(kept.map(({ id }) => id))
  }
}
