import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import type { SessionId } from '../core/ids.ts'

const KEY_BYTES = 32

/** Proves to the host which session a program runs in. */
export interface Identities {
  /** The secret of a session: the same for as long as there is this state directory, so that what outlives a host is still known. */
  issue(id: SessionId): string
  /** Whether this is the secret of that session. */
  isProven(id: SessionId, token: string): boolean
}

/** Secrets that follow from one key and the session's id, which is never used again. */
export function createIdentities(key: Uint8Array): Identities {
  const issue = (id: SessionId): string => createHmac('sha256', key).update(id).digest('base64url')
  return {
    issue,
    isProven(id, token) {
      const known = Buffer.from(issue(id))
      const given = Buffer.from(token)
      return known.length === given.length && timingSafeEqual(known, given)
    },
  }
}

/** The key in this file, which is made (0600) when there is none, or when what is there cannot be one. */
export function identityKey(file: string): Uint8Array {
  const known = readKey(file)
  if (known !== undefined) return known
  const key = randomBytes(KEY_BYTES)
  writeFileSync(file, key, { mode: 0o600 })
  return key
}

function readKey(file: string): Uint8Array | undefined {
  try {
    const key = readFileSync(file)
    return key.length === KEY_BYTES ? key : undefined
  } catch {
    // The first host of this directory.
    return undefined
  }
}
