import { toControlError } from '../core/errors.ts'
import type { Fact } from '../core/facts.ts'
import { type Fleet, sessionsOf } from '../core/fleet.ts'
import type { SessionId, WorkId } from '../core/ids.ts'
import { type PoolPlan, type PoolView, planPool } from '../core/pool.ts'
import { FREE_POOL, whyHeld } from '../core/pool-state.ts'
import type { Rules } from '../core/rules.ts'
import type { Dispose } from '../core/scope.ts'
import { isLive } from '../core/session.ts'
import { isOpen, queueOf, type WorkUnit, workPrompt } from '../core/work.ts'
import { isFree } from '../core/work-match.ts'
import { firstGuessMb, type MemoryGauge } from './memory-gauge.ts'
import { passTerms, type TermsAt } from './pass-terms.ts'
import { PoolStarts, type PoolStartsOptions } from './pool-starts.ts'
import { createUnitTries, type UnitTries } from './unit-tries.ts'
import { createWarmth, type Warmth } from './warmth.ts'

/** How long until memory and the settings, or the health of a backend, are looked at again while something waits: no fact tells. */
const LOOK_AGAIN_MS = 5_000
const HEALTH_AGAIN_MS = 30_000

export interface PoolOptions extends Omit<PoolStartsOptions, 'tries' | 'hasOther' | 'onChange'> {
  readonly rules: (directory: string) => Rules
  readonly memory: MemoryGauge
  readonly onHealth: (backend: string) => Promise<void>
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** Facts after which nobody can get more or less work than before. */
const IDLE_TALK: ReadonlySet<Fact['type']> = new Set<Fact['type']>([
  'session.used',
  'session.read',
  'session.resized',
  'session.favoured',
  'session.snoozed',
  'session.identified',
  'message.held',
  'message.acknowledged',
  'work.explained',
])

/** Gives out the work that waits: at once when it can, by facts and not by asking. */
export class Pool {
  readonly tries: UnitTries
  readonly starts: PoolStarts
  readonly #options: PoolOptions
  readonly #warmth: Warmth
  readonly #ending = new Set<SessionId>()
  readonly #waiters = new Set<() => void>()
  readonly #stop: Dispose
  #cancel: Dispose | undefined
  #healthAt = Number.NEGATIVE_INFINITY
  #isScheduled = false
  #isClosed = false

  constructor(options: PoolOptions) {
    this.#options = options
    this.tries = createUnitTries(options.clock)
    this.starts = new PoolStarts({
      ...options,
      tries: this.tries,
      hasOther: (unit, backend) =>
        this.#terms()(unit).options.some((other) => other.backend !== backend && other.problem === undefined),
      onChange: () => this.pass(),
    })
    this.#warmth = createWarmth({ ...options, isOut: ({ id }) => this.#ending.has(id) || this.#hasDraft(id) })
    this.#stop = options.facts.onFact(({ fact }) => this.#heard(fact))
    // What the host before this one had in its queue goes on.
    this.#schedule()
  }

