import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { SessionId } from '../core/ids.ts'

/** Proves to the host which session a program runs in. */
export interface Identities {
  /** A new secret for a session that is about to start; the one before is void. */
  issue(id: SessionId): string
  /** Whether this is the secret of that session's present run. */
  isProven(id: SessionId, token: string): boolean
}

/** Secrets live in memory only: no session outlives its host. */
export function createIdentities(): Identities {
  const tokens = new Map<SessionId, Buffer>()
  return {
    issue(id) {
      const token = randomBytes(18).toString('base64url')
      tokens.set(id, Buffer.from(token))
      return token
    },
    isProven(id, token) {
      const known = tokens.get(id)
      const given = Buffer.from(token)
      return known !== undefined && known.length === given.length && timingSafeEqual(known, given)
    },
  }
}
