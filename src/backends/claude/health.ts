import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { BackendHealth } from '../../core/facts.ts'
import type { BackendContext, Launch } from '../backend.ts'
import { findProgram } from '../find-program.ts'
import { readVersion, SUPPORTED, whatMayBreak } from './versions.ts'

type Environment = Readonly<Record<string, string>>
type Alone = BackendContext['alone']

const PROGRAM = 'claude'
const VERSION_WITHIN_MS = 20_000

/** Finds the program and asks for its version. Starts nothing that stays; what it starts is started by `alone`. */
export async function checkHealth(env: Environment, alone: Alone): Promise<BackendHealth> {
  const program = await findProgram(PROGRAM, env)
  if (program === undefined) {
    return { status: 'unavailable', detail: 'Claude Code is not installed: there is no `claude` on PATH.' }
  }
  const version = await versionOf(alone({ file: program, args: ['--version'] }), env)
  if (version === undefined) {
    const seconds = VERSION_WITHIN_MS / 1000
    return { status: 'degraded', detail: `\`claude --version\` said nothing useful within ${seconds} s.`, program }
  }
  const risk = whatMayBreak(version)
  if (risk === undefined) return { status: 'ready', detail: `Claude Code ${version}.`, version, program }
  const detail = `Claude Code ${version} is outside the tried range (${SUPPORTED.words}): ${risk}.`
  return { status: 'degraded', detail, version, program }
}

async function versionOf({ file, args }: Launch, env: Environment): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(file, args, {
      env: { ...env },
      timeout: VERSION_WITHIN_MS,
    })
    return readVersion(stdout)
  } catch {
    // It failed or hung; the caller says so.
    return undefined
  }
}
