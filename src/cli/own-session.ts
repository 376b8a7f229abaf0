import { type SessionId, sessionId } from '../core/ids.ts'

/** The session that this program runs in; undefined when it is the operator who runs it. The host checks that it is true. */
export function ownSession(env: Readonly<Record<string, string | undefined>>): SessionId | undefined {
  const id = env['SIGNALBOX_SESSION']
  return id === undefined || id === '' ? undefined : sessionId(id)
}
