import { fail } from '../core/errors.ts'
import { type Git, GitError } from './git.ts'
import { type ArchiveOptions, archiveWorktree, contentsOf, dropArchive } from './worktree-archive.ts'
import { isThere, isWithin } from './worktree-place.ts'
import type { WorktreeRecord } from './worktree-records.ts'
import { ownCommits, type WorktreeState, worktreeState } from './worktree-state.ts'

export interface RemovalOptions extends ArchiveOptions {
  /** The folder that all worktrees are in. */
  readonly root: string
  readonly isForced: boolean
  /** Fails when a session works in it. */
  readonly checkIdle: () => void
}

/**
 * Removes a worktree; resolves with the folder of its archive, if there had to be one. What it has and nothing else has is
 * refused or archived, and that is looked at again at the moment of removal.
 */
export async function removeTree(record: WorktreeRecord, options: RemovalOptions): Promise<string | null> {
  const { git, isForced, checkIdle } = options
  checkIdle()
  if (!isThere(record.path)) {
    await prune(git, record)
    return null
  }
  await checkOurs(record, options)
  const state = await worktreeState(git, record)
  const isSaved = state.dirtyFiles === 0 && state.ahead === 0
  if (!isSaved && !isForced) fail('worktree.unsaved', { ...record, ...state, branch: record.branch })
  const archived = isSaved ? undefined : await archiveWorktree(record, state, options)
  try {
    checkIdle()
    await checkSame(record, state, options)
    if (archived !== undefined) await checkContents(record, archived, options)
  } catch (error) {
    if (archived !== undefined) await dropArchive(git, archived.archive)
    throw error
  }
  await takeAway(record, { git, isForced: archived !== undefined })
  await dropBranch(git, record, state)
  return archived?.archive.folder ?? null
}

/** Removes a worktree that no agent has been in. */
export async function discardTree(record: WorktreeRecord, { git, root }: Pick<RemovalOptions, 'git' | 'root'>) {
  if (isThere(record.path)) {
    await checkOurs(record, { git, root })
    await takeAway(record, { git, isForced: true })
  } else {
    await prune(git, record)
  }
  // Only when nothing was added to it.
  await git(['update-ref', '-d', `refs/heads/${record.branch}`, record.base], { cwd: record.repository }).catch(
    () => '',
  )
}

/** A folder that was moved, replaced by a link, or made into another repository is not touched. */
async function checkOurs(record: WorktreeRecord, { git, root }: Pick<RemovalOptions, 'git' | 'root'>): Promise<void> {
  const { path, repository } = record
  if (!isWithin(root, path)) fail('worktree.not-ours', { path, detail: 'its path leads elsewhere' })
  const asked = ['rev-parse', '--path-format=absolute', '--show-toplevel', '--git-common-dir']
  const [top, common] = (await git(asked, { cwd: path }).catch(() => '')).split('\n')
  if (top !== path || common !== repository)
    fail('worktree.not-ours', { path, detail: `it belongs to ${common || 'no repository'}` })
}

/** Whoever still works in it may have gone on since it was looked at. */
async function checkSame(record: WorktreeRecord, before: WorktreeState, options: RemovalOptions): Promise<void> {
  const now = await worktreeState(options.git, record)
  const isSame = now.head === before.head && now.tip === before.tip && now.dirtyFiles === before.dirtyFiles
  if (!isSame) fail('worktree.changed', { path: record.path })
}

async function checkContents(
  record: WorktreeRecord,
  { archive, tree }: Awaited<ReturnType<typeof archiveWorktree>>,
  { git }: RemovalOptions,
): Promise<void> {
  if ((await contentsOf(git, record, archive.folder)) !== tree) fail('worktree.changed', { path: record.path })
}

async function takeAway(
  record: WorktreeRecord,
  { git, isForced }: { readonly git: Git; readonly isForced: boolean },
): Promise<void> {
  const command = ['worktree', 'remove', ...(isForced ? ['--force'] : []), record.path]
  // Unforced, git itself looks for changes once more; settings of the repository must not hide new files from it.
  await git(['-c', 'status.showUntrackedFiles=normal', ...command], { cwd: record.repository }).catch(refused)
}

/** What git refused, in our words; what is none of git's is passed on. */
export function refused(error: unknown): never {
  if (!(error instanceof GitError)) throw error
  return fail('worktree.git-failed', { command: error.command, detail: error.message })
}

async function prune(git: Git, record: WorktreeRecord): Promise<void> {
  // A repository that is gone has nothing to be tidied up.
  await git(['worktree', 'prune'], { cwd: record.repository }).catch(() => '')
}

/** Its branch goes with it, unless the branch has commits that nothing else has, or has moved meanwhile. */
async function dropBranch(git: Git, record: WorktreeRecord, state: WorktreeState): Promise<void> {
  const { tip, head } = state
  if (tip === undefined) return
  const at = { ...record, path: record.repository }
  const isSaved = tip === head || (await ownCommits(git, at, [tip, `^${head}`]).catch(() => 1)) === 0
  const trees = await git(['worktree', 'list', '--porcelain'], { cwd: record.repository }).catch(() => undefined)
  const isInUse = trees?.split('\n').includes(`branch refs/heads/${record.branch}`) ?? true
  if (!isSaved || isInUse) return
  await git(['update-ref', '-d', `refs/heads/${record.branch}`, tip], { cwd: record.repository }).catch(() => '')
}
