import { fail } from '../core/errors.ts'
import type { WorkId } from '../core/ids.ts'
import type { Session } from '../core/session.ts'
import { isOpen, queuedUnit, type WorkOrder, type WorkPlace } from '../core/work.ts'
import type { FactLog } from './fact-log.ts'

export interface WorkBookOptions {
  readonly facts: FactLog
  readonly now: () => number
}

/** Keeps the books of what is to be done; who gets it is decided elsewhere. */
export interface WorkBook {
  /** Puts work into the queue. Rejects work whose id is still open. */
  queue(order: WorkOrder, place: WorkPlace, batch?: string): void
  /** Notes that a session has a unit; one that is not in the books yet is entered. */
  assign(session: Session, order: WorkOrder, why: string): void
}

/** The books of this host. */
export function createWorkBook({ facts, now }: WorkBookOptions): WorkBook {
  function checkFree(id: WorkId): void {
    const known = facts.fleet.work[id]
    if (known !== undefined && isOpen(known)) fail('work.open', { id, status: known.status, rig: known.rig })
  }
  function queue(order: WorkOrder, place: WorkPlace, batch?: string): void {
    checkFree(order.id)
    const about = { at: now(), ...(batch === undefined ? {} : { batch }) }
    facts.append({ type: 'work.queued', work: queuedUnit(order, place, about) })
  }
  return {
    queue,
    assign(session, order, why) {
      if (facts.fleet.work[order.id]?.status !== 'queued') queue(order, placeOf(session))
      facts.append({ type: 'work.assigned', id: session.id, workId: order.id, why })
    },
  }
}

function placeOf({ rig, role, workDir, backend, agentName }: Session): WorkPlace {
  return { rig, role, workDir, backend, agentName, args: [] }
}
