import { lstatSync, mkdirSync, realpathSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { rigNameOf } from '../config/names.ts'
import { fail } from '../core/errors.ts'

/** Longest part of a branch name. */
const PART_LENGTH = 60

/**
 * A free path below the folder of worktrees: `<rig>/<name>`, with the id when that is taken. Makes the rig's folder, and fails
 * with `worktree.failed` when something there leads out of the folder.
 */
export function freePlace(
  root: string,
  about: { readonly rig: string; readonly name: string; readonly id: string },
): string {
  mkdirSync(root, { recursive: true, mode: 0o700 })
  const realRoot = realpathSync(root)
  const folder = join(realRoot, rigNameOf(about.rig))
  makeFolder(folder)
  if (realOf(folder) !== folder) fail('worktree.failed', { detail: `${folder} leads elsewhere` })
  const name = rigNameOf(about.name)
  const place = [name, `${name}-${shortId(about.id)}`].map((each) => join(folder, each)).find((each) => !isThere(each))
  return place ?? fail('worktree.failed', { detail: `${join(folder, name)} is taken` })
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch {
    // It is there, or it cannot be made: the check of its real path says which.
  }
}

/** Whether a path is really where it says, below the folder of worktrees, and not that folder or a rig's. */
export function isWithin(root: string, path: string): boolean {
  const realRoot = realOf(root)
  if (realRoot === undefined || realOf(path) !== path) return false
  return path.startsWith(realRoot + sep) && dirname(dirname(path)) === realRoot
}

function realOf(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    // A path that leads nowhere has no real one.
    return undefined
  }
}

/** Whether there is anything at a path, a dangling link included. */
export function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}

/** The branch of a session's worktree: `role/name/work`; whatever git does not take in a name becomes "-". */
export function branchName(role: string, name: string, work: string): string {
  return [role, name, work].map(branchPart).join('/')
}

/** The end of an id, which differs where the beginning is the time. */
export function shortId(id: string): string {
  return id.slice(-6).toLowerCase()
}

function branchPart(text: string): string {
  const plain = text
    .replace(/[^A-Za-z0-9_.-]+/g, '-')
    .replace(/\.{2,}/g, '-')
    .slice(0, PART_LENGTH)
    .replace(/^[-.]+/, '')
    .replace(/(?:\.lock)+$/i, '-lock')
    .replace(/[-.]+$/, '')
  return plain === '' ? 'x' : plain
}
