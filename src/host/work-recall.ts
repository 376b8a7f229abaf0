import type { WorkId } from '../core/ids.ts'
import { isLive } from '../core/session.ts'
import type { WorkEnd, WorkUnit } from '../core/work.ts'
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
  correct(unit, `Work ${unit.id} is no longer yours: ${why}. Stop working on it.`, options)
}

/** The operator ends work: the session that has it never hears of it if it has not yet, else it hears that it is over. */
export function callOff(unit: WorkUnit, status: WorkEnd, options: WorkRecallOptions): void {
  if (status === 'done') correct(unit, `Work ${unit.id} is done, the operator says. Do nothing more about it.`, options)
  else recallWork(unit, `it is ${status}`, options)
}

/** Takes back what tells a session about work, while that still waits; whether there was such a message. */
export function withdraw(
  unit: WorkUnit,
  { facts, deliveries }: Pick<WorkRecallOptions, 'facts' | 'deliveries'>,
): boolean {
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

function correct(unit: WorkUnit, body: string, options: WorkRecallOptions): void {
  const { facts, messages, log } = options
  const session = unit.sessionId === null ? undefined : facts.fleet.sessions[unit.sessionId]
  if (session === undefined || !isLive(session) || withdraw(unit, options)) return
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

function waiting(id: WorkId, sessionId: WorkUnit['sessionId'], { fleet }: FactLog) {
  return Object.values(fleet.deliveries).find(
    ({ message, receipt }) => message.workId === id && message.to === sessionId && receipt.status === 'queued',
  )?.message.id
}
