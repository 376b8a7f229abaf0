import { relative, resolve } from 'node:path'
import type { SessionId } from '../core/ids.ts'
import type { Session } from '../core/session.ts'
import type { WorktreeChanges } from '../core/worktree.ts'
import { createGit, type Git, GitError } from './git.ts'
import { runSetUp } from './set-up.ts'
import { type Archive, listArchives } from './worktree-archive.ts'
import { addTree, onFreeBranch, planTree, type Repository, repositoryOf, type WorktreePlan } from './worktree-making.ts'
import { createWorktreeRecords, type WorktreeRecord, type WorktreeRecords } from './worktree-records.ts'
import { discardTree, refused, removeTree } from './worktree-removal.ts'
import { restoreTree } from './worktree-restore.ts'
import { worktreeState } from './worktree-state.ts'

export interface WorktreesOptions {
  readonly env: Readonly<Record<string, string>>
  readonly worktreesDir: string
  readonly recordsDir: string
  readonly archiveDir: string
  readonly now: () => number
  readonly newId: () => string
  /** How long the set-up of a worktree may take. */
  readonly setUpDeadlineMs?: number
}

/** How a new worktree is prepared. */
export interface Preparation {
  readonly command: string | undefined
  readonly env: Readonly<Record<string, string>>
}

/** The worktrees that this host has made, and what became of them. */
export interface Worktrees {
  readonly records: Pick<WorktreeRecords, 'list' | 'get'>
  archives(): readonly Archive[]
  /** The directory that a place in a worktree was made from; any other directory as it is. */
  sourceOf(directory: string): string
  repositoryOf(directory: string): Promise<Repository | undefined>
  plan(session: Session, repository: Repository, workId: string | undefined): WorktreePlan
  /** Makes and prepares it; resolves with its branch. Rejects with `worktree.*`; then nothing of it is left. */
  make(plan: WorktreePlan, preparation: Preparation): Promise<string>
  /** Makes a session's worktree anew when a host before this one was killed while it made it: nobody has worked in it yet. */
  finish(session: Pick<Session, 'id' | 'workDir'>, preparation: Preparation): Promise<void>
  /** Ends the preparation of a session's worktree; false when none goes on. */
  abort(id: SessionId): boolean
  /** Takes back the worktree of a session that did not start; what an agent did in it meanwhile is archived. */
  undo(id: string): Promise<void>
  changes(id: string): Promise<WorktreeChanges & { readonly branch: string }>
  /** Removes it; resolves with the archive, if there had to be one. Rejects with `worktree.*`. */
  remove(id: string, how: { readonly isForced: boolean; readonly checkIdle: () => void }): Promise<string | null>
  restore(archive: Archive): Promise<WorktreeRecord>
  close(): void
}

const SET_UP_DEADLINE_MS = 10 * 60_000

/** The worktrees of one state directory. */
export function createWorktrees(options: WorktreesOptions): Worktrees {
  const { worktreesDir: root, archiveDir: directory, now, newId } = options
  const git = createGit(options.env)
  const records = createWorktreeRecords(options.recordsDir)
  const making = new Map<string, AbortController>()
  const removing = new Map<string, Promise<string | null>>()
  const remove: Worktrees['remove'] = (id, how) => {
    const record = records.get(id)
    if (record === undefined) return Promise.resolve(null)
    const under = removing.get(id) ?? removeOnce(record, { git, root, directory, now, newId, records, ...how })
    removing.set(id, under)
    return under.finally(() => removing.delete(id))
  }
  const about = { git, root, records, making, options }
  return {
    records,
    archives: () => listArchives(directory),
    sourceOf: (place) => sourceOf(records, place),
    repositoryOf: (place) => repositoryOf(git, place),
    plan: (session, repository, workId) => planTree(session, repository, { root, now: now(), workId }),
    make: (plan, preparation) => make(plan, preparation, about),
    async finish({ id, workDir }, preparation) {
      const record = records.get(id)
      if (record?.isUnfinished === undefined || making.has(id)) return
      await discardTree(record, about)
      await make({ record, workDir }, preparation, about)
    },
    abort(id) {
      making.get(id)?.abort()
      return making.has(id)
    },
    async undo(id) {
      await remove(id, { isForced: true, checkIdle: () => undefined })
    },
    async changes(id) {
      const record = records.get(id)
      if (record === undefined) return { branch: '', dirtyFiles: 0, ahead: 0 }
      const { branch, dirtyFiles, ahead } = await worktreeState(git, record)
      return { branch: branch ?? record.branch, dirtyFiles, ahead }
    },
    remove,
    restore: (archive) => restoreTree(archive, { git, root, records, now, newId }),
    close() {
      for (const each of making.values()) each.abort()
    },
  }
}

/** A worktree may itself have been made from one, always from an older one. */
function sourceOf(records: WorktreeRecords, directory: string): string {
  return [...records.list()].reverse().reduce((place, { path, source }) => {
    const below = relative(path, place)
    return below === '' || !below.startsWith('..') ? resolve(source) : place
  }, directory)
}

interface Making {
  readonly git: Git
  readonly root: string
  readonly records: WorktreeRecords
  readonly making: Map<string, AbortController>
  readonly options: WorktreesOptions
}

async function make(plan: WorktreePlan, preparation: Preparation, about: Making): Promise<string> {
  const { git, root, records, making, options } = about
  const { id, source } = plan.record
  const unfinished = { ...plan.record, isUnfinished: true } as const
  const control = new AbortController()
  // Written down first: whatever happens, nothing is left that nobody knows of.
  records.write(unfinished)
  making.set(id, control)
  let record: WorktreeRecord | undefined
  try {
    record = await onFreeBranch(git, unfinished)
    records.write(record)
    await addTree(git, { ...plan, record }, root)
    const { command, env } = preparation
    const deadlineMs = options.setUpDeadlineMs ?? SET_UP_DEADLINE_MS
    const cwd = plan.workDir
    const setUpEnv = { ...env, SIGNALBOX_SOURCE: source }
    if (command !== undefined) await runSetUp({ command, cwd, env: setUpEnv, deadlineMs, signal: control.signal })
    const { isUnfinished: _, ...finished } = record
    records.write(finished)
    return record.branch
  } catch (error) {
    // What cannot be taken back stays in the list, where it can be removed.
    const isGone = record === undefined || (await isDiscarded(record, { git, root }))
    if (isGone) records.forget(id)
    throw error
  } finally {
    making.delete(id)
  }
}

async function isDiscarded(record: WorktreeRecord, about: Pick<Making, 'git' | 'root'>): Promise<boolean> {
  try {
    await discardTree(record, about)
    return true
  } catch {
    // The failure that led here is the one to be told.
    return false
  }
}

type Removing = Parameters<typeof removeTree>[1] & { readonly records: WorktreeRecords }

async function removeOnce(record: WorktreeRecord, options: Removing): Promise<string | null> {
  try {
    const archive = await removeTree(record, options)
    options.records.forget(record.id)
    return archive
  } catch (error) {
    if (error instanceof GitError) return refused(error)
    throw error
  }
}
