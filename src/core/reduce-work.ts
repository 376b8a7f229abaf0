import type { Fact } from './facts.ts'
import { type Fleet, WORK_KEPT } from './fleet.ts'
import type { WorkId } from './ids.ts'
import type { Session } from './session.ts'
import { isOpen, type WorkEnd, type WorkUnit } from './work.ts'

export type WorkFact = Extract<Fact, { type: `work.${string}` }>

/** Ended units that a session keeps, besides the open ones. */
const ENDED_KEPT = 20

/** The fleet after something happened to a piece of work. A fact about an unknown unit changes nothing. */
export function reduceWork(fleet: Fleet, fact: WorkFact, at: number): Fleet {
  if (fact.type === 'work.queued')
    return fleet.work[fact.work.id] === undefined ? store(fleet, fact.work) : replace(fleet, fact.work)
  const unit = fleet.work[fact.workId]
  return unit === undefined ? fleet : store(fleet, changed(unit, fact, new Date(at).toISOString()))
}

/** A unit under an id that was used before: only one that has ended is replaced. */
function replace(fleet: Fleet, work: WorkUnit): Fleet {
  const known = fleet.work[work.id]
  return known !== undefined && isOpen(known) ? fleet : store(fleet, work)
}

function changed(unit: WorkUnit, fact: Exclude<WorkFact, { type: 'work.queued' }>, at: string): WorkUnit {
  switch (fact.type) {
    case 'work.assigned':
      return { ...assigned(unit, fact), status: 'assigned', sessionId: fact.id, why: fact.why, assignedAt: at }
    case 'work.accepted':
      return unit.status === 'assigned' ? { ...unit, status: 'accepted' } : unit
    case 'work.requeued':
      return {
        ...unit,
        status: 'queued',
        // Tried again after it had ended, it begins anew.
        attempts: isOpen(unit) ? unit.attempts : 0,
        sessionId: null,
        why: fact.why,
        assignedAt: null,
        endedAt: null,
        result: null,
      }
    case 'work.explained':
      return unit.why === fact.why ? unit : { ...unit, why: fact.why }
    case 'work.ended':
      return mayEnd(unit, fact.status)
        ? { ...unit, status: fact.status, why: fact.why, result: fact.result, endedAt: at }
        : unit
  }
}

/** What is handed over goes to nobody else by itself, and whoever had it has not failed: that is no attempt. */
function assigned(unit: WorkUnit, fact: Extract<WorkFact, { type: 'work.assigned' }>): WorkUnit {
  const attempts = unit.status === 'queued' ? unit.attempts + 1 : unit.attempts
  if (fact.handoff === undefined) return { ...unit, attempts }
  const { place, note = unit.note } = fact.handoff
  return { ...unit, ...place, attempts, ...(note === undefined ? {} : { note }) }
}

/** What failed can still be cancelled: then nobody has to look at it any more. */
function mayEnd(unit: WorkUnit, status: WorkEnd): boolean {
  return isOpen(unit) || (unit.status === 'failed' && status === 'cancelled')
}

function store(fleet: Fleet, unit: WorkUnit): Fleet {
  if (fleet.work[unit.id] === unit) return fleet
  return { ...fleet, work: bounded({ ...fleet.work, [unit.id]: unit }), sessions: withUnit(fleet.sessions, unit) }
}

/** Every session shows its own units as they are now; one that was taken away is gone. */
function withUnit(sessions: Fleet['sessions'], unit: WorkUnit): Fleet['sessions'] {
  const isConcerned = (session: Session): boolean =>
    session.id === unit.sessionId || session.workUnits.some((each) => each.id === unit.id)
  if (!Object.values(sessions).some(isConcerned)) return sessions
  return Object.fromEntries(
    Object.entries(sessions).map(([id, session]) => [id, isConcerned(session) ? holding(session, unit) : session]),
  ) as Fleet['sessions']
}

function holding(session: Session, unit: WorkUnit): Session {
  const isIn = session.workUnits.some((each) => each.id === unit.id)
  if (session.id !== unit.sessionId)
    return { ...session, workUnits: session.workUnits.filter((each) => each.id !== unit.id) }
  if (isIn) return { ...session, workUnits: session.workUnits.map((each) => (each.id === unit.id ? unit : each)) }
  const ended = session.workUnits.filter((each) => !isOpen(each)).slice(0, -ENDED_KEPT)
  const dropped = new Set<WorkId>(ended.map((each) => each.id))
  return { ...session, workUnits: [...session.workUnits.filter((each) => !dropped.has(each.id)), unit] }
}

function bounded(work: Fleet['work']): Fleet['work'] {
  const units = Object.values(work)
  const excess = units.length - WORK_KEPT
  if (excess <= 0) return work
  const dropped = new Set(
    units
      .filter((unit) => !isOpen(unit))
      .slice(0, excess)
      .map((unit) => unit.id),
  )
  return Object.fromEntries(
    units.filter((unit) => !dropped.has(unit.id)).map((unit) => [unit.id, unit]),
  ) as Fleet['work']
}
