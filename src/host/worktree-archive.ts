import { copyFileSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import * as z from 'zod'
import { fail } from '../core/errors.ts'
import type { Git } from './git.ts'
import { isThere } from './worktree-place.ts'
import { filesIn, readJsonFile, readRecord, type WorktreeRecord, writeWhole } from './worktree-records.ts'
import type { WorktreeState } from './worktree-state.ts'

const about = z.object({
  head: z.string(),
  dirtyFiles: z.number(),
  ahead: z.number(),
  archivedAt: z.string(),
  restoredAt: z.string().optional(),
})

/** What a removed worktree had: commits as a bundle, everything else as a patch. */
export interface Archive extends Readonly<z.infer<typeof about>> {
  readonly id: string
  readonly folder: string
  readonly record: WorktreeRecord
}

export const BUNDLE = 'commits.bundle'
export const PATCH = 'changes.patch'
const ABOUT = 'archive.json'

export interface ArchiveOptions {
  readonly git: Git
  readonly directory: string
  readonly now: () => number
  readonly newId: () => string
}

/** Keeps the repository from throwing the archived commits away: the bundle holds only what was added to them. */
export function archiveRef(id: string): string {
  return `refs/signalbox/archive/${id}`
}

/** The archives that are there, the oldest first. */
export function listArchives(directory: string): readonly Archive[] {
  return filesIn(directory).flatMap((id) => readArchive(directory, id) ?? [])
}

function readArchive(directory: string, id: string): Archive | undefined {
  const folder = join(directory, id)
  const said = readJsonFile(join(folder, ABOUT))
  const [fields, record] = [about.safeParse(said).data, readRecord(said)]
  return fields === undefined || record === undefined ? undefined : { ...fields, record, id, folder }
}

/** Notes that an archive was made into a worktree again; its files stay. */
export function noteRestored({ folder, record, ...fields }: Archive, now: number): void {
  const { head, dirtyFiles, ahead, archivedAt } = fields
  const restoredAt = new Date(now).toISOString()
  writeWhole(join(folder, ABOUT), { ...record, head, dirtyFiles, ahead, archivedAt, restoredAt })
}

/**
 * Writes down all that a worktree has and nothing else; `tree` is what was in it. Fails with `worktree.nested` when there is
 * something that it cannot hold; then there is no archive.
 */
export async function archiveWorktree(
  record: WorktreeRecord,
  state: WorktreeState,
  options: ArchiveOptions,
): Promise<{ readonly archive: Archive; readonly tree: string }> {
  const { git, directory, now, newId } = options
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const id = isThere(join(directory, record.id)) ? newId() : record.id
  const folder = join(directory, id)
  const part = `${folder}.part`
  rmSync(part, { recursive: true, force: true })
  mkdirSync(part, { mode: 0o700 })
  try {
    const tree = await contentsOf(git, record, part)
    await checkNested(git, { record, state, tree })
    if (state.ahead > 0) await writeBundle(git, { record, state, file: join(part, BUNDLE) })
    await writePatch(git, { record, state, tree, file: join(part, PATCH) })
    const { head, dirtyFiles, ahead } = state
    const fields = { head, dirtyFiles, ahead, archivedAt: new Date(now()).toISOString() }
    writeWhole(join(part, ABOUT), { ...record, ...fields })
    await git(['update-ref', archiveRef(id), head], { cwd: record.repository })
    renameSync(part, folder)
    return { archive: { ...fields, id, folder, record }, tree }
  } catch (error) {
    rmSync(part, { recursive: true, force: true })
    throw error
  }
}

/** Takes back an archive of something that is still there. */
export async function dropArchive(git: Git, { id, folder, record }: Archive): Promise<void> {
  rmSync(folder, { recursive: true, force: true })
  await git(['update-ref', '-d', archiveRef(id)], { cwd: record.repository })
}

/** The tree that a commit of everything would have, ignored files aside; the index of the worktree is left as it is. */
export async function contentsOf(git: Git, record: WorktreeRecord, scratch: string): Promise<string> {
  const cwd = record.path
  const index = join(scratch, 'index')
  const env = { GIT_INDEX_FILE: index }
  const own = resolve(cwd, (await git(['rev-parse', '--git-path', 'index'], { cwd })).trim())
  if (isThere(own)) copyFileSync(own, index)
  else await git(['read-tree', 'HEAD'], { cwd, env })
  await git(['add', '--all', '--', ':/'], { cwd, env })
  const tree = (await git(['write-tree'], { cwd, env })).trim()
  rmSync(index, { force: true })
  return tree
}

interface Contents {
  readonly record: WorktreeRecord
  readonly state: WorktreeState
  readonly tree: string
}

async function checkNested(git: Git, { record, state, tree }: Contents): Promise<void> {
  const { path } = record
  const text = await git(['diff-tree', '-r', '-z', '--no-renames', state.head, tree], { cwd: path })
  const fields = text.split('\0')
  const link = fields.findIndex((field) => /^:(?:160000 |\d+ 160000 )/.test(field))
  const nested = link < 0 ? state.nested : fields[link + 1]
  if (nested !== undefined) fail('worktree.nested', { path, nested })
}

async function writeBundle(
  git: Git,
  { record, state, file }: Omit<Contents, 'tree'> & { readonly file: string },
): Promise<void> {
  const branch = state.tip === undefined ? [] : [`refs/heads/${record.branch}`]
  await git(['bundle', 'create', '--quiet', file, 'HEAD', ...branch, '--not', record.base], { cwd: record.path })
  await git(['bundle', 'verify', '--quiet', file], { cwd: record.path })
}

async function writePatch(
  git: Git,
  { record, state, tree, file }: Contents & { readonly file: string },
): Promise<void> {
  const exact = ['--binary', '--full-index', '--no-renames', '--no-ext-diff', '--no-textconv', '--no-color']
  const names = ['--src-prefix=a/', '--dst-prefix=b/']
  await git(['diff', ...exact, ...names, `--output=${file}`, state.head, tree], { cwd: record.path })
}
