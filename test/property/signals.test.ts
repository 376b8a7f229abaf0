import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Envelope } from '../../src/core/facts.ts'
import { EMPTY_FLEET, type Fleet } from '../../src/core/fleet.ts'
import { judgeSilence, silenceFacts } from '../../src/core/freshness.ts'
import { isPrompt, type NeedDraft } from '../../src/core/need.ts'
import { reduce } from '../../src/core/reduce.ts'
import type { Activity, Session, Source } from '../../src/core/session.ts'
import { rankOf, type Signal } from '../../src/core/signals.ts'
import { aSession } from '../harness/sessions.ts'
import { factsOfStep, type StoryStep } from '../harness/signal-story.ts'
import { aDraft } from '../harness/stand-in-backend.ts'

const FOLDER = join(import.meta.dirname, '../fixtures/signals')
const RUNS = { numRuns: 500 }

const sources: readonly Source[] = ['process', 'hook', 'status-file', 'server', 'title', 'screen', 'silence']
const source = fc.constantFrom(...sources)
const activity = fc.constantFrom<Activity>('working', 'waiting', 'idle', 'unknown')
const why = fc.constantFrom('thinking', 'running npm test')
const key = fc.constantFrom('one', 'two')
const need: fc.Arbitrary<NeedDraft> = fc
  .record({
    key,
    kind: fc.constantFrom('permission', 'question', 'plan', 'login', 'error', 'limited', 'conflict'),
    title: fc.constantFrom('Bash', 'Write'),
    body: fc.constantFrom('rm -rf dist', 'rm -rf /'),
    isAfterTurn: fc.boolean(),
  })
  .map((about) => aDraft(about as Partial<NeedDraft>))

const signal: fc.Arbitrary<Signal> = fc.oneof(
  fc.record({ type: fc.constant('ready'), why, source }),
  fc.record({ type: fc.constant('activity'), activity, why, source }),
  fc.record({ type: fc.constant('need'), need, source }),
  fc.record({
    type: fc.constant('need-gone'),
    key,
    outcome: fc.constantFrom('answered', 'answered-elsewhere', 'withdrawn'),
  }),
  fc.record({ type: fc.constant('replied'), text: fc.constantFrom('done', '') }),
  fc.record({ type: fc.constant('identified'), resumeId: fc.constantFrom('r1', 'r2') }),
  fc.record({ type: fc.constant('used'), usage: fc.record({ inputTokens: fc.nat() }) }),
  fc.constant({ type: 'exited', exit: { code: 0, signal: undefined }, why: 'exited' }),
) as fc.Arbitrary<Signal>

const step: fc.Arbitrary<StoryStep> = fc.oneof(
  { weight: 12, arbitrary: signal.map((say) => ({ say })) },
  { weight: 2, arbitrary: fc.record({ say: signal, generation: fc.constantFrom(0, 1, 2, 3) }) },
  { weight: 2, arbitrary: fc.constantFrom(0, 15_000, 1_200_000).map((quietMs) => ({ quietMs })) },
  { weight: 1, arbitrary: fc.constant<StoryStep>({ answered: true }) },
  {
    weight: 1,
    arbitrary: fc.boolean().map((failed) => ({ exit: { code: failed ? 1 : 0 }, why: 'exited', failed })),
  },
  { weight: 1, arbitrary: fc.constant<StoryStep>({ relaunch: 0 }) },
)

/** What agents really say, with some of it lost, said twice, or in another order. */
const disturbed: fc.Arbitrary<readonly StoryStep[]> = fc
  .tuple(fc.constantFrom(...stories()), fc.array(fc.record({ at: fc.nat(20), to: fc.nat(20), isLost: fc.boolean() })))
  .map(([steps, accidents]) =>
    accidents.reduce((rest, { at, to, isLost }) => {
      const moved = rest[at % Math.max(1, rest.length)]
      if (moved === undefined) return rest
      return isLost ? rest.filter((each) => each !== moved) : rest.toSpliced(to % rest.length, 0, moved)
    }, steps),
  )

const history = fc.oneof(fc.array(step, { maxLength: 40, size: 'max' }), disturbed)

function stories(): readonly (readonly StoryStep[])[] {
  return readdirSync(FOLDER).map((file) => JSON.parse(readFileSync(join(FOLDER, file), 'utf8')).steps)
}

/** One step with the session before and after it. */
interface Played {
  readonly step: StoryStep
  readonly before: Session
  readonly after: Session
}

const STARTED = aSession({ state: 'starting', activity: 'unknown', why: 'starting', source: 'host' })

/** Plays a story as a host would: a session is started again only when it has ended. */
function play(steps: readonly StoryStep[]): {
  readonly played: readonly Played[]
  readonly envelopes: readonly Envelope[]
} {
  const envelopes: Envelope[] = [{ seq: 1, at: 0, fact: { type: 'session.registered', session: STARTED } }]
  const played: Played[] = []
  let fleet: Fleet = envelopes.reduce(reduce, EMPTY_FLEET)
  for (const [index, wanted] of steps.entries()) {
    const before = sessionIn(fleet)
    const hasEnded = before.state === 'stopped' || before.state === 'failed'
    if ('relaunch' in wanted ? !hasEnded : 'exit' in wanted && hasEnded) continue
    const step = 'relaunch' in wanted ? { relaunch: before.generation + 1 } : wanted
    const context = { now: index, newId: () => `need-${index}`, hasSignals: true }
    for (const fact of factsOfStep(before, step, context)) {
      const envelope = { seq: fleet.seq + 1, at: index, fact }
      envelopes.push(envelope)
      fleet = reduce(fleet, envelope)
    }
    played.push({ step, before, after: sessionIn(fleet) })
  }
  return { played, envelopes }
}

