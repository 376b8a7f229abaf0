import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { checkHealth } from '../../src/backends/claude/health.ts'
import { createVersionCache } from '../../src/backends/opencode/program.ts'
import { isBroughtAlong } from '../../src/config/trust-origin.ts'
import { createGit } from '../../src/host/git.ts'
import { runHook } from '../../src/host/hook-run.ts'
import { type Journal, openJournal } from '../../src/host/journal.ts'
import { PROCESS_CLOCK } from '../../src/host/process-clock.ts'
import { runSetUp } from '../../src/host/set-up.ts'
import { withoutInheritedFiles } from '../../src/host/terminal/launch.ts'
import { type Pty, spawnPty } from '../../src/host/terminal/pty.ts'
import { createRepository } from '../harness/repository.ts'
import { type TemporaryDirectory, temporaryDirectory } from '../harness/temporary.ts'

let folder: TemporaryDirectory
let session: Pty
let journal: Journal
let server: Server
let env: Readonly<Record<string, string>>

beforeEach(() => {
  folder = temporaryDirectory()
  const bin = join(folder.path, 'bin')
  mkdirSync(bin)
  env = { PATH: `${bin}:${process.env['PATH']}`, SHELL: '/bin/sh' }
  for (const name of ['git', 'hook', 'claude', 'opencode']) {
    // Whatever it is asked, it writes down what its own programs find open.
    const list = listOf(name)
    const script = `#!/bin/sh\nls -l /proc/self/fd > ${list}.part\nmv ${list}.part ${list}\necho 2.1.0\n`
    writeFileSync(join(bin, name), script, { mode: 0o755 })
  }
  journal = openJournal(join(folder.path, 'journal.db'), Date.now)
  server = createServer().listen(join(folder.path, 'socket'))
  const nothing = (): undefined => undefined
  const terminal = { cols: 80, rows: 24, onData: nothing, onExit: nothing }
  session = spawnPty({ file: 'cat', args: [], env, cwd: folder.path, ...terminal })
})

afterEach(async () => {
  vi.unstubAllEnvs()
  await session.terminate({ graceMs: 0 })
  await new Promise((resolve) => server.close(resolve))
  journal.close()
  folder[Symbol.dispose]()
})

const listOf = (name: string): string => join(folder.path, `${name}.files`)

/** What was open besides the listing itself; the standard three by their numbers alone. */
function openIn(name: string): readonly string[] {
  const links = readFileSync(listOf(name), 'utf8').match(/\S+ -> .*/g) ?? []
  const found = links.filter((link) => !/ \/proc\/\d+\/fd$/.test(link))
  return found.map((link) => link.replace(/^([012]) -> .*/, '$1'))
}

const hook = (): Promise<string | undefined> =>
  new Promise((onEnd) => {
    runHook({ argv: ['hook'], env, input: '', clock: PROCESS_CLOCK, onEnd })
  })

function setUp(): Promise<void> {
  const { signal } = new AbortController()
  return runSetUp({ command: 'hook', cwd: folder.path, env, deadlineMs: 10_000, signal })
}

async function lookAtTrust(): Promise<boolean> {
  const file = join(createRepository(join(folder.path, 'rig')).directory, 'readme.md')
  vi.stubEnv('PATH', env['PATH'])
  return isBroughtAlong(file)
}

describe.skipIf(process.platform !== 'linux')('what the host has open is not open in', () => {
  test.each([
    ['git', 'git', () => createGit(env)(['status'], { cwd: folder.path })],
    ['the git that says whose a settings file is', 'git', lookAtTrust],
    ['the set-up of a worktree', 'hook', setUp],
    ["the operator's command for needs", 'hook', hook],
    ['a claude that is asked for its version', 'claude', () => checkHealth(env, withoutInheritedFiles)],
    [
      'an opencode that is asked for its version',
      'opencode',
      () => createVersionCache(env, withoutInheritedFiles)(join(folder.path, 'bin/opencode')),
    ],
  ])('%s', async (_, name, start: () => Promise<unknown>) => {
    await start()
    expect(openIn(name)).toEqual(['0', '1', '2'])
  })
})

test('a program that is not there is still said to be missing', async () => {
  const nowhere = { PATH: folder.path }
  const asked = createGit(nowhere)(['status'], { cwd: folder.path })
  await expect(asked).rejects.toThrow('git or the directory was not found')
})
