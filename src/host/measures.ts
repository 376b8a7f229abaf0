import type { Envelope, Fact } from '../core/facts.ts'
import { type Fleet, sessionsOf } from '../core/fleet.ts'
import type { MessageId, SessionId } from '../core/ids.ts'
import type { MetricRegistry } from '../core/metrics.ts'
import type { Dispose } from '../core/scope.ts'
import type { FactLog } from './fact-log.ts'

type Meter = Pick<MetricRegistry, 'count' | 'observe'>

/** Turns facts into measurements as they happen, until the returned function is called. */
export function followMeasures(facts: FactLog, meter: Meter): Dispose {
  const fleet = (): Fleet => facts.fleet
  const measures = [spawns(meter, fleet), messages(meter, fleet), needs(meter, facts.fleet), work(meter, fleet)]
  return facts.onFact((envelope) => {
    for (const measure of measures) measure(envelope)
  })
}

type Measure = (envelope: Envelope) => void

/** How long sessions take to their first prompt, and how many never see it. */
function spawns(meter: Meter, fleet: () => Fleet): Measure {
  const begun = new Map<SessionId, { readonly at: number; readonly backend: string }>()
  return ({ fact, at }) => {
    if (fact.type === 'session.registered') begun.set(fact.session.id, { at, backend: fact.session.backend })
    if (fact.type === 'session.relaunched')
      begun.set(fact.id, { at, backend: fleet().sessions[fact.id]?.backend ?? 'unknown' })
    const start = 'id' in fact ? begun.get(fact.id) : undefined
    if (start === undefined || !('id' in fact) || !isSpawnEnd(fact)) return
    begun.delete(fact.id)
    const { backend } = start
    const outcome = fact.type === 'session.ready' ? 'ready' : 'failed'
    meter.count('spawns', { backend, outcome })
    if (outcome === 'ready') meter.observe('spawnSeconds', { backend }, secondsBetween(start.at, at))
  }
}

function isSpawnEnd({ type }: Fact): boolean {
  return type === 'session.ready' || type === 'session.exited' || type === 'session.removed'
}

/** How long messages take, and what becomes of them. One that was submitted is delivered, whatever comes after. */
function messages(meter: Meter, fleet: () => Fleet): Measure {
  const submitted = new Set<MessageId>()
  return ({ fact, at }) => {
    if (fact.type !== 'message.advanced') return
    const { id, status, queuedAt } = fact.receipt
    const type = fleet().deliveries[id]?.message.type ?? 'unknown'
    const seconds = secondsBetween(Date.parse(queuedAt), at)
    if (status === 'injected' || status === 'queued') return
    const isDelivery = status === 'submitted' || status === 'seen'
    if (!submitted.has(id)) {
      meter.count('messages', { type, outcome: isDelivery ? 'delivered' : status })
      if (isDelivery) meter.observe('submitSeconds', { type }, seconds)
    }
    if (status === 'seen') meter.observe('seenSeconds', { type }, seconds)
    if (status === 'submitted') submitted.add(id)
    else submitted.delete(id)
    for (const oldest of submitted) if (submitted.size > REMEMBERED) submitted.delete(oldest)
  }
}

/** Messages of agents that never confirm: so many are remembered. */
const REMEMBERED = 1000

/** How long the operator takes to answer. */
function needs(meter: Meter, fleet: Fleet): Measure {
  const asked = new Map(sessionsOf(fleet).flatMap(({ id, need }) => (need === undefined ? [] : [[id, need] as const])))
  return ({ fact, at }) => {
    if (fact.type === 'session.need-raised') asked.set(fact.id, fact.need)
    if (fact.type === 'session.exited' || fact.type === 'session.removed') asked.delete(fact.id)
    if (fact.type !== 'session.need-cleared') return
    const need = asked.get(fact.id)
    if (need?.id !== fact.needId) return
    asked.delete(fact.id)
    if (fact.outcome === 'withdrawn') return
    meter.observe('answerSeconds', { kind: need.kind }, secondsBetween(need.raisedAt, at))
  }
}

/** How long work waits for a session. */
function work(meter: Meter, fleet: () => Fleet): Measure {
  return ({ fact, at }) => {
    if (fact.type !== 'work.assigned') return
    const { work: units, sessions } = fleet()
    const unit = units[fact.workId]
    if (unit === undefined) return
    const backend = sessions[fact.id]?.backend ?? 'unknown'
    meter.observe('assignmentSeconds', { backend }, secondsBetween(Date.parse(unit.queuedAt), at))
  }
}

function secondsBetween(from: number, to: number): number {
  return Math.max(0, to - from) / 1000
}
