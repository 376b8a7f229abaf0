import { type SessionId, sessionId } from './ids.ts'

/** The session that a program runs in, and the secret that proves it. */
export interface Identity {
  readonly session: SessionId
  readonly token: string
}

/** Names of the variables by which an agent's programs know their session; `file`: where both stand, for those that share one environment. */
export const IDENTITY_VARIABLES = {
  session: 'SIGNALBOX_SESSION',
  token: 'SIGNALBOX_TOKEN',
  file: 'SIGNALBOX_IDENTITY',
} as const

/** The identity in an environment; undefined for the operator's own programs. */
export function identityFrom(env: Readonly<Record<string, string | undefined>>): Identity | undefined {
  const [session, token] = [env[IDENTITY_VARIABLES.session], env[IDENTITY_VARIABLES.token]]
  return session && token ? { session: sessionId(session), token } : undefined
}
