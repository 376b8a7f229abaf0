import { budgetKey } from './budgets.ts'
import { type Fleet, sessionsOf } from './fleet.ts'
import type { SessionId, WorkId } from './ids.ts'
import type { PoolRules } from './rules.ts'
import { isLive, isPresent, type Session } from './session.ts'
import { queueOf, type WorkPlace, type WorkUnit } from './work.ts'
import { isFree, isSameKind, suits } from './work-match.ts'

/** A backend that may do a unit, and what is said for it or against it. */
export interface BackendOption {
  readonly backend: string
  /** Why it is this one. */
  readonly why: string
  /** Most sessions of it at once. */
  readonly limit: number
  /** Why it can do nothing for this unit now; absent = it can. */
  readonly problem?: string
}

/** How a unit may be done: by which backends, best first, and under which rules. */
export interface UnitTerms {
  readonly options: readonly BackendOption[]
  readonly rules: Pick<PoolRules, 'memoryFloorMb' | 'startsPerMinute'>
}

/** A session that is to be started: for a unit, or to be kept ready. */
export interface PoolStart {
  readonly workId?: WorkId
  readonly backend: string
  readonly place: WorkPlace
  readonly why: string
}

/** Idle sessions that are to be kept ready in one rig. */
export interface WarmPlace extends UnitTerms {
  readonly backend: string
  readonly count: number
  readonly place: WorkPlace
}

/** All that a plan depends on. */
export interface PoolView {
  readonly fleet: Fleet
  readonly terms: ReadonlyMap<WorkId, UnitTerms>
  readonly warm: readonly WarmPlace[]
  /** Starts under way, and whether a session stands for them already. */
  readonly underWay: readonly (PoolStart & { readonly isRegistered: boolean })[]
  readonly startsInLastMinute: number
  readonly freeMb: number
  /** What a session of each backend takes: as measured, or a guess until one has been. */
  readonly sessionMb: Readonly<Record<string, number>>
  /** Why nothing may be given out; absent = it may. */
  readonly held?: string | undefined
  /** Sessions in whose prompt the operator has unsent text: they are nobody else's. */
  readonly drafts: ReadonlySet<SessionId>
  /** Sessions that it is ending. */
  readonly ending: ReadonlySet<SessionId>
  /** A full backend is no reason to wait for it. */
  readonly isSpreading?: boolean
}

/** What is to be done now, and why the rest waits. */
export interface PoolPlan {
  readonly assign: readonly { readonly workId: WorkId; readonly sessionId: SessionId; readonly why: string }[]
  readonly start: readonly PoolStart[]
  readonly end: readonly { readonly sessionId: SessionId; readonly why: string }[]
  readonly explain: readonly { readonly workId: WorkId; readonly why: string }[]
  /** Something waits for time to pass (memory, the rate of starts): no fact will tell. */
  readonly waitsForTime: boolean
}

/** Who gets which unit now. Units go by priority, then age; one that has to wait never loses its place to a later one. */
export function planPool(view: PoolView): PoolPlan {
  const planner = new Planner(view)
  // Who comes back after a crash of the host takes the work there is, before anybody new does.
  if (sessionsOf(view.fleet).some(({ interruption }) => interruption !== undefined)) return planner
  for (const unit of queueOf(Object.values(view.fleet.work))) planner.place(unit)
  planner.makeRoom()
  planner.keepWarm()
  return planner
}

/** The sessions of a backend that are there or about to come back: what its limit counts. */
export function countLive(fleet: Fleet, backend: string): number {
  return sessionsOf(fleet).filter((session) => session.backend === backend && isPresent(session)).length
}

type Blocked = { readonly kind: 'limit' | 'time'; readonly why: string }

