import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import type { Client } from '../../src/client/client.ts'
import { connectHost } from '../../src/client/connect.ts'
import { startHost } from '../../src/client/start-host.ts'
import { pathsFrom } from '../../src/config/paths.ts'
import { VERSION } from '../../src/config/version.ts'
import { DEADLINE_MS, eventually } from './eventually.ts'
import { isRunning, processesWith } from './processes.ts'

const ROOT = join(import.meta.dirname, '../..')

/** The entry of the built program. */
export const PROGRAM = join(ROOT, 'bin/signalbox.js')

/** What a verb printed. */
export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** A state directory, a home and a project of its own, in one short temporary folder. */
export interface Site extends AsyncDisposable {
  readonly folder: string
  readonly state: string
  /** A directory to start sessions in. */
  readonly project: string
  readonly env: Readonly<Record<string, string>>
  /** Runs a verb of the built program; rejects only when it cannot be run. */
  readonly run: (...args: readonly string[]) => Promise<Ran>
  /** Runs a verb with `--json`; rejects with what it printed unless it exits with 0. */
  readonly json: (...args: readonly string[]) => Promise<unknown>
  /** Starts a session of the shell backend and returns its id. */
  readonly shell: (name: string, ...command: readonly string[]) => Promise<string>
  /** The last lines of the host's log. */
  readonly hostLog: () => string
  /** Pid of the running host. */
  readonly hostPid: () => number | undefined
}

/**
 * Makes the folder; starts nothing. Disposing stops the host and its sessions, rejects when any process that was started
 * from here is left (and kills it), and removes the folder.
 */
export async function openSite(env: Readonly<Record<string, string>> = {}): Promise<Site> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'sb-')))
  const [state, home, project] = [join(folder, 's'), join(folder, 'home'), join(folder, 'project')]
  const temporary = join(folder, 'tmp')
  for (const each of [home, project, temporary]) await mkdir(each)
  const whole = { ...baseEnvironment(), HOME: home, TMPDIR: temporary, SIGNALBOX_STATE: state, ...env }
  const run = (...args: readonly string[]): Promise<Ran> => runProgram(args, { cwd: project, env: whole })
  const json = async (...args: readonly string[]): Promise<unknown> => {
    const end = args.indexOf('--')
    const at = end < 0 ? args.length : end
    const ran = await run(...args.slice(0, at), '--json', ...args.slice(at))
    if (ran.code !== 0) throw new Error(`signalbox ${args.join(' ')}: exit ${ran.code}\n${ran.stderr}${ran.stdout}`)
    return JSON.parse(ran.stdout) as unknown
  }
  const site: Omit<Site, typeof Symbol.asyncDispose> = {
    folder,
    state,
    project,
    env: whole,
    run,
    json,
    shell: (name, ...command) =>
      withHost(state, whole, (client) =>
        client.spawnSession({ backend: 'shell', agentName: name, workDir: project, args: command }),
      ),
    hostLog: () => tail(join(state, 'host.log'), 20),
    hostPid: () => hostPid(state),
  }
  return { ...site, [Symbol.asyncDispose]: () => close(site) }
}

/** What a verb would do, without a program for it. */
async function withHost<Value>(
  state: string,
  env: Readonly<Record<string, string>> | undefined,
  act: (client: Client) => Promise<Value>,
): Promise<Value> {
  const paths = pathsFrom({ env: { SIGNALBOX_STATE: state }, homeDirectory: state, platform: process.platform })
  const spawnHost = env === undefined ? undefined : () => startHost({ paths, entry: PROGRAM, env })
  const client = await connectHost({ paths, version: VERSION, spawnHost, isAnyVersion: env === undefined })
  try {
    return await act(client)
  } finally {
    client.close()
  }
}

function baseEnvironment(): Record<string, string> {
  return {
    PATH: [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
    COLORTERM: 'truecolor',
    SHELL: '/bin/sh',
    SIGNALBOX_TEST: '1',
  }
}

function runProgram(
  args: readonly string[],
  where: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const options = { ...where, timeout: 4 * DEADLINE_MS, maxBuffer: 1 << 26 }
    execFile(process.execPath, [PROGRAM, ...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code
      if (typeof code === 'number') resolve({ code, stdout, stderr })
      else reject(new Error(`signalbox ${args.join(' ')} could not be run: ${error?.message}\n${stderr}`))
    })
  })
}

async function close(site: Omit<Site, typeof Symbol.asyncDispose>): Promise<void> {
  const pid = site.hostPid()
  try {
    if (pid !== undefined) {
      await withHost(site.state, undefined, (client) => client.stopHost())
      await eventually('the host is gone', () => !isRunning(pid), { describe: site.hostLog })
    }
    await eventually('no process of this test is left', () => processesWith(site.folder).length === 0, {
      describe: () => `${JSON.stringify(processesWith(site.folder), undefined, 2)}\n${site.hostLog()}`,
    })
  } finally {
    for (const left of processesWith(site.folder)) process.kill(left.pid, 'SIGKILL')
    await rm(site.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
  }
}

function hostPid(state: string): number | undefined {
  try {
    const { pid } = JSON.parse(readFileSync(join(state, 'host.json'), 'utf8')) as { readonly pid: number }
    return isRunning(pid) ? pid : undefined
  } catch {
    // No entry: no host.
    return undefined
  }
}

function tail(file: string, lines: number): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n')
  } catch {
    return '(no host.log)'
  }
}
