import { fail } from '../core/errors.ts'
import type { WorkId } from '../core/ids.ts'
import type { Session } from '../core/session.ts'
import { isOpen, queuedUnit, type WorkOrder, type WorkPlace } from '../core/work.ts'
import { placeOf } from '../core/work-handoff.ts'
import type { FactLog } from './fact-log.ts'

/** Most pieces of work that are open at once, in the queue or with a session. */
const MOST_OPEN = 1_000
/** Characters of all their descriptions and payloads: every client gets them all when it connects. */
const MOST_TEXT = 16 * 1024 * 1024

export interface WorkBookOptions {
  readonly facts: FactLog
  readonly now: () => number
}

/** Keeps the books of what is to be done; who gets it is decided elsewhere. */
export interface WorkBook {
  /** Puts work into the queue. Rejects work whose id is still open. */
  queue(order: WorkOrder, place: WorkPlace, batch?: string): void
  /** Throws what `assign` would throw: an id that is open elsewhere, or too much open work. */
  check(order: Pick<WorkOrder, 'id'>): void
  /** Notes that a session has a unit; one that is not in the books yet is entered. */
  assign(session: Session, order: WorkOrder, why: string): void
  /** A session is being started for a unit: it is given to that one for this reason, if it still waits by then. */
  expect(id: WorkId, why: string): void
  /** Nothing is being started for it any more. */
  expectNoMore(id: WorkId): void
}

/** The books of this host. */
export function createWorkBook({ facts, now }: WorkBookOptions): WorkBook {
  function checkFree(id: WorkId): void {
    const known = facts.fleet.work[id]
    if (known !== undefined && isOpen(known)) fail('work.open', { id, status: known.status, rig: known.rig })
  }
  function checkRoom({ id }: Pick<WorkOrder, 'id'>): void {
    checkFree(id)
    const open = Object.values(facts.fleet.work).filter(isOpen)
    const text = open.reduce(
      (sum, { description, payload }) => sum + description.length + JSON.stringify(payload).length,
      0,
    )
    if (open.length >= MOST_OPEN || text >= MOST_TEXT) fail('work.too-many', { count: open.length })
  }
  function queue(order: WorkOrder, place: WorkPlace, batch?: string): void {
    checkRoom(order)
    const about = { at: now(), ...(batch === undefined ? {} : { batch }) }
    facts.append({ type: 'work.queued', work: queuedUnit(order, place, about) })
  }
  const expected = new Map<WorkId, string>()
  return {
    queue,
    check(order) {
      if (facts.fleet.work[order.id]?.status !== 'queued') checkRoom(order)
    },
    expect: (id, why) => void expected.set(id, why),
    expectNoMore: (id) => void expected.delete(id),
    assign(session, order, why) {
      const reason = expected.get(order.id)
      if (reason !== undefined) {
        // Meanwhile it may have been cancelled or given to another.
        if (facts.fleet.work[order.id]?.status !== 'queued') return
        facts.append({ type: 'work.assigned', id: session.id, workId: order.id, why: reason })
        return
      }
      if (facts.fleet.work[order.id]?.status !== 'queued') queue(order, placeOf(session))
      facts.append({ type: 'work.assigned', id: session.id, workId: order.id, why })
    },
  }
}
