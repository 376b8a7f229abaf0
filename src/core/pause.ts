import { addressOf } from './address.ts'
import { fail } from './errors.ts'
import type { Session, SessionState } from './session.ts'

/** What a session is while its agent runs: a pause lasts until it is ended, through restarts too. */
export function runningState({ isPaused }: Pick<Session, 'isPaused'>): SessionState {
  return isPaused === true ? 'paused' : 'running'
}

/** The session from now on: nothing is delivered to it. What its agent does is its own business, and is still told. */
export function paused(session: Session, at: number): Session {
  if (session.isPaused === true) return session
  const held: Session = { ...session, isPaused: true }
  return session.state === 'running' ? { ...held, state: 'paused', since: at } : held
}

/** The session as it is without a pause. */
export function unpaused(session: Session, at: number): Session {
  if (session.isPaused !== true) return session
  const { isPaused: _, ...free } = session
  return session.state === 'paused' ? { ...free, state: 'running', since: at } : free
}

/** Refuses what a paused session is not to be given. */
export function refuseWhenPaused(session: Session): void {
  if (session.isPaused === true) fail('session.paused', { name: addressOf(session) })
}
