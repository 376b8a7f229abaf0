import { checkedName } from '../config/names.ts'
import { addressOf } from '../core/address.ts'
import { fail } from '../core/errors.ts'
import type { SessionId, WorkId } from '../core/ids.ts'
import { refuseWhenPaused } from '../core/pause.ts'
import { isLive, type Session } from '../core/session.ts'
import { isOpen, type WorkUnit, workPrompt } from '../core/work.ts'
import { handedOver } from '../core/work-handoff.ts'
import type { Handoff, WorkOutcome, WorkVerbs } from '../core/work-verbs.ts'
import type { HostParts } from './host-parts.ts'
import { poolStatus } from './pool-status.ts'
import { rebalance } from './rebalance.ts'
import { checkedDirectory } from './spawn-plan.ts'
import { callOff, recallWork, withdraw } from './work-recall.ts'

/** The verbs as the server calls them: `by` is the session that asks, when it is not the operator. */
export interface WorkVerbsBy extends WorkVerbs {
  endWork(id: WorkId, outcome: WorkOutcome, by?: SessionId): Promise<WorkUnit>
  reassignWork(id: WorkId, handoff: Handoff, by?: SessionId): Promise<WorkUnit>
}

/** What is done with work, and with the pool that gives it out. */
export function workVerbs(parts: HostParts): WorkVerbsBy {
  return { ...unitVerbs(parts), ...poolVerbs(parts) }
}

type PoolVerb = 'rebalance' | 'poolStatus' | 'drainPool' | 'resumePool'

function unitVerbs(parts: HostParts): Omit<WorkVerbsBy, PoolVerb> {
  const { pool, work, options } = parts
  const { facts } = options
  const unitOf = (id: WorkId): WorkUnit => facts.fleet.work[id] ?? fail('work.not-found', { id })
  const dispatched = async (id: WorkId): Promise<WorkUnit> => {
    pool.pass()
    await pool.settled(id)
    return unitOf(id)
  }
  return {
    async queueWork({ work: order, place, batch }) {
      parts.refuseWhenStopping()
      checkedName('a rig', place.rig)
      checkedName('a role', place.role)
      if (place.agentName !== null) checkedName('an agent', place.agentName)
      const workDir = checkedDirectory(place.workDir)
      if (place.backend !== null && parts.backends[place.backend] === undefined)
        fail('backend.unknown', { backend: place.backend, known: Object.keys(parts.backends) })
      await checkUnknownHealth(parts)
      work.queue(order, { ...place, workDir }, batch)
      return dispatched(order.id)
    },
    endWork: async (id, outcome, by) => end(parts, ownUnit(unitOf(id), by), { ...outcome, by }),
    async retryWork(id) {
      parts.refuseWhenStopping()
      const unit = unitOf(id)
      const holder = unit.sessionId === null ? undefined : facts.fleet.sessions[unit.sessionId]
      if (isOpen(unit) && holder !== undefined && isLive(holder))
        fail('work.held', { id, status: unit.status, name: addressOf(holder) })
      pool.tries.forget(id)
      if (unit.status !== 'queued')
        facts.append({ type: 'work.requeued', workId: id, why: 'queued again by the operator' })
      return dispatched(id)
    },
    reassignWork: async (id, handoff, by) => reassign(parts, ownUnit(unitOf(id), by), handoff),
  }
}

function poolVerbs(parts: HostParts): Pick<WorkVerbsBy, PoolVerb> {
  const { pool } = parts
  const { facts } = parts.options
  return {
    async rebalance(rig) {
      parts.refuseWhenStopping()
      return rebalance(parts, rig)
    },
    poolStatus: async () => poolStatus(parts),
    async drainPool() {
      if (facts.fleet.pool?.isDraining !== true) facts.append({ type: 'pool.drained' })
      return poolStatus(parts)
    },
    async resumePool() {
      const { pool: held } = facts.fleet
      if (held !== undefined && (held.isDraining || held.paused !== undefined)) facts.append({ type: 'pool.resumed' })
      pool.pass()
      return poolStatus(parts)
    },
  }
}

/** Refuses what a session wants with the work of another. */
function ownUnit(unit: WorkUnit, by: SessionId | undefined): WorkUnit {
  return by === undefined || unit.sessionId === by ? unit : fail('work.not-yours', { id: unit.id })
}

function end(
  parts: HostParts,
  unit: WorkUnit,
  outcome: WorkOutcome & { readonly by: SessionId | undefined },
): WorkUnit {
  const { facts } = parts.options
  const { status, result, by } = outcome
  const { id } = unit
  if (!isOpen(unit) && !(unit.status === 'failed' && status === 'cancelled'))
    fail('work.ended', { id, status: unit.status })
  const who = by === undefined ? 'the operator' : addressOf(parts.session(by))
  facts.append({ type: 'work.ended', workId: id, status, why: `${who} says so`, result: result ?? null })
  // A session that ends its own work knows: it only must not be told to begin.
  if (by !== undefined) withdraw(unit, recallTools(parts))
  else if (isOpen(unit)) callOff(unit, status, recallTools(parts))
  return facts.fleet.work[id] ?? unit
}

function reassign(parts: HostParts, unit: WorkUnit, handoff: Handoff): WorkUnit {
  const { facts } = parts.options
  const { to, note } = handoff
  parts.refuseWhenStopping()
  parts.requireLive(to)
  const next = parts.session(to)
  refuseWhenPaused(next)
  const { id } = unit
  if (!isOpen(unit)) fail('work.ended', { id, status: unit.status })
  if (unit.sessionId === to) return unit
  const before = unit.sessionId === null ? undefined : facts.fleet.sessions[unit.sessionId]
  const from = before === undefined ? 'the queue' : addressOf(before)
  const why = [`handed over from ${from} to ${addressOf(next)}`, ...(note === undefined ? [] : [note])].join(': ')
  // Refused when too much waits for it: then the work stays where it is.
  parts.messages.send(to, { type: 'nudge', subject: id, body: handoffText(unit, before, note) }, { workId: id })
  facts.append(handedOver(unit, next, { why, ...(note === undefined ? {} : { note }) }))
  recallWork(unit, `it was handed over to ${addressOf(next)}`, recallTools(parts))
  return facts.fleet.work[id] ?? unit
}

function handoffText(unit: WorkUnit, before: Session | undefined, note: string | undefined): string {
  const { note: earlier, ...work } = unit
  return [
    workPrompt(work),
    ...(before === undefined ? [] : [`${addressOf(before)} had this before you.`]),
    ...(note === undefined ? [] : [note]),
    ...(note === undefined && earlier !== undefined ? [`Note from an earlier hand-off: ${earlier}`] : []),
  ].join('\n')
}

/** What can be chosen by itself must have been looked at once. */
async function checkUnknownHealth({ backends, options, reportHealth }: HostParts): Promise<void> {
  const unknown = Object.values(backends).filter(({ name }) => {
    const status = options.facts.fleet.backends[name]?.status
    return status === undefined || status === 'checking'
  })
  await Promise.all(unknown.map(async (backend) => reportHealth(backend.name, await backend.health())))
}

function recallTools({ messages, deliveries, options }: HostParts) {
  return { messages, deliveries, facts: options.facts, log: options.log }
}
