import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { EMPTY_FLEET } from '../../../src/core/fleet.ts'
import { reduce } from '../../../src/core/reduce.ts'
import type { Session } from '../../../src/core/session.ts'
import { aSession } from '../../harness/sessions.ts'
import { factsOfStep, type StoryStep } from '../../harness/signal-story.ts'

const FOLDER = join(import.meta.dirname, '../../fixtures/signals')

/** What is said of one session, in order, and what it must be after each step. */
interface Story {
  readonly about: string
  readonly role?: string
  readonly hasSignals?: boolean
  readonly steps: readonly (StoryStep & { readonly expect: View })[]
}

/** What an operator sees of a session. */
interface View {
  /** State and activity. */
  readonly is: string
  readonly why: string
  readonly source: string
  /** The step since which it is that; 0 = since before the first. */
  readonly since: number
  /** Kind and key of what it asks. */
  readonly need: string | null
}

function viewOf({ state, activity, why, source, since, need }: Session): View {
  const asked = need === undefined ? null : `${need.kind} ${need.key}`
  return { is: `${state} ${activity}`, why, source, since: since / 1_000, need: asked }
}

function stories(): readonly (readonly [string, Story])[] {
  return readdirSync(FOLDER).map((file) => [file, JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Story])
}

describe.each(stories())('%s', (_, { about, role = 'crew', hasSignals = true, steps }) => {
  test(about, () => {
    const started = aSession({
      state: 'starting',
      activity: 'unknown',
      why: 'starting',
      source: 'host',
      since: 0,
      role,
    })
    let fleet = reduce(EMPTY_FLEET, { seq: 1, at: 0, fact: { type: 'session.registered', session: started } })
    for (const [index, step] of steps.entries()) {
      const at = (index + 1) * 1_000
      const session = fleet.sessions[started.id] ?? started
      for (const fact of factsOfStep(session, step, { now: at, newId: () => `need-${index}`, hasSignals }))
        fleet = reduce(fleet, { seq: fleet.seq + 1, at, fact })
      const view = viewOf(fleet.sessions[started.id] ?? started)
      expect(view, `step ${index + 1}: ${JSON.stringify({ ...step, expect: undefined })}`).toEqual(step.expect)
    }
  })
})
