import type { Actor } from './actor.ts'
import type { Place } from './place.ts'
import type { Standing } from './standing.ts'
import { pass, until } from './until.ts'

/** Kills the server that all Opencode sessions share, once they all stand still for it. */
export interface ServerDeath {
  readonly count: number
  /** The next time that all have met it happens. */
  schedule(): void
  /** To be called by each of them between two scenes. */
  meet(actor: Actor): Promise<void>
}

const BACK_WITHIN_MS = 60_000

/** Deaths for so many sessions; the first that comes is in the middle of a turn when it happens. */
export function createServerDeath(place: Place, sessions: number, signal: AbortSignal): ServerDeath {
  let waiting: { readonly actor: Actor; readonly resolve: () => void }[] = []
  let isDue = false
  let count = 0
  const release = () => {
    isDue = false
    for (const { resolve } of waiting.splice(0)) resolve()
  }
  // Who lives no longer does not come any more.
  signal.addEventListener('abort', release)
  const happen = async () => {
    const met = waiting
    waiting = []
    isDue = false
    const [first] = met
    try {
      if (first !== undefined) await first.actor.prompt('SLOW 60')
      await pass(1000)
      await kill(
        place,
        met.map(({ actor }) => actor),
      )
      count += 1
    } finally {
      for (const { resolve } of met) resolve()
    }
  }
  return {
    get count() {
      return count
    },
    schedule: () => {
      isDue = sessions > 0
    },
    meet(actor) {
      if (!isDue) return Promise.resolve()
      return new Promise((resolve, reject) => {
        waiting.push({ actor, resolve })
        if (waiting.length === sessions) happen().catch(reject)
      })
    },
  }
}

async function kill(place: Place, actors: readonly Actor[]): Promise<void> {
  const before = place.opencodeServer()
  if (before === undefined) return
  process.kill(before, 'SIGKILL')
  const ends = actors.map(({ truth }, at): readonly Standing[] => (at === 0 ? ['failed'] : truth.now.allowed))
  for (const { truth } of actors) truth.is('unknown', 'its server was killed')
  const isBack = () => (place.opencodeServer() === before ? undefined : true)
  await until('the server is back', isBack, BACK_WITHIN_MS)
  for (const [at, { truth }] of actors.entries())
    truth.is(['unknown', ...(ends[at] ?? [])], 'its server is being started again')
  await pass(6000)
  for (const [at, { truth }] of actors.entries()) truth.is(ends[at] ?? [], 'its server has been back for long')
  await pass(2500)
}
