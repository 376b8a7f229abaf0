import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { IDENTITY_VARIABLES, type Identity } from '../core/identity.ts'
import { parseObject } from '../core/json.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Nobody has it: the host refuses whoever comes with it. */
const UNKNOWN = 'unknown'

/**
 * Writes down who a session is, for agents that share one environment: they are told the name of the file, so that the secret gets
 * neither into what a model reads nor into a command line.
 */
export function writeIdentity(file: string, { session, token }: Identity): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  writeFileSync(file, JSON.stringify({ session, token }), { mode: 0o600 })
}

/** The environment with what the identity file that it names says; what cannot be read is an identity that no host knows. */
export function withIdentity(env: Environment): Environment {
  const file = env[IDENTITY_VARIABLES.file]
  if (file === undefined || file === '') return env
  const { session = UNKNOWN, token = UNKNOWN } = read(file)
  return { ...env, [IDENTITY_VARIABLES.session]: String(session), [IDENTITY_VARIABLES.token]: String(token) }
}

function read(file: string): Readonly<Record<string, unknown>> {
  try {
    return parseObject(readFileSync(file, 'utf8')) ?? {}
  } catch {
    // The session is gone, and its file with it.
    return {}
  }
}
