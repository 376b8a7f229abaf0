import { accessSync, constants, mkdirSync, type Stats, statSync } from 'node:fs'
import { ControlError, fail } from '../core/errors.ts'

const OPEN_TO_OTHERS = 0o077

/**
 * Makes the state directory (0700) or checks the one that is there. Fails with `directory.insecure` when it is not ours
 * alone and with `directory.unwritable` when it cannot be made or written.
 */
export function ensureStateDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    const stats = statSync(directory)
    if (!isOursAlone(stats)) fail('directory.insecure', { directory })
    accessSync(directory, constants.W_OK | constants.X_OK)
  } catch (error) {
    if (error instanceof ControlError) throw error
    fail('directory.unwritable', { directory, detail: error instanceof Error ? error.message : String(error) })
  }
}

function isOursAlone(stats: Stats): boolean {
  const isOurs = process.getuid === undefined || stats.uid === process.getuid()
  return isOurs && (stats.mode & OPEN_TO_OTHERS) === 0
}
