import { statSync } from 'node:fs'
import { join } from 'node:path'
import { ControlError, fail, toControlError } from '../core/errors.ts'
import { type Git, GitError } from './git.ts'
import { type Archive, archiveRef, BUNDLE, noteRestored, PATCH } from './worktree-archive.ts'
import { addTree, onFreeBranch } from './worktree-making.ts'
import { freePlace, isThere } from './worktree-place.ts'
import type { WorktreeRecord, WorktreeRecords } from './worktree-records.ts'
import { discardTree } from './worktree-removal.ts'

export interface RestoreOptions {
  readonly git: Git
  readonly root: string
  readonly records: WorktreeRecords
  readonly now: () => number
  readonly newId: () => string
}

/** Makes a worktree from an archive, with its commits and everything that was not committed. Undone when it fails. */
export async function restoreTree(archive: Archive, options: RestoreOptions): Promise<WorktreeRecord> {
  const { git, records, root, now } = options
  let record: WorktreeRecord | undefined
  try {
    const bundle = join(archive.folder, BUNDLE)
    if (isThere(bundle)) await git(['bundle', 'unbundle', bundle], { cwd: archive.record.repository })
    record = await onFreeBranch(git, plannedRecord(archive, options))
    records.write(record)
    await addTree(git, { record, workDir: record.path }, root)
    await applyPatch(git, archive, record)
  } catch (error) {
    if (record !== undefined) await undo(record, options)
    throw notRestored(error, archive)
  }
  noteRestored(archive, now())
  await git(['update-ref', '-d', archiveRef(archive.id)], { cwd: record.repository }).catch(() => '')
  const kept = { ...record, base: archive.record.base }
  records.write(kept)
  return kept
}

function plannedRecord(archive: Archive, { root, now, newId }: RestoreOptions): WorktreeRecord {
  const { rig, name } = archive.record
  const id = newId()
  const path = freePlace(root, { rig, name, id })
  const madeAt = new Date(now()).toISOString()
  // Until it is there its base is the commit that it is made at: so undoing it takes only what was made.
  return { ...archive.record, id, path, madeAt, base: archive.head }
}

async function applyPatch(git: Git, { folder }: Archive, { path }: WorktreeRecord): Promise<void> {
  const patch = join(folder, PATCH)
  if (statSync(patch).size === 0) return
  await git(['apply', '--binary', '--whitespace=nowarn', patch], { cwd: path })
}

async function undo(record: WorktreeRecord, { git, root, records }: RestoreOptions): Promise<void> {
  try {
    await discardTree(record, { git, root })
    records.forget(record.id)
  } catch {
    // What is left of it stays in the list, where it can be removed.
  }
}

function notRestored(error: unknown, { folder }: Archive): ControlError {
  const detail = error instanceof GitError ? error.message : toControlError(error).message
  return new ControlError('worktree.not-restored', { detail, archive: folder })
}

/** The one archive or record that is meant: by id, the start of an id, or `rig/name`. */
export function findNamed<Item extends { readonly id: string; readonly rig: string; readonly name: string }>(
  items: readonly Item[],
  given: string,
): Item {
  const exact = items.filter(({ id, rig, name }) => id === given || `${rig}/${name}` === given || name === given)
  const found =
    exact.length > 0 ? exact : items.filter(({ id }) => given.length >= 4 && id.startsWith(given.toUpperCase()))
  const [only, ...others] = found
  if (only === undefined) return fail('worktree.not-found', { name: given })
  if (others.length > 0) fail('session.ambiguous', { name: given, matches: found.map(({ id }) => id) })
  return only
}
