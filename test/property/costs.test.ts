import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CostEntry, type CostReport, costEntries, costReport } from '../../src/core/costs.ts'
import type { Fact } from '../../src/core/facts.ts'
import { EMPTY_FLEET, type Fleet } from '../../src/core/fleet.ts'
import { sessionId } from '../../src/core/ids.ts'
import { reduce } from '../../src/core/reduce.ts'
import type { Usage, UsagePart } from '../../src/core/session.ts'
import { usageOfParts } from '../../src/core/usage.ts'
import { aSession } from '../harness/sessions.ts'

const IDS = ['01ARZ3NDEKTSV4RRFFQ69G5FA1', '01ARZ3NDEKTSV4RRFFQ69G5FA2'].map(sessionId)
const [FIRST, SECOND] = IDS as [(typeof IDS)[0], (typeof IDS)[0]]

/** A fleet of two sessions that hear what is reported, and what that adds up to. */
function booked(reports: readonly { readonly id: (typeof IDS)[0]; readonly usage: Usage }[]): {
  readonly entries: readonly CostEntry[]
  readonly fleet: Fleet
} {
  const entries: CostEntry[] = []
  let fleet = EMPTY_FLEET
  const apply = (fact: Fact): void => {
    fleet = reduce(fleet, { seq: fleet.seq + 1, at: fleet.seq, fact })
  }
  for (const id of IDS) apply({ type: 'session.registered', session: aSession({ id, agentName: id }) })
  for (const { id, usage } of reports) {
    entries.push(...costEntries(fleet.sessions[id]!, usage, `2026-11-${10 + (entries.length % 5)}`))
    apply({ type: 'session.used', id, usage })
  }
  return { entries, fleet }
}

const whole = fc.nat(1_000_000)
const growth = fc.array(fc.record({ tokens: whole, cents: fc.nat(500) }), { minLength: 1, maxLength: 6 })

/** The totals that one conversation with one model reports on its way. */
const conversation = fc
  .record({ name: fc.constantFrom('a', 'b'), model: fc.constantFrom('big', 'small'), growth })
  .map(({ name, model, growth: steps }) => {
    let part: UsagePart = { conversation: name, model, inputTokens: 0, outputTokens: 0, costUsd: 0, unpricedTokens: 0 }
    return steps.map(({ tokens, cents }) => {
      part = {
        ...part,
        inputTokens: part.inputTokens + tokens,
        outputTokens: part.outputTokens + 1,
        costUsd: part.costUsd + cents / 100,
        unpricedTokens: part.unpricedTokens + (cents === 0 ? tokens : 0),
      }
      return part
    })
  })

const reports = fc
  .array(fc.record({ id: fc.constantFrom(FIRST, SECOND), parts: conversation }), { maxLength: 6 })
  .map((all) => all.flatMap(({ id, parts }) => parts.map((part) => ({ id, usage: usageOfParts({}, [part]) }))))

function totals({ total }: CostReport) {
  const { inputTokens, outputTokens, unpricedTokens, costUsd } = total
  return { inputTokens, outputTokens, unpricedTokens, costUsd: Math.round((costUsd ?? 0) * 1e6) / 1e6 }
}

function totalOf(all: Parameters<typeof booked>[0]) {
  return totals(costReport({ by: 'session' }, booked(all).entries))
}

test('what is reported again, late or in another order is counted once', () => {
  const mixed = reports.chain((all) =>
    fc.record({
      all: fc.constant(all),
      again: fc.shuffledSubarray(all),
      shuffled: fc.shuffledSubarray([...all], { minLength: all.length }),
    }),
  )
  fc.assert(
    fc.property(mixed, ({ all, again, shuffled }) => {
      expect(totalOf([...shuffled, ...again])).toEqual(totalOf(all))
    }),
  )
})

test('the entries add up to what the sessions have used, whatever they are summed up by', () => {
  fc.assert(
    fc.property(reports, (all) => {
      const { entries, fleet } = booked(all)
      const used = Object.values(fleet.sessions).reduce((sum, { usage }) => sum + (usage?.inputTokens ?? 0), 0)
      const cost = Object.values(fleet.sessions).reduce((sum, { usage }) => sum + (usage?.costUsd ?? 0), 0)
      for (const by of ['session', 'rig', 'role', 'backend', 'model', 'day'] as const) {
        const report = costReport({ by }, entries)
        expect(totals(report)).toMatchObject({ inputTokens: used, costUsd: expect.closeTo(cost, 5) })
        const rows = report.rows.reduce((sum, row) => sum + row.inputTokens, 0)
        expect(rows).toBe(used)
      }
    }),
  )
})

test('reports without parts are totals as well: the highest counts', () => {
  const usage = fc.record({ inputTokens: whole, outputTokens: whole })
  fc.assert(
    fc.property(fc.array(usage, { minLength: 1 }), (all) => {
      const { entries } = booked(all.map((each) => ({ id: FIRST, usage: each })))
      const { total } = costReport({ by: 'day' }, entries)
      expect(total.inputTokens).toBe(Math.max(...all.map((each) => each.inputTokens)))
      // No price was told: it is unknown, and not nothing.
      expect(total.costUsd).toBe(total.unpricedTokens === 0 ? 0 : null)
    }),
  )
})

test('only the days that were asked for count, and an unknown cost is none', () => {
  const entry = { session: FIRST, name: 'api/toast', rig: 'api', role: 'crew', backend: 'claude', model: '' }
  const spent = { inputTokens: 10, outputTokens: 1, costUsd: 0, unpricedTokens: 11 }
  const entries = [
    { ...entry, ...spent, day: '2026-11-26' },
    { ...entry, ...spent, day: '2026-11-27', costUsd: 2, unpricedTokens: 0 },
  ]
  expect(costReport({ by: 'model', since: '2026-11-27' }, entries)).toEqual({
    by: 'model',
    since: '2026-11-27',
    rows: [{ key: '?', name: '?', inputTokens: 10, outputTokens: 1, costUsd: 2, unpricedTokens: 0 }],
    total: { inputTokens: 10, outputTokens: 1, costUsd: 2, unpricedTokens: 0 },
  })
  expect(costReport({ by: 'day' }, entries).rows.map((row) => [row.key, row.costUsd])).toEqual([
    ['2026-11-26', null],
    ['2026-11-27', 2],
  ])
})
