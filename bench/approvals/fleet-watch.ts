import type { Client } from '../../src/client/client.ts'
import { EMPTY_FLEET, type Fleet } from '../../src/core/fleet.ts'
import type { SessionId } from '../../src/core/ids.ts'
import type { Need } from '../../src/core/need.ts'
import type { RawSignal } from '../../src/core/raw-signal.ts'
import { reduce } from '../../src/core/reduce.ts'
import type { Session } from '../../src/core/session.ts'

/** The fleet of a host as a client knows it, and waiting for what becomes of it. */
export interface FleetWatch extends Disposable {
  readonly fleet: Fleet
  /** Resolves with the first value that `look` gives for the fleet, now or after a change. */
  readonly until: <Value>(
    what: string,
    look: (fleet: Fleet) => Value | undefined,
    deadlineMs?: number,
  ) => Promise<Value>
  readonly session: (id: SessionId) => Session | undefined
  /** The session asks something else than this. */
  readonly asks: (id: SessionId, before?: Need) => Promise<Need>
  /** The session is idle and asks nothing. */
  readonly rests: (id: SessionId) => Promise<Session>
}

const DEADLINE_MS = 60_000

function rawLine({ at, source, what, detail }: RawSignal): string {
  return `${at} ${source} ${what} ${detail}`
}

/** Follows the facts of a host. */
export async function watchFleet(client: Client): Promise<FleetWatch> {
  const looks = new Set<() => void>()
  let fleet: Fleet = EMPTY_FLEET
  const stop = await client.subscribe((update) => {
    fleet = update.type === 'snapshot' ? update.fleet : reduce(fleet, update.envelope)
    for (const look of [...looks]) look()
  })
  const until: FleetWatch['until'] = (what, look, deadlineMs = DEADLINE_MS) =>
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
        settle(() => reject(new Error(`waited ${deadlineMs} ms in vain for: ${what}`)))
      }, deadlineMs)
      looks.add(check)
      check()
    })
  const session = (id: SessionId) => fleet.sessions[id]
  const explained = async (error: unknown, id: SessionId): Promise<never> => {
    const { transitions, heard } = await client.explain(id)
    const { lines } = await client.screen(id)
    const became = transitions.slice(-6).map((each) => `${each.at} ${each.became}: ${each.why}`)
    throw new Error([String(error), ...became, ...heard.slice(-8).map(rawLine), ...lines].join('\n'))
  }
  return {
    get fleet() {
      return fleet
    },
    until,
    session,
    asks: (id, before) =>
      until(`${session(id)?.agentName} asks`, () => {
        const need = session(id)?.need
        return need?.id === before?.id ? undefined : need
      }).catch((error: unknown) => explained(error, id)),
    rests: (id) =>
      until(`${session(id)?.agentName} is idle`, () => {
        const now = session(id)
        return now?.activity === 'idle' && now.need === undefined ? now : undefined
      }).catch((error: unknown) => explained(error, id)),
    [Symbol.dispose]: stop,
  }
}
