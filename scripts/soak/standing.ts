import { isPrompt } from '../../src/core/need.ts'
import type { Session } from '../../src/core/session.ts'

/** What a session is, in the one word by which the host's view and the truth are compared. */
export type Standing =
  | 'starting'
  | 'working'
  | 'idle'
  | 'asks permission'
  | 'asks question'
  /** It shows a dialog of which nothing else is known. */
  | 'asks'
  | 'failed'
  | 'limited'
  | 'login'
  | 'stalled'
  | 'exited'
  | 'stopped'
  | 'unknown'

/** The standing of a session as its host tells it. */
export function standingIn(session: Session): Standing {
  if (session.state === 'starting') return 'starting'
  if (session.state === 'failed') return 'exited'
  if (session.state !== 'running') return 'stopped'
  const { need, activity } = session
  if (need !== undefined && isPrompt(need)) return promptStanding(need.kind)
  if (need?.kind === 'limited' || need?.kind === 'login' || need?.kind === 'stalled') return need.kind
  if (need?.kind === 'error') return 'failed'
  return activity === 'waiting' ? 'asks' : activity
}

function promptStanding(kind: string): Standing {
  if (kind === 'permission') return 'asks permission'
  return kind === 'question' ? 'asks question' : 'asks'
}
