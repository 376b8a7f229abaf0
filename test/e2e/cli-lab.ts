import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Ended, runToEnd } from './cli-program.ts'

const root = join(import.meta.dirname, '../..')

/** A place where the built program runs with a state of its own and without any agent installed. */
export interface CliLab extends AsyncDisposable {
  readonly folder: string
  readonly project: string
  readonly state: string
  readonly env: Readonly<Record<string, string>>
  readonly run: (...args: string[]) => Promise<Ended>
  /** Runs a verb with `--json` that must succeed, and gives its document. */
  readonly json: (...args: string[]) => Promise<unknown>
  /** Runs it with other environment variables, another entry or in another directory. */
  readonly runWith: (
    changes: { readonly env?: Readonly<Record<string, string>>; readonly entry?: string; readonly cwd?: string },
    ...args: string[]
  ) => Promise<Ended>
  /** Puts a shell script on the PATH. */
  readonly addProgram: (name: string, script: string) => Promise<void>
}

/** Disposing stops the host, checks that nothing of it is left and removes the folder. */
export async function openCliLab(): Promise<CliLab> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'sb-cli-')))
  const [project, state, bin] = ['api', 'state', 'bin'].map((name) => join(folder, name)) as [string, string, string]
  await Promise.all([mkdir(project), mkdir(bin)])
  await Promise.all(['sh', 'cat', 'sleep'].map((name) => symlink(join('/bin', name), join(bin, name))))
  const env = { PATH: bin, HOME: folder, SIGNALBOX_STATE: state, TERM: 'xterm-256color', LANG: 'C.UTF-8' }
  const runWith: CliLab['runWith'] = (changes, ...args) =>
    runToEnd({
      entry: changes.entry ?? join(root, 'bin/signalbox.js'),
      args,
      cwd: changes.cwd ?? project,
      env: { ...env, ...changes.env },
    })
  const run: CliLab['run'] = (...args) => runWith({}, ...args)
  return {
    folder,
    project,
    state,
    env,
    run,
    runWith,
    async json(...args) {
      const { exit, stdout, stderr } = await run('--json', ...args)
      if (exit !== 0) throw new Error(`${args.join(' ')} ended with ${exit}: ${stderr}`)
      return JSON.parse(stdout)
    },
    async addProgram(name, script) {
      await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`)
      await chmod(join(bin, name), 0o755)
    },
    async [Symbol.asyncDispose]() {
      await run('host', 'stop')
      await rm(folder, { recursive: true, maxRetries: 20, retryDelay: 50 })
    },
  }
}

/** The error that a failed verb printed with `--json`. */
export function errorOf({ stderr }: Ended): { readonly code: string; readonly message: string; readonly hint: string } {
  return JSON.parse(stderr).error
}

/** Whether a process exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    // No such process.
    return false
  }
}
