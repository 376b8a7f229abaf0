import type { WorkId } from '../core/ids.ts'
import { isLive } from '../core/session.ts'
import type { WorkUnit } from '../core/work.ts'
import type { Deliveries } from './deliveries.ts'
import type { FactLog } from './fact-log.ts'
import type { Log } from './log.ts'
import type { Messages } from './messages.ts'

export interface WorkRecallOptions {
  readonly facts: FactLog
  readonly messages: Messages
  readonly deliveries: Deliveries
  readonly log: Log
}

/** Takes work away from the session that has it: what it has not been told yet it never hears, else it is told to stop. */
export function recallWork(unit: WorkUnit, why: string, options: WorkRecallOptions): void {
  const { facts, messages, log } = options
  const session = unit.sessionId === null ? undefined : facts.fleet.sessions[unit.sessionId]
  if (session === undefined || !isLive(session) || withdraw(unit, options)) return
  const body = `Work ${unit.id} is no longer yours: ${why}. Stop working on it.`
  try {
    messages.send(session.id, { type: 'nudge', subject: unit.id, body })
  } catch (error) {
    // It has just ended: then it does nothing about the work either.
    log('work.recall-unheard', { session: session.id, work: unit.id, detail: String(error) })
  }
}

/** Whether the session has not been told about the work yet: then it can be moved without a word. */
export function isUntold({ id, sessionId }: WorkUnit, { facts }: Pick<WorkRecallOptions, 'facts'>): boolean {
  return waiting(id, sessionId, facts) !== undefined
}

function withdraw(unit: WorkUnit, { facts, deliveries }: WorkRecallOptions): boolean {
  const message = waiting(unit.id, unit.sessionId, facts)
  if (message === undefined) return false
  try {
    deliveries.cancel(message)
    return true
  } catch {
    // It is on its way at this moment: the session has to be told.
    return false
  }
}

function waiting(id: WorkId, sessionId: WorkUnit['sessionId'], { fleet }: FactLog) {
  return Object.values(fleet.deliveries).find(
    ({ message, receipt }) => message.workId === id && message.to === sessionId && receipt.status === 'queued',
  )?.message.id
}
