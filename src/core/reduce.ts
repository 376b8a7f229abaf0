import type { Envelope, Fact } from './facts.ts'
import { DELIVERIES_KEPT, type Fleet } from './fleet.ts'
import type { SessionId } from './ids.ts'
import { type Delivery, isFinal, type Message, queuedReceipt, type Receipt } from './message.ts'
import { isHostNeed, isPrompt } from './need.ts'
import type { Session } from './session.ts'

/**
 * The fleet after one more fact. Pure and total: a fact about an unknown session, or of an unknown type, changes nothing but
 * the sequence number. A fact that was applied before is ignored, so replay may overlap.
 */
export function reduce(fleet: Fleet, envelope: Envelope): Fleet {
  if (envelope.seq <= fleet.seq) return fleet
  return { ...applyFact(fleet, envelope.fact, envelope.at), seq: envelope.seq }
}

function applyFact(fleet: Fleet, fact: Fact, at: number): Fleet {
  switch (fact.type) {
    case 'session.registered':
      return { ...fleet, sessions: { ...fleet.sessions, [fact.session.id]: fact.session } }
    case 'session.removed':
      return { ...fleet, sessions: without(fleet.sessions, fact.id) }
    case 'message.queued':
      return queueMessage(fleet, fact.message)
    case 'message.advanced':
      return advanceMessage(fleet, fact.receipt)
    case 'backend.changed':
      return { ...fleet, backends: { ...fleet.backends, [fact.backend]: fact.health } }
    default:
      return changeSession(fleet, fact, at)
  }
}

type SessionFact = Exclude<
  Fact,
  { type: 'session.registered' | 'session.removed' | 'message.queued' | 'message.advanced' | 'backend.changed' }
>

function changeSession(fleet: Fleet, fact: SessionFact, at: number): Fleet {
  const session = fleet.sessions[fact.id]
  if (session === undefined) return fleet
  const next = applyToSession(session, fact, at)
  return next === session ? fleet : { ...fleet, sessions: { ...fleet.sessions, [next.id]: next } }
}

function applyToSession(session: Session, fact: SessionFact, at: number): Session {
  switch (fact.type) {
    case 'session.launched':
      return fact.pid === undefined ? session : { ...session, pid: fact.pid }
    case 'session.ready':
      return { ...session, state: 'running', activity: 'idle', why: fact.why, source: fact.source, since: at }
    case 'session.activity-changed':
      return changeActivity(session, fact, at)
    case 'session.need-raised':
      return needRaised(session, fact, at)
    case 'session.need-cleared':
      return session.need?.id === fact.needId ? withoutNeed(session) : session
    case 'session.identified':
      return { ...session, resumeId: fact.resumeId }
    case 'session.replied':
      return { ...session, lastReply: fact.text, unread: true }
    case 'session.read':
      return session.unread ? { ...session, unread: false } : session
    case 'session.marked-unread':
      return session.unread ? session : { ...session, unread: true }
    case 'session.snoozed':
      return fact.snooze === undefined ? awake(session) : { ...session, snooze: fact.snooze }
    case 'session.favoured':
      return { ...session, isFavourite: fact.isFavourite }
    case 'session.urged':
      return { ...session, isUrgent: fact.isUrgent }
    case 'session.used':
      return { ...session, usage: { ...session.usage, ...fact.usage } }
    case 'session.resized':
      return { ...session, size: fact.size }
    case 'session.exited':
      return exited(session, fact, at)
    case 'session.relaunched':
      return relaunched(session, fact, at)
    case 'work.assigned':
      return { ...session, workUnits: [...session.workUnits, fact.work] }
    case 'work.changed':
      return {
        ...session,
        workUnits: session.workUnits.map((unit) => (unit.id === fact.workId ? { ...unit, status: fact.status } : unit)),
      }
    default:
      return session
  }
}

function needRaised(session: Session, fact: Extract<Fact, { type: 'session.need-raised' }>, at: number): Session {
  const { need, source } = fact
  if (isHostNeed(need.kind)) return { ...session, need }
  const state = session.state === 'starting' ? 'running' : session.state
  if (!isPrompt(need)) return { ...session, state, need, why: needWhy(need), source }
  return { ...session, state, need, activity: 'waiting', why: needWhy(need), source, since: at }
}

function needWhy(need: { readonly kind: string; readonly title: string }): string {
  return need.title === '' ? need.kind : `${need.kind}: ${need.title}`
}

function changeActivity(
  session: Session,
  fact: Extract<Fact, { type: 'session.activity-changed' }>,
  at: number,
): Session {
  const { activity, why, source } = fact
  const since = session.activity === activity ? session.since : at
  return { ...session, state: session.state === 'starting' ? 'running' : session.state, activity, why, source, since }
}

function withoutNeed(session: Session): Session {
  const { need: _, ...rest } = session
  return rest
}

function awake(session: Session): Session {
  const { snooze: _, ...rest } = session
  return rest
}

function exited(session: Session, fact: Extract<Fact, { type: 'session.exited' }>, at: number): Session {
  const { pid: _, ...rest } = withoutNeed(session)
  const state = fact.failed ? 'failed' : 'stopped'
  return { ...rest, state, activity: 'unknown', why: fact.why, source: 'process', since: at, exit: fact.exit }
}

function relaunched(session: Session, fact: Extract<Fact, { type: 'session.relaunched' }>, at: number): Session {
  const { exit: _, ...rest } = withoutNeed(session)
  return {
    ...rest,
    generation: fact.generation,
    state: 'starting',
    activity: 'unknown',
    why: fact.why,
    source: 'host',
    since: at,
  }
}

function queueMessage(fleet: Fleet, message: Message): Fleet {
  if (fleet.deliveries[message.id] !== undefined) return fleet
  const delivery: Delivery = { message, receipt: queuedReceipt(message) }
  const deliveries = bounded({ ...fleet.deliveries, [message.id]: delivery })
  return countQueued({ ...fleet, deliveries }, message.to)
}

function advanceMessage(fleet: Fleet, receipt: Receipt): Fleet {
  const delivery = fleet.deliveries[receipt.id]
  if (delivery === undefined) return fleet
  const deliveries = { ...fleet.deliveries, [receipt.id]: { ...delivery, receipt } }
  return countQueued({ ...fleet, deliveries }, receipt.to)
}

function countQueued(fleet: Fleet, id: SessionId): Fleet {
  const session = fleet.sessions[id]
  if (session === undefined) return fleet
  const waiting = Object.values(fleet.deliveries).filter(
    (each) => each.message.to === id && each.receipt.status === 'queued',
  )
  if (waiting.length === session.queuedMessages) return fleet
  return { ...fleet, sessions: { ...fleet.sessions, [id]: { ...session, queuedMessages: waiting.length } } }
}

function bounded(deliveries: Fleet['deliveries']): Fleet['deliveries'] {
  const entries = Object.entries(deliveries)
  const excess = entries.length - DELIVERIES_KEPT
  if (excess <= 0) return deliveries
  const dropped = new Set(
    entries
      .filter(([, each]) => isFinal(each.receipt.status))
      .slice(0, excess)
      .map(([id]) => id),
  )
  return Object.fromEntries(entries.filter(([id]) => !dropped.has(id))) as Fleet['deliveries']
}

function without<Value>(record: Readonly<Record<string, Value>>, key: string): Record<string, Value> {
  const { [key]: _, ...rest } = record
  return rest
}
