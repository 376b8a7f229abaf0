import { execFileSync } from 'node:child_process'
import { existsSync, lstatSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { closingFiles } from './inherited-files.ts'

const GIT_WITHIN_MS = 10_000

/**
 * Whether a repository brought this file along: git tracks it, or a link on the way to it, or is just writing it. Where git
 * cannot say, it counts as brought along.
 */
export function isBroughtAlong(file: string): boolean {
  return placesOf(file).some((place) => {
    const root = repositoryOf(place)
    return root !== undefined && (isBeingWritten(root, place) || tracks(root, [place, ...linksTo(place, root)]))
  })
}

/** What changes whenever the answer of `isBroughtAlong` may change; undefined while it may at any moment. */
export function originStamp(file: string): string | undefined {
  const stamps = placesOf(file).map((place) => {
    const root = repositoryOf(place)
    if (root === undefined) return 'none'
    const folder = gitFolder(root)
    return existsSync(join(folder, LOCK)) ? undefined : `${root} ${stampOf(join(folder, 'index'))}`
  })
  return stamps.includes(undefined) ? undefined : stamps.join(' ')
}

/** Where the file stands, and where it really is: a link may lead from one repository into another. */
function placesOf(file: string): readonly string[] {
  const path = resolve(file)
  return [...new Set([path, realpathSync.native(path)])]
}

/** The nearest folder upwards that is the root of a repository. Found by hand: git would also believe a folder that poses as one. */
function repositoryOf(file: string): string | undefined {
  const folder = dirname(file)
  if (folder === file) return undefined
  return existsSync(join(folder, '.git')) ? folder : repositoryOf(folder)
}

/** The links on the way from the root of the repository to the file. */
function linksTo(file: string, root: string): readonly string[] {
  const folder = dirname(file)
  if (folder === root || folder === file) return []
  const isLink = lstatSync(folder).isSymbolicLink()
  return [...(isLink ? [folder] : []), ...linksTo(folder, root)]
}

function tracks(root: string, paths: readonly string[]): boolean {
  // A file system may take "Config.json" for "config.json"; git must not take a name for a pattern.
  const options = ['--icase-pathspecs', '--noglob-pathspecs', '-c', 'core.fsmonitor=false']
  const names = paths.map((path) => `./${relative(root, path)}`)
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')))
  const { file, args } = closingFiles({ file: 'git', args: [...options, 'ls-files', '--', ...names] })
  try {
    const told = execFileSync(file, args, {
      cwd: root,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: GIT_WITHIN_MS,
    })
    return told !== ''
  } catch {
    // No git, or a repository that it does not want to look at: nobody can say that the operator wrote the file.
    return true
  }
}

const LOCK = 'index.lock'

/** While git writes out a commit, its list of files is still the one before: a file that is newer than the lock may be git's. */
function isBeingWritten(root: string, file: string): boolean {
  const lock = statSync(join(gitFolder(root), LOCK), { throwIfNoEntry: false })
  return lock !== undefined && statSync(file).mtimeMs >= lock.mtimeMs
}

/** The folder that git keeps for the repository; of a worktree or submodule a file says where it is. */
function gitFolder(root: string): string {
  const entry = join(root, '.git')
  if (statSync(entry).isDirectory()) return entry
  const target = /^gitdir: (.+)$/m.exec(readFileSync(entry, 'utf8'))?.[1]
  return target === undefined ? entry : resolve(root, target)
}

function stampOf(file: string): string {
  const stats = statSync(file, { throwIfNoEntry: false })
  return stats === undefined ? 'none' : `${stats.mtimeMs} ${stats.ctimeMs} ${stats.ino}`
}
