import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { ControlError, fail } from '../core/errors.ts'

const OPEN_TO_OTHERS = 0o077
const WRITABLE_BY_ALL = 0o002
const STICKY = 0o1000

/**
 * Makes the state directory (0700) or checks the one that is there. Fails with `directory.insecure` when it is not ours
 * alone or when others could put another one in its place, and with `directory.unwritable` when it cannot be made or written.
 */
export function ensureStateDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    const stats = statSync(directory)
    if (!isOursAlone(stats)) fail('directory.insecure', { directory })
    const weak = weakPlace(directory)
    if (weak !== undefined)
      fail('directory.insecure', {
        directory,
        hint: `Others can replace ${weak}: choose another place with SIGNALBOX_STATE.`,
      })
    accessSync(directory, constants.W_OK | constants.X_OK)
  } catch (error) {
    if (error instanceof ControlError) throw error
    fail('directory.unwritable', { directory, detail: error instanceof Error ? error.message : String(error) })
  }
}

/** Makes a file that nobody else may read, or takes that right away from one that is there: what SQLite makes beside it is as private. */
export function makePrivate(file: string): void {
  closeSync(openSync(file, 'a', 0o600))
  chmodSync(file, 0o600)
}

function isOursAlone(stats: Stats): boolean {
  return isOurs(stats) && (stats.mode & OPEN_TO_OTHERS) === 0
}

function isOurs({ uid }: Stats): boolean {
  return process.getuid === undefined || uid === process.getuid()
}

/** What somebody else could replace: a link of theirs, or a folder on the way in which all may rename. */
function weakPlace(directory: string): string | undefined {
  const link = lstatSync(directory)
  if (link.isSymbolicLink() && !isOurs(link)) return directory
  return [directory, realpathSync(directory)].map(weakParent).find((place) => place !== undefined)
}

function weakParent(directory: string): string | undefined {
  const parent = dirname(directory)
  if (parent === directory) return undefined
  const { mode } = statSync(parent)
  return (mode & WRITABLE_BY_ALL) !== 0 && (mode & STICKY) === 0 ? parent : weakParent(parent)
}
