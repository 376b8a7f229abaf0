import type { Random } from '../../bench/random.ts'
import type { Place } from './place.ts'
import type { ServerDeath } from './server-death.ts'
import { pass } from './until.ts'

/** What happens around the sessions without being about any of them. */
export interface Weather {
  /** How often what happened. */
  readonly counts: Readonly<Record<string, number>>
  /** Whether the host could not answer at this moment, or just before. */
  isExcused(at: number): boolean
  /** Goes on until the signal aborts; resolves when everything it began has ended. */
  run(signal: AbortSignal): Promise<void>
}

interface WeatherParts {
  readonly place: Place
  readonly random: Random
  readonly death: ServerDeath
  readonly toleranceMs: number
}

const EVERY_MS = [4000, 9000] as const
const STUCK_MS = 6000
const PAUSE_MS = 2500
/** A server that dies more often is started again once a minute only. */
const DEATHS_APART_MS = 150_000

/** Rooms that open and close, a viewer that is stuck, a host that is paused, a server that dies. */
export function createWeather({ place, random, death, toleranceMs }: WeatherParts): Weather {
  const counts: Record<string, number> = {}
  const excused: { readonly from: number; until: number }[] = []
  const { host } = place
  let diedAt = 0
  const events: Readonly<Record<string, () => Promise<void>>> = {
    'a room opened and closed': async () => {
      await using room = host.openRoom()
      await room.printed('signalbox')
      await pass(2000)
    },
    'a stuck viewer': async () => {
      await using room = host.openRoom()
      await room.printed('signalbox')
      process.kill(room.pid, 'SIGSTOP')
      await pass(STUCK_MS)
      process.kill(room.pid, 'SIGCONT')
    },
    'a paused host': async () => {
      const pause = { from: Date.now(), until: Number.POSITIVE_INFINITY }
      excused.push(pause)
      process.kill(host.pid, 'SIGSTOP')
      await pass(PAUSE_MS)
      process.kill(host.pid, 'SIGCONT')
      pause.until = Date.now() + toleranceMs
    },
    'the opencode server killed': async () => {
      if (Date.now() - diedAt < DEATHS_APART_MS) return
      diedAt = Date.now()
      death.schedule()
    },
  }
  return {
    counts,
    isExcused: (at) => excused.some(({ from, until }) => at >= from && at <= until),
    async run(signal) {
      const names = Object.keys(events)
      for (let turn = 0; !signal.aborted; turn += 1) {
        await pass(random.between(...EVERY_MS))
        const name = turn < names.length ? names[turn] : random.pick(names)
        if (name === undefined || signal.aborted) continue
        await events[name]?.()
        counts[name] = (counts[name] ?? 0) + 1
      }
    },
  }
}
