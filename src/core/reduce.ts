import type { Envelope, Fact } from './facts.ts'
import type { Fleet } from './fleet.ts'
import { isHostNeed, isPrompt } from './need.ts'
import { type NoticeFact, reduceNotices } from './notice.ts'
import { paused, runningState, unpaused } from './pause.ts'
import { FREE_POOL, type PoolFact, reducePool } from './pool-state.ts'
import { countWaiting, doubtLastSeen, type MessageFact, reduceMessage } from './reduce-message.ts'
import { reduceWork, type WorkFact } from './reduce-work.ts'
import type { Interruption, Session } from './session.ts'
import { mergeUsage } from './usage.ts'

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
      return countWaiting({ ...fleet, sessions: { ...fleet.sessions, [fact.session.id]: fact.session } })
    case 'session.removed':
      return { ...fleet, sessions: without(fleet.sessions, fact.id) }
    case 'message.queued':
    case 'message.advanced':
    case 'message.held':
    case 'message.returned':
    case 'message.proven':
    case 'message.acknowledged':
      return reduceMessage(fleet, fact, at)
    case 'backend.changed':
      return { ...fleet, backends: { ...fleet.backends, [fact.backend]: fact.health } }
    case 'pool.paused':
    case 'pool.drained':
    case 'pool.resumed':
      return { ...fleet, pool: reducePool(fleet.pool ?? FREE_POOL, fact) }
    case 'host.noticed':
    case 'host.settled':
      return { ...fleet, notices: reduceNotices(fleet.notices ?? {}, fact) }
    case 'work.queued':
    case 'work.assigned':
    case 'work.accepted':
    case 'work.requeued':
    case 'work.explained':
    case 'work.ended':
      return reduceWork(fleet, fact, at)
    case 'session.exited':
      return changeSession(doubtLastSeen(fleet, fact.id), fact, at)
    default:
      return changeSession(fleet, fact, at)
  }
}

/** Facts about one session, by its id. */
type SessionFact = Exclude<
  Fact,
  | WorkFact
  | MessageFact
  | PoolFact
  | NoticeFact
  | { type: 'session.registered' | 'session.removed' | 'backend.changed' }
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
      return launched(session, fact)
    case 'session.ready':
      return {
        ...lacking(session, 'interruption'),
        ...{ state: runningState(session), activity: 'idle', why: fact.why, source: fact.source, since: at },
      }
    case 'session.activity-changed':
      return changeActivity(session, fact, at)
    case 'session.need-raised':
      return needRaised(session, fact, at)
    case 'session.need-cleared':
      return session.need?.id === fact.needId ? lacking(session, 'need') : session
    case 'session.identified':
      return { ...session, resumeId: fact.resumeId }
    case 'session.replied':
      return { ...lacking(session, 'firstPrompt'), lastReply: fact.text, unread: true }
    case 'session.read':
      return session.unread ? { ...session, unread: false } : session
    case 'session.marked-unread':
      return session.unread ? session : { ...session, unread: true }
    case 'session.snoozed':
      return fact.snooze === undefined ? lacking(session, 'snooze') : { ...session, snooze: fact.snooze }
    case 'session.favoured':
      return { ...session, isFavourite: fact.isFavourite }
    case 'session.urged':
      return { ...session, isUrgent: fact.isUrgent }
    case 'session.paused':
      return paused(session, at)
    case 'session.unpaused':
      return unpaused(session, at)
    case 'session.restart-planned':
      return { ...session, restartAt: fact.at }
    case 'session.restart-cancelled':
      return lacking(session, 'restartAt')
    case 'session.used':
      return { ...session, usage: mergeUsage(session.usage, fact.usage) }
    case 'session.branch-changed':
      return { ...session, branch: fact.branch, changes: { dirtyFiles: fact.dirtyFiles, ahead: fact.ahead } }
    case 'session.resized':
      return { ...session, size: fact.size }
    case 'session.exited':
      return exited(session, fact, at)
    case 'session.relaunched':
      return relaunched(session, fact, at)
    default:
      return session
  }
}

function launched(session: Session, fact: Extract<Fact, { type: 'session.launched' }>): Session {
  const { pid, processStart, settingsNotes } = fact
  return {
    ...lacking(session, 'settingsNotes'),
    ...(settingsNotes === undefined ? {} : { settingsNotes }),
    ...(pid === undefined ? {} : { pid }),
    ...(pid === undefined || processStart === undefined ? {} : { processStart }),
  }
}

function needRaised(session: Session, fact: Extract<Fact, { type: 'session.need-raised' }>, at: number): Session {
  const { need, source } = fact
  if (isHostNeed(need.kind)) return { ...session, need }
  const state = session.state === 'starting' ? runningState(session) : session.state
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
  const { activity, why, source, isTurnOver = false } = fact
  const since = session.activity === activity ? session.since : at
  const state = session.state === 'starting' ? runningState(session) : session.state
  const { isTurnOver: _, ...rest } = lacking(session, 'interruption')
  return { ...rest, state, activity, why, source, since, ...(isTurnOver ? { isTurnOver } : {}) }
}

/** What a session may have for a while. */
type Passing = 'need' | 'snooze' | 'firstPrompt' | 'interruption' | 'restartAt' | 'settingsNotes'

function lacking(session: Session, key: Passing): Session {
  const { [key]: _, ...rest } = session
  return rest
}

function exited(session: Session, fact: Extract<Fact, { type: 'session.exited' }>, at: number): Session {
  const { pid: _, processStart: __, ...rest } = lacking(lacking(session, 'need'), 'interruption')
  const state = fact.failed ? 'failed' : 'stopped'
  const ended: Session = {
    ...rest,
    state,
    activity: 'unknown',
    why: fact.why,
    source: 'process',
    since: at,
    exit: fact.exit,
  }
  if (fact.isInterrupted !== true) return ended
  // One that was being resumed when the next host ended too was interrupted in what it did before.
  return { ...ended, interruption: interruptionOf(session) }
}

/** What it did and wanted before; its process is the last one that it had. */
function interruptionOf(session: Session): Interruption {
  const { agent: _, ...open } = session.interruption ?? { agent: undefined, ...openOf(session) }
  const { pid, processStart } = session
  return pid === undefined || processStart === undefined ? open : { ...open, agent: { pid, processStart } }
}

function openOf({ activity, need }: Session): Omit<Interruption, 'agent'> {
  const isStillWanted = need !== undefined && !isPrompt(need) && !isHostNeed(need.kind)
  return isStillWanted ? { activity, need } : { activity }
}

function relaunched(session: Session, fact: Extract<Fact, { type: 'session.relaunched' }>, at: number): Session {
  const { exit: _, ...rest } = lacking(lacking(session, 'need'), 'restartAt')
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

function without<Value>(record: Readonly<Record<string, Value>>, key: string): Record<string, Value> {
  const { [key]: _, ...rest } = record
  return rest
}