function sessionIn(fleet: Fleet): Session {
  return fleet.sessions[STARTED.id] ?? STARTED
}

function isLifecycle(session: Session): boolean {
  return session.activity === 'unknown' || ['process', 'host', 'operator'].includes(session.source)
}

/** What becomes of a session about which nothing is heard any more, deadline after deadline. */
function left(session: Session): Session {
  let now = session
  for (let deadlines = 0; deadlines < 5; deadlines += 1) {
    const verdict = judgeSilence(now, { quietMs: 0, hasSignals: true })
    if (verdict.type === 'rest') return now
    if (verdict.type !== 'later') throw new Error(`${verdict.type} without any silence`)
    expect(verdict.afterMs).toBeGreaterThan(0)
    const due = judgeSilence(now, { quietMs: verdict.afterMs, hasSignals: true })
    expect(['stalled', 'unknown']).toContain(due.type)
    const fleet = { ...EMPTY_FLEET, sessions: { [now.id]: now } }
    const facts = silenceFacts(now, due, { now: 0, newId: () => 'silent' })
    now = sessionIn(facts.reduce((next, fact) => reduce(next, { seq: next.seq + 1, at: 0, fact }), fleet as Fleet))
  }
  throw new Error(`no rest after five deadlines: ${JSON.stringify(now)}`)
}

function isShown(session: Session): boolean {
  return session.need !== undefined && isPrompt(session.need)
}

test('no state stands for ever once nothing is heard, and silence is never taken for rest', () => {
  fc.assert(
    fc.property(history, (steps) => {
      for (const { after } of play(steps).played) {
        const end = left(after)
        if (end.state !== 'running') expect(end).toEqual(after)
        else if (end.activity === 'working') expect(end.need?.kind).toBe('stalled')
        else if (end.activity === 'waiting') expect(isShown(end)).toBe(true)
        else if (end.activity === 'idle') expect(after.activity).toBe('idle')
      }
    }),
    RUNS,
  )
})

test('a weaker source never overrides a stronger one of the same launch', () => {
  fc.assert(
    fc.property(history, (steps) => {
      for (const { step, before, after } of play(steps).played) {
        if (!('say' in step) || isLifecycle(before)) continue
        expect(rankOf(after.source)).toBeLessThanOrEqual(rankOf(before.source))
        const { say } = step
        if (!('source' in say) || rankOf(say.source) <= rankOf(before.source)) continue
        expect(after).toEqual(before)
      }
    }),
    RUNS,
  )
})

test('what is believed names the source that said it', () => {
  fc.assert(
    fc.property(history, (steps) => {
      for (const { step, before, after } of play(steps).played) {
        if (!('say' in step) || after.activity === before.activity) continue
        expect('source' in step.say && step.say.source).toBe(after.source)
      }
    }),
    RUNS,
  )
})

test('a snapshot at any moment and the rest of the facts give the same session', () => {
  fc.assert(
    fc.property(history, fc.nat({ max: 60 }), (steps, cut) => {
      const { envelopes } = play(steps)
      const whole = JSON.parse(JSON.stringify(envelopes.reduce(reduce, EMPTY_FLEET)))
      const snapshot: Fleet = JSON.parse(JSON.stringify(envelopes.slice(0, cut).reduce(reduce, EMPTY_FLEET)))
      expect(JSON.parse(JSON.stringify(envelopes.slice(cut).reduce(reduce, snapshot)))).toEqual(whole)
      expect(envelopes.reduce(reduce, whole)).toEqual(whole)
    }),
    RUNS,
  )
})

test('what is asked has an id of its own: one prompt, unchanged, and never shown again', () => {
  fc.assert(
    fc.property(history, (steps) => {
      const asked = new Map<string, NonNullable<Session['need']>>()
      const over = new Set<string>()
      for (const { before, after } of play(steps).played) {
        const { need } = after
        if (before.need !== undefined && before.need.id !== need?.id) over.add(before.need.id)
        if (need === undefined) continue
        const known = asked.get(need.id)
        asked.set(need.id, need)
        expect(over.has(need.id)).toBe(false)
        expect(known?.key ?? need.key).toBe(need.key)
        if (known !== undefined && (isPrompt(known) || isPrompt(need))) expect(need).toEqual(known)
      }
    }),
    RUNS,
  )
})

test('an agent of an earlier launch, or one that has ended, changes nothing', () => {
  fc.assert(
    fc.property(history, (steps) => {
      for (const { step, before, after } of play(steps).played) {
        if (!('say' in step)) continue
        const isOld = step.generation !== undefined && step.generation !== before.generation
        const hasEnded = before.state === 'stopped' || before.state === 'failed'
        if (isOld || hasEnded) expect(after).toBe(before)
      }
    }),
    RUNS,
  )
})
