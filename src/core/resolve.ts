import { fail } from './errors.ts'
import { isLive, type Session } from './session.ts'

/**
 * The session an operator means by an agent name, `rig/name` or id prefix. Live sessions win over ended ones of the same
 * name. Throws `session.not-found`, or `session.ambiguous` with the matches.
 */
export function resolveSession(sessions: readonly Session[], name: string): Session {
  const exact = sessions.filter((session) => session.id === name.toUpperCase())
  const matches = [exact, byName(sessions, name), byIdPrefix(sessions, name)].find((found) => found.length > 0) ?? []
  const live = matches.filter(isLive)
  const [only, ...others] = live.length > 0 ? live : matches.slice(-1)
  if (only === undefined) return fail('session.not-found', { name })
  if (others.length > 0) return fail('session.ambiguous', { name, matches: [only, ...others].map(fullName) })
  return only
}

/** `rig/name`, the name that is unique among live sessions of a host. */
export function fullName(session: Session): string {
  return `${session.rig}/${session.agentName}`
}

function byName(sessions: readonly Session[], name: string): readonly Session[] {
  return sessions.filter((session) => session.agentName === name || fullName(session) === name)
}

function byIdPrefix(sessions: readonly Session[], name: string): readonly Session[] {
  return name.length < 4 ? [] : sessions.filter((session) => session.id.startsWith(name.toUpperCase()))
}
