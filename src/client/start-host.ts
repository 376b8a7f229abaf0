import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { Socket } from 'node:net'
import { closingFiles } from '../config/inherited-files.ts'
import type { Paths } from '../config/paths.ts'
import { ensureStateDirectory } from '../config/state-directory.ts'
import { fail } from '../core/errors.ts'

/** How to start a host process. */
export interface StartHostOptions {
  readonly paths: Paths
  /** Absolute path of the program's entry. */
  readonly entry: string
  /** Options of Node before the entry. */
  readonly execArgv?: readonly string[]
  /** The operator's environment: agents need it. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** The host ends when this process does, however that happens. */
  readonly hasLifeline?: boolean
}

/** A host process that was started and goes on by itself. */
export interface StartedHost {
  readonly pid: number | undefined
  /** Whether it ended already, which is either a failure or another host that was quicker. */
  readonly hasExited: boolean
  /** Ends it: another one serves already, and this one must not come to life when that one is stopped. */
  abandon(): void
}

/**
 * Starts a host that outlives this process: its own session, output appended to the log, nothing inherited but the
 * environment (a lock that a script holds by a descriptor would be held for days). Returns at once; it serves when its
 * endpoint entry is there. Fails as `ensureStateDirectory` does.
 */
export function startHost(options: StartHostOptions): StartedHost {
  const { paths, entry, execArgv = [], env, hasLifeline = false } = options
  ensureStateDirectory(paths.stateDirectory)
  const log = openLog(paths)
  let hasExited = false
  const lifeline = hasLifeline ? ['--lifeline'] : []
  const command = [...execArgv, entry, 'host-process', ...lifeline]
  const { file, args } = closingFiles({ file: process.execPath, args: command })
  const child = spawn(file, args, {
    detached: true,
    stdio: [hasLifeline ? 'pipe' : 'ignore', log, log],
    cwd: paths.stateDirectory,
    env: { ...env, SIGNALBOX_STATE: paths.stateDirectory },
  })
  const markExited = (): void => {
    hasExited = true
  }
  child.once('exit', markExited)
  child.once('error', markExited)
  child.unref()
  // The pipe stays open as long as this process lives, but does not keep it alive.
  if (child.stdin instanceof Socket) child.stdin.unref()
  closeSync(log)
  return {
    pid: child.pid,
    get hasExited() {
      return hasExited
    },
    abandon() {
      if (!hasExited) child.kill()
    },
  }
}

function openLog(paths: Paths): number {
  try {
    return openSync(paths.log, 'a', 0o600)
  } catch (error) {
    return fail('directory.unwritable', { directory: paths.stateDirectory, detail: String(error) })
  }
}
