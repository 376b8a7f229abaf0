import { execFile } from 'node:child_process'
import type { BackendHealth } from '../../core/facts.ts'
import type { BackendContext, Launch } from '../backend.ts'
import { findProgram } from '../find-program.ts'
import { judgeVersion } from './versions.ts'

/** A first start on a busy machine takes long: the program unpacks itself. */
const VERSION_WITHIN_MS = 30_000

/** Looks for the program and asks it for its version. `versionOf` remembers answers per program for the life of the backend. */
export async function checkProgram(
  env: Readonly<Record<string, string>>,
  versionOf: (program: string) => Promise<string>,
  command = 'opencode',
): Promise<BackendHealth> {
  const program = await findProgram(command, env)
  if (program === undefined) return { status: 'unavailable', detail: `${command} was not found on PATH` }
  try {
    const version = await versionOf(program)
    const verdict = judgeVersion(version)
    if (verdict.kind === 'supported') return { status: 'ready', detail: `opencode ${version}`, version, program }
    return {
      status: verdict.kind === 'older' ? 'unavailable' : 'degraded',
      detail: verdict.detail,
      version,
      program,
    }
  } catch (error) {
    const detail = `opencode does not tell its version: ${error instanceof Error ? error.message : String(error)}`
    return { status: 'unavailable', detail, program }
  }
}

/** Asks programs, started by `alone`, for their version, each only once; a failure is not remembered. */
export function createVersionCache(
  env: Readonly<Record<string, string>>,
  alone: BackendContext['alone'],
): (program: string) => Promise<string> {
  const known = new Map<string, Promise<string>>()
  return (program) => {
    const asked = known.get(program) ?? askVersion(alone({ file: program, args: ['--version'] }), env)
    known.set(program, asked)
    asked.catch(() => known.delete(program))
    return asked
  }
}

function askVersion({ file, args }: Launch, env: Readonly<Record<string, string>>): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(file, args, { env: { ...env }, timeout: VERSION_WITHIN_MS }, (error, stdout) => {
      if (error === null) resolve(stdout.trim())
      else reject(error.killed ? new Error(`no answer within ${VERSION_WITHIN_MS / 1000} s`) : error)
    })
  })
}