  /** Resolves when it is decided what becomes of a unit: a session that is ready has it, it waits, or it was given up. */
  async settled(id: WorkId): Promise<void> {
    while (!this.#isClosed && this.#isPending(id)) {
      await new Promise<void>((resolve) => this.#waiters.add(resolve))
    }
  }

  /** Gives out what can be given out now, and says why the rest waits. */
  pass(changes: Pick<PoolView, 'isSpreading'> = {}): void {
    const { facts } = this.#options
    if (this.#isClosed || this.#isAtRest(facts.fleet)) return
    const plan = planPool(this.view(facts.fleet, changes))
    for (const { workId, sessionId, why } of plan.assign) this.#hand(workId, sessionId, why)
    for (const { sessionId, why } of plan.end) this.#end(sessionId, why)
    for (const { sessionId, why } of this.#warmth.tooLongIdle()) this.#end(sessionId, why)
    for (const start of plan.start) this.starts.begin(start)
    facts.append(...plan.explain.map((each) => ({ type: 'work.explained', ...each }) as const))
    this.#arm(plan)
    this.#wake()
  }

  /** All that a plan depends on, for the fleet as it is or as it might be. */
  view(fleet: Fleet, changes: Pick<PoolView, 'isSpreading'> = {}): PoolView {
    const { memory } = this.#options
    const queue = queueOf(Object.values(fleet.work))
    const mayStart = queue.length > 0 || this.#warmth.isUsed
    const terms = this.#terms()
    return {
      fleet,
      terms: new Map(queue.map((unit) => [unit.id, terms(unit)])),
      warm: this.#warmth.places(terms),
      underWay: this.starts.underWay,
      startsInLastMinute: this.starts.recent,
      // Nothing is measured while nothing is started.
      freeMb: mayStart ? memory.freeMb() : Number.POSITIVE_INFINITY,
      sessionMb: mayStart ? { ...this.#guessedMb(), ...memory.sessionMb() } : {},
      held: whyHeld(fleet.pool ?? FREE_POOL),
      drafts: this.#drafts(fleet),
      ending: this.#ending,
      ...changes,
    }
  }

  /** Whether another backend than the one that has it may do a unit; that one is not tried for it again. */
  mayFailOver(unit: WorkUnit, backend: string, why: string): boolean {
    const isOther = this.#terms()(unit).options.some((each) => each.backend !== backend && each.problem === undefined)
    if (isOther) this.tries.note(unit.id, backend, { why, isFinal: true })
    return isOther
  }

  close(): void {
    this.#isClosed = true
    this.starts.close()
    this.#stop()
    this.#cancel?.()
    this.#wake()
  }

  /** The terms of units as they are at this moment. */
  #terms(): TermsAt {
    return passTerms({ ...this.#options, tries: this.tries })
  }

  #guessedMb(): Readonly<Record<string, number>> {
    const { backends } = this.#options
    return Object.fromEntries(
      Object.entries(backends).map(([name, { capabilities }]) => [name, firstGuessMb(capabilities)]),
    )
  }

  /** Whether there is nothing to give out, to keep ready or to end: the usual case, in which a fact costs nothing. */
  #isAtRest(fleet: Fleet): boolean {
    if (this.#warmth.isUsed || this.#warmth.hasOwn || this.#cancel !== undefined) return false
    const isResting = !Object.values(fleet.work).some(({ status }) => status === 'queued')
    if (isResting) this.#wake()
    return isResting
  }

  #drafts(fleet: Fleet): ReadonlySet<SessionId> {
    const ids = sessionsOf(fleet).map(({ id }) => id)
    return new Set(ids.filter((id) => this.#hasDraft(id)))
  }

  #hasDraft(id: SessionId): boolean {
    return this.#options.live.get(id)?.hasDraft === true
  }

  #isPending(id: WorkId): boolean {
    const isQueued = this.#options.facts.fleet.work[id]?.status === 'queued'
    return this.starts.has(id) || (isQueued && this.#isScheduled)
  }

  #heard(fact: Fact): void {
    if (fact.type === 'session.removed' || fact.type === 'session.exited') this.#ending.delete(fact.id)
    if (fact.type === 'work.ended') this.tries.forget(fact.workId)
    if (fact.type === 'work.assigned') this.#warmth.noteWork(fact)
    this.#wake()
    if (!IDLE_TALK.has(fact.type)) this.#schedule()
  }

  /** Once for all facts of a moment, and after everyone has heard them. */
  #schedule(): void {
    if (this.#isScheduled || this.#isClosed) return
    this.#isScheduled = true
    queueMicrotask(() => {
      this.#isScheduled = false
      this.pass()
    })
  }

  #hand(workId: WorkId, sessionId: SessionId, why: string): void {
    const { facts, messages, log } = this.#options
    const unit = facts.fleet.work[workId]
    if (unit === undefined) return
    facts.append({ type: 'work.assigned', id: sessionId, workId, why })
    try {
      messages.send(sessionId, { type: 'nudge', subject: workId, body: workPrompt(unit) }, { workId })
    } catch (error) {
      const { message } = toControlError(error)
      log('pool.not-handed', { session: sessionId, work: workId, detail: message })
      facts.append({ type: 'work.requeued', workId, why: message })
    }
  }

  #end(id: SessionId, why: string): void {
    const { live, log } = this.#options
    const agent = live.get(id)
    if (agent === undefined || this.#ending.has(id)) return
    this.#ending.add(id)
    agent.note({ source: 'host', what: 'ended by the pool', detail: why })
    agent.terminate(false).catch((error: unknown) => log('pool.not-ended', { session: id, detail: String(error) }))
  }

  #arm({ waitsForTime }: PoolPlan): void {
    const { clock, facts } = this.#options
    this.#cancel?.()
    const isWaiting = Object.values(facts.fleet.work).some(({ status }) => status === 'queued')
    // What is held back waits for the operator alone.
    const mayGoOn = isWaiting && whyHeld(facts.fleet.pool ?? FREE_POOL) === undefined
    const waits = [
      this.#warmth.nextMs(),
      waitsForTime || mayGoOn ? LOOK_AGAIN_MS : Number.POSITIVE_INFINITY,
      isWaiting ? this.tries.nextMs() : Number.POSITIVE_INFINITY,
      isWaiting && this.#unavailable().length > 0 ? HEALTH_AGAIN_MS : Number.POSITIVE_INFINITY,
    ]
    const ms = Math.min(...waits)
    this.#cancel = Number.isFinite(ms) ? clock.after(Math.max(1, ms), () => this.#due()) : undefined
  }

  #due(): void {
    const { clock, onHealth, log } = this.#options
    if (clock.now() - this.#healthAt >= HEALTH_AGAIN_MS) {
      this.#healthAt = clock.now()
      for (const backend of this.#unavailable())
        onHealth(backend).catch((error: unknown) => log('pool.health', { backend, detail: String(error) }))
    }
    this.pass()
  }

  #unavailable(): readonly string[] {
    const { facts, backends } = this.#options
    return Object.keys(backends).filter((name) => facts.fleet.backends[name]?.status === 'unavailable')
  }

  #wake(): void {
    for (const waiter of [...this.#waiters]) {
      this.#waiters.delete(waiter)
      waiter()
    }
  }
}

/** Sessions of a backend by what they can be used for. */
export function tally(fleet: Fleet, backend: string): { readonly idle: number; readonly starting: number } {
  const live = sessionsOf(fleet).filter((session) => session.backend === backend && isLive(session))
  return {
    idle: live.filter(isFree).length,
    starting: live.filter(({ state }) => state === 'starting').length,
  }
}

/** The open units of a session. */
export function openUnits(fleet: Fleet, id: SessionId): readonly WorkUnit[] {
  return Object.values(fleet.work).filter((unit) => unit.sessionId === id && isOpen(unit))
}
