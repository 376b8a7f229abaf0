import type { WorktreeChanges } from '../core/worktree.ts'
import type { Git } from './git.ts'
import type { WorktreeRecord } from './worktree-records.ts'

/** A worktree as it is at one moment. */
export interface WorktreeState extends WorktreeChanges {
  readonly head: string
  /** The branch that is checked out; undefined when none is. */
  readonly branch: string | undefined
  /** The tip of the branch it was made with; undefined when that is gone. */
  readonly tip: string | undefined
  /** A repository within it that has changes of its own. */
  readonly nested: string | undefined
}

/** Looks at a worktree. Rejects with `GitError`. */
export async function worktreeState(git: Git, record: WorktreeRecord): Promise<WorktreeState> {
  const cwd = record.path
  const text = await git(['status', '--porcelain=v2', '--branch', '--untracked-files=normal', '-z'], { cwd })
  const status = readStatus(text)
  const tip = await tipOf(git, record, `refs/heads/${record.branch}`)
  const ahead = await ownCommits(git, record, [status.head, ...(tip === undefined ? [] : [tip])])
  return { ...status, tip, ahead }
}

/** Commits that are reachable from these, and from no remote and not from where the worktree was made. */
export async function ownCommits(git: Git, record: WorktreeRecord, from: readonly string[]): Promise<number> {
  const baseTip = record.baseRef === null ? undefined : await tipOf(git, record, record.baseRef)
  const known = [record.base, ...(baseTip === undefined ? [] : [baseTip]), '--remotes']
  const args = ['rev-list', '--count', '--ignore-missing', ...from, '--not', ...known]
  return Number(await git(args, { cwd: record.path }))
}

/** The commit that a reference names; undefined when there is no such reference. */
export async function tipOf(
  git: Git,
  record: Pick<WorktreeRecord, 'repository'>,
  ref: string,
): Promise<string | undefined> {
  const text = await git(['for-each-ref', '--format=%(refname) %(objectname)', ref], { cwd: record.repository })
  return text
    .split('\n')
    .map((line) => line.split(' '))
    .find(([name]) => name === ref)?.[1]
}

function readStatus(text: string): Pick<WorktreeState, 'head' | 'branch' | 'dirtyFiles' | 'nested'> {
  const fields = text.split('\0')
  let [head, branch, nested]: (string | undefined)[] = []
  let dirtyFiles = 0
  for (let at = 0; at < fields.length; at += 1) {
    const field = fields[at] ?? ''
    if (field.startsWith('# branch.oid ')) head = field.slice('# branch.oid '.length)
    else if (field.startsWith('# branch.head ')) branch = field.slice('# branch.head '.length)
    else if (/^[12u?] /.test(field)) {
      dirtyFiles += 1
      // The state of a submodule: "S" and then whether its commit, its files or its new files differ.
      if (/^[12u] \S+ S(?:.M.|..U)/.test(field)) nested ??= field.split(' ').at(-1)
      // The name it had before stands in a field of its own.
      if (field.startsWith('2 ')) at += 1
    }
  }
  return { head: head ?? 'HEAD', branch: branch === '(detached)' ? undefined : branch, dirtyFiles, nested }
}
