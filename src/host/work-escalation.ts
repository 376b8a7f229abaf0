import type { Fact } from '../core/facts.ts'
import type { NeedDraft } from '../core/need.ts'
import type { Dispose } from '../core/scope.ts'
import type { WorkUnit } from '../core/work.ts'
import type { FactLog } from './fact-log.ts'
import { createNeedsAtRest, type NeedsAtRestOptions } from './need-at-rest.ts'

/**
 * Work that its agent gave up wants the operator, at the session that had it. Work that was lost with its session needs nothing of its
 * own: how that ended is a need already.
 */
export function escalateWork(options: NeedsAtRestOptions): Dispose {
  const needs = createNeedsAtRest(options)
  const stop = options.facts.onFact(({ fact }) => {
    const unit = failedUnit(fact, options.facts)
    if (unit !== undefined && unit.sessionId !== null) needs.raise(unit.sessionId, needOf(unit))
  })
  return () => {
    stop()
    needs.close()
  }
}

function failedUnit(fact: Fact, { fleet }: FactLog): WorkUnit | undefined {
  return fact.type === 'work.ended' && fact.status === 'failed' ? fleet.work[fact.workId] : undefined
}

function needOf({ id, description, why, result }: WorkUnit): NeedDraft {
  return {
    key: `work-failed-${id}`,
    kind: 'error',
    title: `Work ${id} failed`,
    body: [why, ...(result === null ? [] : [result]), '', description].join('\n'),
    options: [],
    answers: ['text'],
    isAfterTurn: true,
  }
}
