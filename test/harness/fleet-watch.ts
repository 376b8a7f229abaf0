import type { Client } from '../../src/client/client.ts'
import { rawWords } from '../../src/core/explain.ts'
import { EMPTY_FLEET, type Fleet } from '../../src/core/fleet.ts'
import type { SessionId } from '../../src/core/ids.ts'
import type { Need } from '../../src/core/need.ts'
import { reduce } from '../../src/core/reduce.ts'
import type { Session } from '../../src/core/session.ts'

/** How long to wait, and for which session: what it does is told when it was in vain. */
export interface Waiting {
  readonly deadlineMs?: number
  readonly about?: SessionId
}

/** The fleet of a host as a client knows it, and waiting for what becomes of it. */
export interface FleetWatch extends Disposable {
  readonly fleet: Fleet
  /** Resolves with the first value that `look` gives for the fleet, now or after a change. */
  readonly until: <Value>(what: string, look: (fleet: Fleet) => Value | undefined, waiting?: Waiting) => Promise<Value>
  readonly session: (id: SessionId) => Session | undefined
  /** The session asks something else than this. */
  readonly asks: (id: SessionId, before?: Need) => Promise<Need>
  /** The session is idle and asks nothing. */
  readonly rests: (id: SessionId) => Promise<Session>
}

const DEADLINE_MS = 60_000

/** Follows the facts of a host. */
export async function watchFleet(client: Client): Promise<FleetWatch> {
  const looks = new Set<() => void>()
  let fleet: Fleet = EMPTY_FLEET
  const stop = await client.subscribe((update) => {
    fleet = update.type === 'snapshot' ? update.fleet : reduce(fleet, update.envelope)
    for (const look of [...looks]) look()
  })
  const until: FleetWatch['until'] = (what, look, { deadlineMs = DEADLINE_MS, about } = {}) =>
    new Promise((resolve, reject) => {
      const settle = (finish: () => void) => {
        clearTimeout(timer)
        looks.delete(check)
        finish()
      }
      const check = () => {
        const value = look(fleet)
        if (value !== undefined) settle(() => resolve(value))
      }
      const timer = setTimeout(() => {
        const error = `waited ${deadlineMs} ms in vain for: ${what}`
        settle(() => describe(client, about).then((lines) => reject(new Error([error, ...lines].join('\n'))), reject))
      }, deadlineMs)
      looks.add(check)
      check()
    })
  const session = (id: SessionId) => fleet.sessions[id]
  return {
    get fleet() {
      return fleet
    },
    until,
    session,
    asks: (id, before) => {
      const look = () => {
        const need = session(id)?.need
        return need?.id === before?.id ? undefined : need
      }
      return until(`${session(id)?.agentName} asks`, look, { about: id })
    },
    rests: (id) => {
      const look = () => {
        const now = session(id)
        return now?.activity === 'idle' && now.need === undefined ? now : undefined
      }
      return until(`${session(id)?.agentName} is idle`, look, { about: id })
    },
    [Symbol.dispose]: stop,
  }
}

/** What a session does, why, and what it shows. */
async function describe(client: Client, id: SessionId | undefined): Promise<readonly string[]> {
  if (id === undefined) return []
  const { transitions, heard } = await client.explain(id)
  const { lines } = await client.screen(id)
  const became = transitions.slice(-6).map(({ at, became, why }) => `${at} ${became}: ${why}`)
  return [...became, ...heard.slice(-8).map((raw) => `${raw.at} heard ${rawWords(raw)}`), ...lines]
}