class Planner implements PoolPlan {
  readonly assign: { readonly workId: WorkId; readonly sessionId: SessionId; readonly why: string }[] = []
  readonly start: PoolStart[] = []
  readonly end: { readonly sessionId: SessionId; readonly why: string }[] = []
  readonly explain: { readonly workId: WorkId; readonly why: string }[] = []
  waitsForTime = false
  readonly #view: PoolView
  readonly #sessions: readonly Session[]
  readonly #taken = new Set<SessionId>()
  /** Units that wait, by what they wait for. */
  readonly #lines = new Map<string, number>()
  /** Units that wait for a session of a full backend. */
  readonly #short = new Map<string, number>()

  constructor(view: PoolView) {
    this.#view = view
    this.#sessions = sessionsOf(view.fleet).filter((session) => isLive(session) && !view.ending.has(session.id))
  }

  place(unit: WorkUnit): void {
    const { held, terms, underWay } = this.#view
    if (underWay.some(({ workId }) => workId === unit.id)) return
    if (held !== undefined) {
      this.#wait(unit, 'all', held)
      return
    }
    if (unit.agentName !== null && this.#placeByName(unit, unit.agentName)) return
    const { options = [], rules } = terms.get(unit.id) ?? {}
    if (rules === undefined) return
    const usable = options.filter(({ problem }) => problem === undefined)
    const [first] = usable
    if (first === undefined) {
      this.#wait(unit, 'none', options.map(({ problem }) => problem).join('; '))
      return
    }
    const tried = this.#view.isSpreading === true ? usable : [first]
    if (tried.some((option) => this.#reuse(unit, option))) return
    const blocks = tried.map((option) => this.#start({ workId: unit.id, place: unit, option, rules }))
    const [block] = blocks
    if (block === undefined || blocks.includes(undefined)) return
    if (block.kind === 'limit') this.#short.set(first.backend, (this.#short.get(first.backend) ?? 0) + 1)
    this.#wait(unit, first.backend, block.why)
  }

  /** Ends idle sessions of ours where units wait for a place. */
  makeRoom(): void {
    for (const [backend, wanted] of this.#short) {
      const leaving = [...this.#view.ending].filter((id) => this.#view.fleet.sessions[id]?.backend === backend).length
      const spare = this.#sessions
        .filter((session) => session.backend === backend && session.isPooled === true && this.#isFree(session))
        .sort((a, b) => a.since - b.since)
      for (const session of spare.slice(0, Math.max(0, wanted - leaving))) {
        this.#taken.add(session.id)
        this.end.push({ sessionId: session.id, why: 'idle while other work waits for its place' })
      }
    }
  }

  /** Starts what is missing of the sessions to keep ready; never while a unit waits for that backend. */
  keepWarm(): void {
    const { warm, held, underWay } = this.#view
    if (held !== undefined) return
    for (const { backend, count, place, options, rules } of warm) {
      const [option] = options
      if (option === undefined || option.problem !== undefined || this.#lines.has(backend)) continue
      const idle = this.#sessions.filter((session) => this.#isFree(session) && suits(session, place, backend))
      const coming = underWay.filter(
        (each) => each.workId === undefined && each.backend === backend && isSameKind(each.place, place),
      )
      for (let missing = count - idle.length - coming.length; missing > 0; missing -= 1)
        if (this.#start({ place, option, rules }) !== undefined) break
    }
  }

  /** A unit for one agent goes to that agent, whatever it does; false when there is none yet. */
  #placeByName(unit: WorkUnit, name: string): boolean {
    const session = this.#sessions.find(({ rig, agentName }) => rig === unit.rig && agentName === name)
    if (session === undefined) {
      const isComing = [...this.#view.underWay, ...this.start].some(
        ({ place }) => place.rig === unit.rig && place.agentName === name,
      )
      if (isComing) this.#wait(unit, name, `${unit.rig}/${name} is being started`)
      return isComing
    }
    const { backend, id, isPaused, need } = session
    if (isPaused === true) this.#wait(unit, name, `${unit.rig}/${name} is paused`)
    else if (need?.key === budgetKey('session', 'pause')) this.#wait(unit, name, `${unit.rig}/${name}: ${need.title}`)
    else if (unit.backend !== null && unit.backend !== backend)
      this.#wait(unit, name, `${unit.rig}/${name} runs on ${backend}, not on ${unit.backend}`)
    else this.assign.push({ workId: unit.id, sessionId: id, why: `${backend}, because ${unit.rig}/${name} runs on it` })
    return true
  }

  #reuse(unit: WorkUnit, { backend, why }: BackendOption): boolean {
    const [session] = this.#sessions
      .filter((each) => this.#isFree(each) && suits(each, unit, backend))
      .sort((a, b) => a.since - b.since)
    if (session === undefined) return false
    this.#taken.add(session.id)
    const name = `${session.rig}/${session.agentName}`
    this.assign.push({ workId: unit.id, sessionId: session.id, why: `${name} was idle (${why})` })
    return true
  }

  /** Plans a start, or says what is in its way. */
  #start(wanted: {
    readonly workId?: WorkId
    readonly place: WorkPlace
    readonly option: BackendOption
    readonly rules: UnitTerms['rules']
  }): Blocked | undefined {
    const { workId, place, option, rules } = wanted
    const block = this.#blocked(option, rules)
    if (block !== undefined) {
      this.waitsForTime ||= block.kind === 'time'
      return block
    }
    const { backend, why } = option
    this.start.push({ ...(workId === undefined ? {} : { workId }), backend, place, why })
    return undefined
  }

  #blocked({ backend, limit }: BackendOption, rules: UnitTerms['rules']): Blocked | undefined {
    const { startsInLastMinute, freeMb } = this.#view
    const live = this.#count(backend)
    if (live >= limit) return { kind: 'limit', why: `waits for a free ${backend} session (${live} of ${limit})` }
    const perMinute = rules.startsPerMinute
    if (startsInLastMinute + this.start.length >= perMinute)
      return { kind: 'time', why: `waits: ${perMinute} sessions were started within a minute` }
    const needsMb = Math.round(this.#takesMb(backend))
    const leftMb = freeMb - this.#promisedMb()
    // A lower unit must not take the memory that a higher one waits for.
    if (!this.waitsForTime && leftMb - needsMb >= rules.memoryFloorMb) return undefined
    const free = `${Math.round(leftMb)} MB free, ${rules.memoryFloorMb} MB are kept, one takes ${needsMb} MB`
    return { kind: 'time', why: `waits for memory (${free})` }
  }

  /** Memory that is still counted as free, and will be taken by sessions that start or are about to. */
  #promisedMb(): number {
    const starting = this.#sessions.filter(({ state }) => state === 'starting')
    const coming = this.#view.underWay.filter(({ isRegistered }) => !isRegistered)
    return [...starting, ...coming, ...this.start].reduce((sum, { backend }) => sum + this.#takesMb(backend), 0)
  }

  #takesMb(backend: string): number {
    return this.#view.sessionMb[backend] ?? 0
  }

  /** The sessions of a backend: alive, about to be, and planned. */
  #count(backend: string): number {
    const coming = this.#view.underWay.filter((each) => each.backend === backend && !each.isRegistered).length
    const planned = this.start.filter((each) => each.backend === backend).length
    return countLive(this.#view.fleet, backend) + coming + planned
  }

  #isFree(session: Session): boolean {
    return !this.#taken.has(session.id) && !this.#view.drafts.has(session.id) && isFree(session)
  }

  #wait(unit: WorkUnit, line: string, why: string): void {
    const place = (this.#lines.get(line) ?? 0) + 1
    this.#lines.set(line, place)
    const text = `${ordinal(place)} in line: ${why}`
    if (text !== unit.why) this.explain.push({ workId: unit.id, why: text })
  }
}

function ordinal(place: number): string {
  const ending = place % 100 >= 11 && place % 100 <= 13 ? undefined : ENDINGS[place % 10]
  return `${place}${ending ?? 'th'}`
}

const ENDINGS: Readonly<Record<number, string>> = { 1: 'st', 2: 'nd', 3: 'rd' }
