import type { Explanation } from '../../src/core/explain.ts'
import { rawWords } from '../../src/core/explain.ts'
import type { Actor } from './actor.ts'
import { type Standing, standingIn } from './standing.ts'
import { pass } from './until.ts'

/** How long the host said what of one session. */
export interface Account {
  readonly name: string
  readonly backend: string
  readonly seconds: number
  readonly wrongSeconds: number
  readonly unknownSeconds: number
  readonly excusedSeconds: number
}

/** A time during which the host was wrong about a session. */
export interface WrongStretch {
  readonly name: string
  readonly at: string
  readonly seconds: number
  readonly told: readonly Standing[]
  readonly truth: readonly string[]
  /** What the host said about it, at the beginning. */
  readonly explanation: readonly string[]
}

interface Tally {
  seconds: number
  wrong: number
  unknown: number
  excused: number
  stretch:
    | { at: number; seconds: number; told: Set<Standing>; truth: readonly string[]; explanation: readonly string[] }
    | undefined
}

const EVERY_MS = 200
/** The truth is told a moment after what it is about: a host may be quicker. */
const TRUTH_LAG_MS = 100
/** A longer gap between two samples says nothing about what was between them. */
const LONGEST_STEP_MS = 1000

/** Looks at the host several times a second and compares what it says with the truth. */
export class Sampler {
  readonly #actors: readonly Actor[]
  readonly #isExcused: (at: number) => boolean
  readonly #tallies = new Map<string, Tally>()
  readonly #stretches: WrongStretch[] = []
  #samples = 0

  constructor(actors: readonly Actor[], isExcused: (at: number) => boolean) {
    this.#actors = actors
    this.#isExcused = isExcused
    for (const { id } of actors)
      this.#tallies.set(id, { seconds: 0, wrong: 0, unknown: 0, excused: 0, stretch: undefined })
  }

  get samples(): number {
    return this.#samples
  }

  async run(signal: AbortSignal): Promise<void> {
    let before = Date.now()
    while (!signal.aborted) {
      await pass(EVERY_MS)
      const asked = Date.now()
      const sessions = await this.#actors[0]?.client.listSessions()
      const now = Date.now()
      const seconds = Math.min(now - before, LONGEST_STEP_MS) / 1000
      before = now
      this.#samples += 1
      for (const actor of this.#actors) {
        const session = sessions?.find(({ id }) => id === actor.id)
        if (session !== undefined) await this.#look(actor, standingIn(session), { asked, seconds })
      }
    }
    for (const actor of this.#actors) this.#close(actor)
  }

  accounts(): readonly Account[] {
    return this.#actors.map(({ id, name, backend }) => {
      const { seconds = 0, wrong = 0, unknown = 0, excused = 0 } = this.#tallies.get(id) ?? {}
      return { name, backend, seconds, wrongSeconds: wrong, unknownSeconds: unknown, excusedSeconds: excused }
    })
  }

  /** The longest first. */
  stretches(): readonly WrongStretch[] {
    return [...this.#stretches].sort((one, other) => other.seconds - one.seconds)
  }

  async #look(
    actor: Actor,
    standing: Standing,
    { asked, seconds }: { readonly asked: number; readonly seconds: number },
  ): Promise<void> {
    const tally = this.#tallies.get(actor.id)
    if (tally === undefined) return
    tally.seconds += seconds
    if (standing === 'unknown') tally.unknown += seconds
    if (standing === 'unknown' || (await isTrue(actor, standing, asked))) return this.#close(actor)
    if (this.#isExcused(asked)) {
      tally.excused += seconds
      return this.#close(actor)
    }
    tally.wrong += seconds
    tally.stretch ??= {
      at: asked,
      seconds: 0,
      told: new Set(),
      truth: truthLines(actor),
      explanation: await explained(actor),
    }
    tally.stretch.seconds += seconds
    tally.stretch.told.add(standing)
  }

  #close(actor: Actor): void {
    const tally = this.#tallies.get(actor.id)
    const stretch = tally?.stretch
    if (tally === undefined || stretch === undefined) return
    tally.stretch = undefined
    const { at, seconds, told, truth, explanation } = stretch
    this.#stretches.push({ name: actor.name, at: clock(at), seconds, told: [...told], truth, explanation })
  }
}

/** Between the question and the answer the truth may have changed: either is right. */
async function isTrue({ truth }: Actor, standing: Standing, asked: number): Promise<boolean> {
  if (truth.isRight(standing, asked) || truth.isRight(standing, Date.now())) return true
  await pass(TRUTH_LAG_MS)
  return truth.isRight(standing, Date.now())
}

function truthLines({ truth }: Actor): readonly string[] {
  return truth.beliefs.slice(0, 5).map(({ at, allowed, why }) => `${clock(at)} ${allowed.join(' or ')}: ${why}`)
}

async function explained({ client, id }: Actor): Promise<readonly string[]> {
  const { transitions, heard }: Explanation = await client.explain(id)
  const became = transitions
    .slice(-6)
    .map((each) => `${clock(each.at)} ${each.became}: ${each.why} (${each.source}; ${rawWords(each.raw)})`)
  return [...became, ...heard.slice(-8).map((raw) => `${clock(raw.at)} heard ${rawWords(raw)}`)]
}

function clock(at: number): string {
  return new Date(at).toISOString().slice(11, 23)
}
