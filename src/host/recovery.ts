import type { Backend } from '../backends/backend.ts'
import { toControlError } from '../core/errors.ts'
import { sessionsOf } from '../core/fleet.ts'
import { interruptedNeed } from '../core/freshness.ts'
import { needId } from '../core/ids.ts'
import { isLive, type Session, wasAtWork } from '../core/session.ts'
import type { Deliveries } from './deliveries.ts'
import type { FactLog } from './fact-log.ts'
import type { Leftovers } from './leftovers.ts'
import type { LiveSessions } from './live-sessions.ts'
import type { Log } from './log.ts'
import type { Spawner } from './spawner.ts'

/** Agents that are started at the same moment: each takes a core for a second or two. */
const AT_ONCE = 2

export interface RecoveryOptions {
  readonly facts: FactLog
  readonly backends: Readonly<Record<string, Backend>>
  readonly live: Pick<LiveSessions, 'get' | 'note'>
  readonly deliveries: Deliveries
  readonly leftovers: Pick<Leftovers, 'report'>
  readonly spawner: Spawner
  readonly isStopping: () => boolean
  readonly now: () => number
  readonly newId: () => string
  readonly log: Log
}

/**
 * Brings back the sessions that the host before this one left in the middle, those first that were at work. Resolves when each
 * runs again or says why it does not; never rejects.
 */
export async function recoverSessions(options: RecoveryOptions): Promise<void> {
  const { facts, backends, log } = options
  const waiting = sessionsOf(facts.fleet)
    .filter(({ interruption }) => interruption !== undefined)
    .sort((a, b) => Number(wasAtWork(b)) - Number(wasAtWork(a)) || a.startedAt - b.startedAt)
  const bringBackNext = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await bringBack(next, options)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, bringBackNext))
  if (!options.isStopping()) await options.leftovers.report()
  for (const { name, endUnused } of Object.values(backends)) {
    await endUnused?.().catch((error: unknown) => log('recovery.unused', { backend: name, detail: String(error) }))
  }
}

async function bringBack({ id }: Session, options: RecoveryOptions): Promise<void> {
  const { facts, backends, deliveries, spawner, live, log, isStopping } = options
  // The operator may have resumed or removed it while others were brought back.
  const session = facts.fleet.sessions[id]
  if (session?.interruption === undefined || isLive(session) || isStopping()) return
  if (backends[session.backend]?.capabilities.canResume !== true) {
    endForGood(session, options)
    return
  }
  live.note(id, { source: 'host', what: 'resume', detail: 'its host ended under it' })
  try {
    await spawner.resume(session)
  } catch (error) {
    // The session has said so itself, by a need.
    log('recovery.failed', { session: id, detail: toControlError(error).message })
    return
  }
  sayWhatIsOpen(session, options)
  deliveries.pump(id)
}

function endForGood({ id, backend, why }: Session, { facts, deliveries }: RecoveryOptions): void {
  deliveries.abandon(id, `its host ended, and ${backend} cannot resume it`)
  facts.append({ type: 'session.exited', id, exit: { code: undefined, signal: undefined }, why, failed: false })
}

/** A server may have gone on with the turn; an agent in a terminal ended with it, and waits for a word. What it wanted before is open again. */
function sayWhatIsOpen(before: Session, options: RecoveryOptions): void {
  const { facts, live, newId, now } = options
  const session = facts.fleet.sessions[before.id]
  if (session === undefined || !isLive(session) || session.activity === 'working' || session.need !== undefined) return
  const isCutOff = wasAtWork(before) && live.get(before.id)?.agent.endsMidTurn?.() !== false
  const need = isCutOff
    ? { ...interruptedNeed(session), id: needId(newId()), raisedAt: now() }
    : before.interruption?.need
  if (need !== undefined) facts.append({ type: 'session.need-raised', id: before.id, need, source: 'host' })
}
