import type { Session } from './session.ts'

/**
 * Who mail is for, by place and not by session: `mayor/` is whoever has that role of the whole town, `rig/witness` whoever
 * has it in that rig, `rig/name` the agent of that name. Mail waits at its address until somebody is there.
 */
export type Address = string

/** Whether this names a place; a session's id never holds a slash. */
export function isAddress(to: string): to is Address {
  return to.includes('/')
}

/** The address at which this session can be reached whatever its id is: its agent's name in its rig. */
export function addressOf({ rig, agentName }: Pick<Session, 'rig' | 'agentName'>): Address {
  return `${rig}/${agentName}`
}

/** Whether mail for this address is for this session. */
export function isAt(session: Session, address: Address): boolean {
  const slash = address.indexOf('/')
  const [place, name] = [address.slice(0, slash), address.slice(slash + 1)]
  if (name === '') return session.role === place
  return session.rig === place && (session.agentName === name || session.role === name)
}
