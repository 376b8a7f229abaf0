import type { Fact } from '../core/facts.ts'
import type { NeedDraft } from '../core/need.ts'
import type { Dispose } from '../core/scope.ts'
import type { WorkUnit } from '../core/work.ts'
import { createNeedsAtRest, type NeedsAtRestOptions } from './need-at-rest.ts'

/**
 * Work that its agent gave up wants the operator, at the session that had it. Work that was lost with its session needs nothing of its
 * own: how that ended is a need already.
 */
export function escalateWork(options: NeedsAtRestOptions): Dispose {
  const needs = createNeedsAtRest(options)
  const stop = options.facts.onFact(({ fact }) => {
    const unit = CHANGES.has(fact.type) && 'workId' in fact ? options.facts.fleet.work[fact.workId] : undefined
    if (unit === undefined) return
    if (unit.status !== 'failed') needs.withdraw(keyOf(unit))
    else if (unit.sessionId !== null) needs.raise(unit.sessionId, needOf(unit))
  })
  return () => {
    stop()
    needs.close()
  }
}

/** Facts after which work has failed, or is no longer what failed. */
const CHANGES: ReadonlySet<Fact['type']> = new Set<Fact['type']>(['work.ended', 'work.requeued'])

function keyOf({ id }: Pick<WorkUnit, 'id'>): string {
  return `work-failed-${id}`
}

function needOf(unit: WorkUnit): NeedDraft {
  const { id, description, why, result } = unit
  return {
    key: keyOf(unit),
    kind: 'error',
    title: `Work ${id} failed`,
    body: [why, ...(result === null ? [] : [result]), '', description].join('\n'),
    options: [],
    answers: ['text'],
    isAfterTurn: true,
  }
}
