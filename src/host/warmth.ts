import { sessionsOf } from '../core/fleet.ts'
import type { SessionId } from '../core/ids.ts'
import type { UnitTerms, WarmPlace } from '../core/pool.ts'
import type { Rules } from '../core/rules.ts'
import { isLive, type Session, settingsDirectoryOf } from '../core/session.ts'
import type { WorkPlace } from '../core/work.ts'
import { isFree } from '../core/work-match.ts'
import type { FactLog } from './fact-log.ts'
import type { ProcessClock } from './process-clock.ts'

export interface WarmthOptions {
  readonly facts: FactLog
  readonly clock: ProcessClock
  readonly rules: (directory: string) => Rules
}

/** Which idle sessions are kept, and which have been idle for too long. */
export interface Warmth {
  /** Whether there was work since this process began. */
  readonly isUsed: boolean
  /** Whether a session runs that the pool started: only those are ended when they are idle for long. */
  readonly hasOwn: boolean
  /** A session has got work: its rig is in use from now on. */
  noteWork(id: SessionId): void
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

class WarmthWatch implements Warmth {
  readonly #options: WarmthOptions
  /** Where work was done last, by backend and rig. */
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

  noteWork(id: SessionId): void {
    const session = this.#options.facts.fleet.sessions[id]
    if (session !== undefined) this.#used.set(`${session.backend} ${session.rig}`, session)
  }

  places(terms: (place: WorkPlace) => UnitTerms): readonly WarmPlace[] {
    return [...this.#used.values()].flatMap((session) => {
      const { backend, rig, role, args } = session
      const workDir = settingsDirectoryOf(session)
      const count = this.#options.rules(workDir).pool.warm[backend] ?? 0
      const place: WorkPlace = { rig, role, workDir, args, backend, agentName: null }
      return count === 0 ? [] : [{ backend, count, place, ...terms(place) }]
    })
  }

  tooLongIdle(): readonly { readonly sessionId: SessionId; readonly why: string }[] {
    const now = this.#options.clock.now()
    return this.#spare()
      .filter(({ dueAt }) => dueAt <= now)
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

  /** Idle sessions of the pool beyond those that are kept ready, with when each has been idle for too long. */
  #spare(): readonly { readonly session: Session; readonly dueAt: number }[] {
    const { facts, clock, rules } = this.#options
    const idle = sessionsOf(facts.fleet).filter((session) => session.isPooled === true && isFree(session))
    const ids = new Set(idle.map(({ id }) => id))
    for (const id of this.#idleSince.keys()) if (!ids.has(id)) this.#idleSince.delete(id)
    for (const id of ids) if (!this.#idleSince.has(id)) this.#idleSince.set(id, clock.now())
    const kept = new Map<string, number>()
    return idle.flatMap((session) => {
      const { idleStopMs, warm } = rules(settingsDirectoryOf(session)).pool
      const key = `${session.backend} ${session.rig}`
      const before = kept.get(key) ?? 0
      kept.set(key, before + 1)
      if (idleStopMs === null || before < (warm[session.backend] ?? 0)) return []
      return [{ session, dueAt: (this.#idleSince.get(session.id) ?? clock.now()) + idleStopMs }]
    })
  }
}
