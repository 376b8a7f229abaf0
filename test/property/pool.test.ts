import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Fact } from '../../src/core/facts.ts'
import { EMPTY_FLEET, type Fleet, sessionsOf } from '../../src/core/fleet.ts'
import { sessionId, workId } from '../../src/core/ids.ts'
import { type BackendOption, countLive, type PoolPlan, planPool } from '../../src/core/pool.ts'
import { reduce } from '../../src/core/reduce.ts'
import { isLive } from '../../src/core/session.ts'
import { MOST_ATTEMPTS, workAfterEnd } from '../../src/core/supervision.ts'
import { isOpen, queuedUnit, queueOf, type WorkUnit } from '../../src/core/work.ts'
import { aSession } from '../harness/sessions.ts'

const RIGS = ['api', 'web']

type Step =
  | { readonly type: 'queue'; readonly rig: number; readonly priority: number }
  | { readonly type: 'done' | 'crash' | 'end'; readonly index: number }
  | { readonly type: 'hold'; readonly isHeld: boolean }

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    fc.record({ type: fc.constant('queue' as const), rig: fc.nat(1), priority: fc.integer({ min: 0, max: 2 }) }),
    fc.record({ type: fc.constantFrom('done' as const, 'crash' as const, 'end' as const), index: fc.nat(9) }),
    fc.record({ type: fc.constant('hold' as const), isHeld: fc.boolean() }),
  ),
  { maxLength: 40 },
)

/** A host without a clock or processes: what the plan says happens at once. */
class Town {
  fleet: Fleet = EMPTY_FLEET
  held: string | undefined
  readonly plans: { readonly before: Fleet; readonly plan: PoolPlan }[] = []
  readonly limit: number
  #count = 0

  constructor(limit: number) {
    this.limit = limit
  }

  apply(...facts: readonly Fact[]): void {
    for (const fact of facts) this.fleet = reduce(this.fleet, { seq: this.fleet.seq + 1, at: this.fleet.seq + 1, fact })
  }

  take(step: Step): void {
    if (step.type === 'hold') this.held = step.isHeld ? 'the pool is draining' : undefined
    else if (step.type === 'queue') this.queue(step)
    else this.end(step.type, step.index)
    // Ending a session is a step of its own: plan until nothing follows any more.
    for (let rounds = 0; rounds < 20 && this.pass(); rounds += 1);
  }

  queue({ rig, priority }: { readonly rig: number; readonly priority: number }): void {
    this.#count += 1
    const id = workId(`w${String(this.#count).padStart(3, '0')}`)
    const order = { id, type: 'task' as const, description: id, payload: {}, priority }
    const place = {
      ...{ rig: RIGS[rig]!, role: 'polecat', workDir: '/tmp', backend: 'one', agentName: null, args: [] },
    }
    this.apply({ type: 'work.queued', work: queuedUnit(order, place, { at: this.#count }) })
  }

  end(type: 'done' | 'crash' | 'end', index: number): void {
    const live = sessionsOf(this.fleet).filter(isLive)
    const session = live[index % Math.max(1, live.length)]
    if (session === undefined) return
    const open = session.workUnits.filter((unit) => isOpen(unit))
    if (type === 'done') {
      for (const { id } of open)
        this.apply({ type: 'work.ended', workId: id, status: 'done', why: 'done', result: null })
      return
    }
    const exit = { code: 1, signal: undefined }
    this.apply({ type: 'session.exited', id: session.id, exit, why: 'gone', failed: type === 'crash' })
    for (const unit of open) this.apply(workAfterEnd(unit, { name: 'x', why: 'gone', isDone: false }))
  }

  /** Whether anything was changed by the plan. */
  pass(): boolean {
    const option: BackendOption = { backend: 'one', why: 'asked', limit: this.limit }
    const rules = { memoryFloorMb: 0, startsPerMinute: 1000 }
    const plan = planPool({
      fleet: this.fleet,
      terms: new Map(Object.values(this.fleet.work).map((unit) => [unit.id, { options: [option], rules }])),
      warm: [],
      underWay: [],
      startsInLastMinute: 0,
      freeMb: 1000,
      sessionMb: {},
      held: this.held,
      drafts: new Set(),
      ending: new Set(),
    })
    this.plans.push({ before: this.fleet, plan })
    for (const { workId: id, sessionId: to, why } of plan.assign)
      this.apply({ type: 'work.assigned', id: to, workId: id, why })
    for (const start of plan.start) this.start(start.place.rig, start.workId)
    for (const { sessionId: id } of plan.end)
      this.apply({ type: 'session.exited', id, exit: { code: 0, signal: undefined }, why: 'ended', failed: false })
    this.apply(...plan.explain.map((each) => ({ type: 'work.explained' as const, ...each })))
    return plan.assign.length + plan.start.length + plan.end.length > 0
  }

  start(rig: string, unit: WorkUnit['id'] | undefined): void {
    this.#count += 1
    const id = sessionId(`s${this.#count}`)
    const session = aSession({
      id,
      isPooled: true,
      rig,
      role: 'polecat',
      backend: 'one',
      agentName: id,
      startedAt: this.#count,
    })
    this.apply({ type: 'session.registered', session })
    if (unit !== undefined) this.apply({ type: 'work.assigned', id, workId: unit, why: 'new' })
  }
}

function played(limit: number, story: readonly Step[]): Town {
  const town = new Town(limit)
  for (const step of story) town.take(step)
  return town
}

test('there are never more sessions than the limit, and no work is in two of them or lost', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), steps, (limit, story) => {
      const town = new Town(limit)
      for (const step of story) {
        town.take(step)
        expect(countLive(town.fleet, 'one')).toBeLessThanOrEqual(limit)
        for (const unit of Object.values(town.fleet.work)) {
          const holders = sessionsOf(town.fleet).filter(({ workUnits }) => workUnits.some(({ id }) => id === unit.id))
          expect(holders.map(({ id }) => id)).toEqual(unit.sessionId === null ? [] : [unit.sessionId])
          if (isOpen(unit) && unit.status !== 'queued') expect(holders.every(isLive)).toBe(true)
          if (unit.status === 'queued') expect(unit.why).toMatch(/^\d+(st|nd|rd|th) in line: /)
          expect(unit.attempts).toBeLessThanOrEqual(MOST_ATTEMPTS)
        }
      }
      expect(Object.keys(town.fleet.work)).toHaveLength(story.filter(({ type }) => type === 'queue').length)
    }),
  )
})

test('a unit goes before every other of its rig with a lower priority', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3 }), steps, (limit, story) => {
      for (const { before, plan } of played(limit, story).plans) {
        const given = new Set([...plan.assign, ...plan.start].map((each) => each.workId))
        for (const rig of RIGS) {
          const line = queueOf(Object.values(before.work)).filter((unit) => unit.rig === rig)
          const firstLeft = line.findIndex(({ id }) => !given.has(id))
          if (firstLeft >= 0) expect(line.slice(firstLeft).every(({ id }) => !given.has(id))).toBe(true)
        }
      }
    }),
  )
})

test('nothing starves: when sessions finish what they have, the queue runs empty', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3 }), steps, (limit, story) => {
      const town = played(limit, story)
      town.take({ type: 'hold', isHeld: false })
      const open = (): readonly WorkUnit[] => Object.values(town.fleet.work).filter((unit) => isOpen(unit))
      for (let turns = 0; turns < 200 && open().length > 0; turns += 1) town.take({ type: 'done', index: turns })
      expect(open()).toEqual([])
    }),
  )
})
