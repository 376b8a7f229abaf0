import type { Backend } from '../backends/backend.ts'
import { isProviderLimit } from '../core/backend-limit.ts'
import type { Fact } from '../core/facts.ts'
import { sessionsOf } from '../core/fleet.ts'
import type { SessionId, WorkId } from '../core/ids.ts'
import { isPrompt } from '../core/need.ts'
import type { Dispose } from '../core/scope.ts'
import { workAfterEnd } from '../core/supervision.ts'
import type { WorkUnit } from '../core/work.ts'
import type { LiveSessions } from './live-sessions.ts'
import { openUnits, type Pool } from './pool.ts'
import { recallWork, type WorkRecallOptions } from './work-recall.ts'

export interface WorkProgressOptions extends WorkRecallOptions {
  readonly live: Pick<LiveSessions, 'get'>
  readonly backends: Readonly<Record<string, Backend>>
  readonly pool: Pool
}

/** Follows what becomes of work that was given out: taken by the agent, or left behind by one that is gone. */
export function followWork(options: WorkProgressOptions): Dispose {
  const { facts } = options
  /** Sessions that were seen at work: one that never was did not start, which whoever started it hears. */
  const ran = new Set<SessionId>(sessionsOf(facts.fleet).map(({ id }) => id))
  return facts.onFact(({ fact }) => {
    if (RUNS.has(fact.type) && 'id' in fact) ran.add(fact.id)
    noteAccepted(fact, options)
    if (fact.type === 'session.exited' && ran.has(fact.id)) exited(fact, options)
    if (fact.type === 'session.removed') removed(fact.id, { ...options, hasRun: ran.delete(fact.id) })
    if (fact.type === 'session.need-raised' && isProviderLimit(fact.need)) limited(fact.id, fact.need.title, options)
  })
}

const RUNS: ReadonlySet<Fact['type']> = new Set<Fact['type']>([
  'session.ready',
  'session.activity-changed',
  'session.need-raised',
])

/** The agent's own signal says that it has the work: it confirmed the prompt, or works on the one it was born with. */
function noteAccepted(fact: Fact, { facts, backends }: WorkProgressOptions): void {
  const { work, deliveries, sessions } = facts.fleet
  if (fact.type === 'message.advanced' && fact.receipt.status === 'seen') {
    const workId = deliveries[fact.receipt.id]?.message.workId
    const unit = workId === undefined ? undefined : work[workId]
    if (unit !== undefined && unit.sessionId === fact.receipt.to) accept(unit)
    return
  }
  if (!showsWork(fact)) return
  const backend = sessions[fact.id]?.backend ?? ''
  if (backends[backend]?.capabilities.takesFirstPrompt !== true) return
  const told = new Set(Object.values(deliveries).map(({ message }) => tellingOf(message.to, message.workId)))
  for (const unit of openUnits(facts.fleet, fact.id)) if (!told.has(tellingOf(fact.id, unit.id))) accept(unit)

  function accept(unit: WorkUnit): void {
    if (unit.status !== 'assigned' || unit.sessionId === null) return
    facts.append({ type: 'work.accepted', id: unit.sessionId, workId: unit.id })
  }
}

function showsWork(fact: Fact): fact is Extract<Fact, { readonly id: SessionId }> {
  if (fact.type === 'session.need-raised') return isPrompt(fact.need)
  return fact.type === 'session.replied' || (fact.type === 'session.activity-changed' && fact.activity === 'working')
}

function tellingOf(to: string, workId: WorkId | undefined): string {
  return `${to} ${workId}`
}

function exited(fact: Extract<Fact, { type: 'session.exited' }>, options: WorkProgressOptions): void {
  const { facts, live, backends } = options
  const { id, why, exit } = fact
  const session = facts.fleet.sessions[id]
  if (session === undefined) return
  const name = `${session.rig}/${session.agentName}`
  const wasAsked = live.get(id)?.wasAsked ?? true
  const isDone = exit.code === 0 && backends[session.backend]?.capabilities.hasSignals === false
  for (const unit of ours(id, options)) {
    // The operator who ends a session may go on with it later: its work waits there for a decision.
    if (wasAsked)
      facts.append({ type: 'work.explained', workId: unit.id, why: `${name} was ended; resume it, or retry` })
    else facts.append(workAfterEnd(unit, { name, why, isDone }))
  }
}

function removed(id: SessionId, options: WorkProgressOptions & { readonly hasRun: boolean }): void {
  for (const { id: workId } of ours(id, options)) {
    const [status, why] = options.hasRun
      ? (['failed', 'its session was removed'] as const)
      : (['cancelled', 'its session did not start'] as const)
    options.facts.append({ type: 'work.ended', workId, status, why, result: null })
  }
}

/** The agent may go on only later: work that another backend may do goes there, once. */
function limited(id: SessionId, title: string, options: WorkProgressOptions): void {
  const { facts, pool } = options
  const session = facts.fleet.sessions[id]
  if (session === undefined) return
  for (const unit of ours(id, options)) {
    const why = `${session.backend} is limited: ${title}`
    if (!pool.mayFailOver(unit, session.backend, why)) continue
    recallWork(unit, why, options)
    facts.append({ type: 'work.requeued', workId: unit.id, why })
  }
}

/** What the session has, besides what is just being started: of that, the start itself decides. */
function ours(id: SessionId, { facts, pool }: WorkProgressOptions): readonly WorkUnit[] {
  return openUnits(facts.fleet, id).filter((unit) => !pool.starts.has(unit.id))
}
