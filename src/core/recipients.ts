import { addressOf, isAddress, isAt } from './address.ts'
import { type Fleet, sessionsOf } from './fleet.ts'
import type { SessionId } from './ids.ts'
import { isLive, type Session } from './session.ts'

/** The live session that gets what is sent there; of several the one that was started last. */
export function recipientOf(fleet: Fleet, to: string): Session | undefined {
  if (!isAddress(to)) return fleet.sessions[to as SessionId]
  const candidates = sessionsOf(fleet).filter((session) => isLive(session) && isAt(session, to))
  return candidates.findLast((session) => addressOf(session) === to) ?? candidates.at(-1)
}
