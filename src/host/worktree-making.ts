import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { fail } from '../core/errors.ts'
import type { Session } from '../core/session.ts'
import { type Git, GitError } from './git.ts'
import { branchName, freePlace, isWithin, shortId } from './worktree-place.ts'
import type { WorktreeRecord } from './worktree-records.ts'
import { tipOf } from './worktree-state.ts'

/** The repository that a directory is in, and where in it. */
export interface Repository {
  /** Its own folder, shared by all its worktrees. */
  readonly common: string
  /** The directory below the root of the repository, with a slash at the end; empty at the root. */
  readonly prefix: string
  readonly base: string
  readonly baseRef: string | null
}

/** A worktree that is about to be made. */
export interface WorktreePlan {
  readonly record: WorktreeRecord
  /** Where the session works in it. */
  readonly workDir: string
}

/** The repository of a directory; undefined when it is in none. Fails with `worktree.failed` when none can be made from it. */
export async function repositoryOf(git: Git, directory: string): Promise<Repository | undefined> {
  const asked = ['--is-inside-work-tree', '--path-format=absolute', '--git-common-dir', '--show-prefix']
  let told: string
  try {
    told = await git(['rev-parse', ...asked], { cwd: directory })
  } catch (error) {
    if (error instanceof GitError && /not a git repository/.test(error.message)) return undefined
    return failed(error)
  }
  const lines = told.split('\n')
  const [isInside, common = '', prefix = ''] = lines
  if (isInside !== 'true') return undefined
  // Three answers, each with its line end: else a part of a name would be taken for the place of another repository.
  if (lines.length !== asked.length)
    fail('worktree.failed', { detail: 'the name of its folder has a line break in it' })
  const base = await git(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], { cwd: directory }).catch(() => '')
  if (base === '')
    fail('worktree.failed', { detail: 'the repository has no commit yet', hint: 'Commit something first.' })
  const ref = await git(['symbolic-ref', '--quiet', 'HEAD'], { cwd: directory }).catch(() => '')
  return { common, prefix, base: base.trim(), baseRef: ref.trim() === '' ? null : ref.trim() }
}

/** Where the worktree of a session will be, and on which branch. */
export function planTree(
  session: Pick<Session, 'id' | 'rig' | 'role' | 'agentName' | 'workDir'>,
  repository: Repository,
  about: { readonly root: string; readonly now: number; readonly workId: string | undefined },
): WorktreePlan {
  const { id, rig, role, agentName: name, workDir: source } = session
  const path = freePlace(about.root, { rig, name, id })
  const { common, prefix, base, baseRef } = repository
  const branch = branchName(role, name, about.workId ?? shortId(id))
  const madeAt = new Date(about.now).toISOString()
  const record = { id, rig, role, name, path, branch, source, repository: common, base, baseRef, madeAt }
  return { record, workDir: resolve(path, prefix) }
}

/** The record with a branch that does not exist yet: another one when the planned one is taken. */
export async function onFreeBranch(git: Git, record: WorktreeRecord): Promise<WorktreeRecord> {
  try {
    const isTaken = (await tipOf(git, record, `refs/heads/${record.branch}`)) !== undefined
    return isTaken ? { ...record, branch: `${record.branch}-${shortId(record.id)}` } : record
  } catch (error) {
    return failed(error)
  }
}

/** Adds the worktree and its branch. */
export async function addTree(git: Git, { record, workDir }: WorktreePlan, root: string): Promise<void> {
  const { branch, path, base, repository, source } = record
  try {
    await git(['worktree', 'add', '--quiet', '-b', branch, path, base], { cwd: repository })
  } catch (error) {
    return failed(error)
  }
  // Whoever put a link in the way meanwhile gets no agent.
  if (!isWithin(root, path)) fail('worktree.failed', { detail: `${path} leads elsewhere` })
  if (!existsSync(workDir)) fail('worktree.failed', { detail: `${source} is not committed` })
}

function failed(error: unknown): never {
  if (!(error instanceof GitError)) throw error
  return fail('worktree.failed', { detail: error.message })
}
