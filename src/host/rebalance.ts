import type { WorkId } from '../core/ids.ts'
import { planPool } from '../core/pool.ts'
import { reduce } from '../core/reduce.ts'
import { isLive } from '../core/session.ts'
import { queueOf, type WorkUnit } from '../core/work.ts'
import type { HostParts } from './host-parts.ts'
import { isUntold, recallWork } from './work-recall.ts'

/** Moves what waits, in the queue or unread with a busy session, to whoever is free; gives the units that have moved. */
export async function rebalance(parts: HostParts, rig: string | undefined): Promise<readonly WorkUnit[]> {
  const { facts } = parts.options
  const isConcerned = (unit: WorkUnit): boolean => rig === undefined || unit.rig === rig
  const waiting = queueOf(Object.values(facts.fleet.work)).filter(isConcerned)
  const stuck = Object.values(facts.fleet.work).filter((unit) => isConcerned(unit) && mayMove(unit, parts))
  const moved = new Set<WorkId>()
  for (const unit of stuck) if (takeBack(unit, parts)) moved.add(unit.id)
  parts.pool.pass({ isSpreading: true })
  const ids = [...waiting.map(({ id }) => id), ...moved]
  await Promise.all(ids.map((id) => parts.pool.settled(id)))
  const { work } = facts.fleet
  return ids.flatMap((id) => (work[id] !== undefined && work[id].status !== 'queued' ? [work[id]] : []))
}

/** What nobody has begun and nobody was asked for by name. */
function mayMove(unit: WorkUnit, parts: HostParts): boolean {
  const { fleet } = parts.options.facts
  if (unit.status !== 'assigned' || unit.agentName !== null || unit.sessionId === null) return false
  const holder = fleet.sessions[unit.sessionId]
  return holder === undefined || !isLive(holder) || isUntold(unit, parts.options)
}

/** Takes a unit back when somebody else can have it at once. */
function takeBack(unit: WorkUnit, parts: HostParts): boolean {
  const { pool, messages, deliveries, options } = parts
  const { facts, log } = options
  const requeued = { type: 'work.requeued', workId: unit.id, why: 'moved to whoever is free' } as const
  const fleet = reduce(facts.fleet, { seq: facts.fleet.seq + 1, at: options.now(), fact: requeued })
  const plan = planPool(pool.view(fleet, { isSpreading: true }))
  const isBetter =
    plan.start.some(({ workId }) => workId === unit.id) ||
    plan.assign.some(({ workId, sessionId }) => workId === unit.id && sessionId !== unit.sessionId)
  if (!isBetter) return false
  recallWork(unit, 'it was moved', { facts, log, messages, deliveries })
  facts.append(requeued)
  pool.pass({ isSpreading: true })
  return true
}
