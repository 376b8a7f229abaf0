import { execFile } from 'node:child_process'
import { plainText, shortLine } from '../core/plain-text.ts'
import { withoutInheritedFiles } from './terminal/launch.ts'

const WITHIN_MS = 120_000
const MOST_OUTPUT_BYTES = 64 * 1024 * 1024

/** They would point git at another repository than the directory it is run in. */
const REDIRECTING = new Set([
  ...['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_COMMON_DIR', 'GIT_OBJECT_DIRECTORY'],
  ...['GIT_ALTERNATE_OBJECT_DIRECTORIES', 'GIT_PREFIX', 'GIT_NAMESPACE', 'GIT_CONFIG'],
])

/** A repository may name a program that watches its files; nobody has asked for that to be run. */
const OPTIONS = ['-c', 'core.fsmonitor=false']

/** A git command that did not succeed. */
export class GitError extends Error {
  /** The subcommand. */
  readonly command: string
  /** Undefined when git was not there or did not end by itself. */
  readonly exitCode: number | undefined

  constructor(command: string, detail: string, exitCode: number | undefined) {
    super(detail)
    this.name = 'GitError'
    this.command = command
    this.exitCode = exitCode
  }
}

export interface GitOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
}

/** Runs git with these arguments, without a shell; resolves with its output. Rejects with `GitError`. */
export type Git = (args: readonly string[], options: GitOptions) => Promise<string>

/** The git of the operator. It never asks, and never holds a lock that an agent's own git would have to wait for. */
export function createGit(env: Readonly<Record<string, string>>): Git {
  const plain = Object.fromEntries(Object.entries(env).filter(([name]) => !REDIRECTING.has(name)))
  const ours: Readonly<Record<string, string>> = {
    ...plain,
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    LC_ALL: 'C',
  }
  return (args, options) =>
    new Promise((resolve, reject) => {
      const settings = {
        cwd: options.cwd,
        env: { ...ours, ...options.env },
        timeout: WITHIN_MS,
        maxBuffer: MOST_OUTPUT_BYTES,
      }
      const launch = withoutInheritedFiles({ file: 'git', args: [...OPTIONS, ...args] }, settings.env['PATH'] ?? '')
      execFile(launch.file, launch.args, settings, (error, stdout, stderr) => {
        if (error === null) resolve(stdout)
        else reject(gitError(args, error, stderr))
      })
    })
}

function gitError(
  args: readonly string[],
  error: Error & { readonly code?: number | string | null },
  stderr: string,
): GitError {
  const command = args.find((arg) => !arg.startsWith('-') && !arg.includes('=')) ?? 'git'
  const exitCode = typeof error.code === 'number' ? error.code : undefined
  if (error.code === 'ENOENT') return new GitError(command, 'git or the directory was not found', exitCode)
  const lines = plainText(stderr)
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('hint:'))
  const told = lines.findLast((line) => /^(?:fatal|error):/.test(line)) ?? lines.at(-1)
  return new GitError(command, shortLine(told ?? error.message, 300), exitCode)
}
