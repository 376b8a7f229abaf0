import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A real git repository for a test. */
export interface TestRepository {
  readonly directory: string
  /** Runs git in it, or in another directory; gives its output without the last line end. */
  readonly git: (args: readonly string[], cwd?: string) => string
  /** Writes a file below it, or below another directory. */
  readonly write: (file: string, text: string, root?: string) => void
  /** Writes `settings/config.json`, which is not committed. */
  readonly settings: (settings: Readonly<Record<string, unknown>>) => void
}

const ENV = {
  ...process.env,
  GIT_AUTHOR_NAME: 'test',
  GIT_AUTHOR_EMAIL: 'test@example.com',
  GIT_COMMITTER_NAME: 'test',
  GIT_COMMITTER_EMAIL: 'test@example.com',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
}

/** A repository with one commit on the branch `main`, which ignores `settings` and `node_modules`. */
export function createRepository(directory: string): TestRepository {
  mkdirSync(directory, { recursive: true })
  const git = (args: readonly string[], cwd = directory): string =>
    execFileSync('git', [...args], { cwd, env: ENV, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trimEnd()
  const write = (file: string, text: string, root = directory): void => {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
  git(['init', '--quiet', '--initial-branch=main'])
  write('.gitignore', 'settings\nnode_modules\n')
  write('readme.md', 'first\n')
  git(['add', '.'])
  git(['commit', '--quiet', '-m', 'first'])
  return {
    directory,
    git,
    write,
    settings: (settings) => write('settings/config.json', JSON.stringify(settings)),
  }
}

/** Settings of a rig whose polecats have worktrees. */
export function worktreeSettings(role: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return { type: 'rig-settings', version: 1, roles: { polecat: { worktree: true, ...role } } }
}
