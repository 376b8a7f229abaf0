import { execFileSync, spawn as launch } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ControlError } from '../../src/core/errors.ts'
import { workId } from '../../src/core/ids.ts'
import type { SpawnRequest } from '../../src/core/session.ts'
import type { WorkOrder } from '../../src/core/work.ts'
import { agentEnvironment } from '../../src/host/environment.ts'
import { eventually } from '../harness/eventually.ts'
import { processesWith } from '../harness/processes.ts'
import { createRepository, type TestRepository, worktreeSettings } from '../harness/repository.ts'
import { SAY } from '../harness/stand-in-backend.ts'
import { type StandInHost, startStandInHost } from '../harness/stand-in-host.ts'
import { type TemporaryDirectory, temporaryDirectory } from '../harness/temporary.ts'

let host: StandInHost
let repository: TestRepository

beforeEach(async () => {
  host = await startStandInHost({ setUpDeadlineMs: 5000 })
  repository = createRepository(join(host.running.workDir, 'api'))
  repository.settings(worktreeSettings())
})

afterEach(() => host[Symbol.asyncDispose]())

function spawn(name: string, about: SpawnRequest = {}) {
  return host.spawn(name, { role: 'polecat', workDir: repository.directory, rig: 'api', ...about })
}

async function ended(name: string, about: SpawnRequest = {}) {
  const session = await spawn(name, about)
  await host.running.host.terminateSession(session.id, { isForced: true })
  return { ...session, path: session.now().workDir }
}

function work(id: string): WorkOrder {
  return { id: workId(id), type: 'task', description: 'Do it.', payload: {}, priority: 0 }
}

async function errorOf(act: Promise<unknown>): Promise<ControlError> {
  const error = await act.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof ControlError) return error
  throw new Error(`expected a ControlError, got ${String(error)}`)
}

const sessions = () => Object.values(host.running.facts.fleet.sessions)
const branches = () => repository.git(['branch', '--format=%(refname:short)']).split('\n').sort()
const remove = (id: Parameters<StandInHost['running']['host']['terminateSession']>[0], isForced = false) =>
  host.running.host.terminateSession(id, { isForced })

describe('a session of a role with worktrees', () => {
  it('works in one of its own, on a branch of its own', async () => {
    const { now, agent } = await spawn('toast', { initialWork: work('issue-7') })
    const { workDir, branch, sourceDir } = now()
    expect(workDir).toBe(join(host.running.paths.worktrees, 'api/toast'))
    expect({ branch, sourceDir }).toEqual({ branch: 'polecat/toast/issue-7', sourceDir: repository.directory })
    expect(agent.request.workDir).toBe(workDir)
    expect(repository.git(['rev-parse', '--abbrev-ref', 'HEAD'], workDir)).toBe(branch)
    expect(readFileSync(join(workDir, 'readme.md'), 'utf8')).toBe('first\n')
  })

  it('shares it with its forks, and it stays as long as one of them works there', async () => {
    const { id, now } = await spawn('toast')
    const { workDir, branch, sourceDir } = now()
    const { host: orchestrator } = host.running
    const fork = await orchestrator.fork(id)
    expect(await orchestrator.getSession(fork)).toMatchObject({ workDir, branch, sourceDir })
    expect(await orchestrator.listWorktrees()).toHaveLength(1)
    await remove(id, true)
    expect((await errorOf(remove(id, true))).code).toBe('worktree.live')
    expect(existsSync(workDir)).toBe(true)
    await remove(fork, true)
    await remove(fork)
    await remove(id)
    expect(existsSync(workDir)).toBe(false)
  })

  it('works in the same folder of it when the rig is a part of a repository', async () => {
    repository.write('packages/web/index.js', '1\n')
    repository.git(['add', '.'])
    repository.git(['commit', '--quiet', '-m', 'web'])
    const { now } = await spawn('toast', { workDir: join(repository.directory, 'packages/web') })
    expect(now().workDir).toBe(join(host.running.paths.worktrees, 'api/toast/packages/web'))
  })

  it('gets another folder and branch when both are taken', async () => {
    const first = await ended('toast', { initialWork: work('issue-7') })
    const again = await spawn('toast', { initialWork: work('issue-8') })
    expect(again.now().workDir).not.toBe(first.path)
    repository.git(['branch', 'polecat/nux/x'])
    const other = await spawn('nux', { initialWork: work('x') })
    expect(other.now().branch).toMatch(/^polecat\/nux\/x-[0-9a-z]{6}$/)
  })

  it('works where it was asked to when that is no repository, or the role has none', async () => {
    const plain = join(host.running.workDir, 'plain')
    mkdirSync(plain)
    createRepository(join(host.running.workDir, 'other'))
    expect((await spawn('a', { role: 'crew' })).now().workDir).toBe(repository.directory)
    expect((await spawn('b', { workDir: plain })).now()).toMatchObject({ workDir: plain })
    expect((await host.running.host.listWorktrees()).length).toBe(0)
  })

  it('tells what it has and nothing else has, once it comes to rest', async () => {
    const { id, agent, now } = await spawn('toast')
    const { workDir } = now()
    repository.write('new.txt', 'new\n', workDir)
    repository.git(['commit', '--quiet', '--allow-empty', '-m', 'work'], workDir)
    agent.say(SAY.working())
    agent.say(SAY.idle())
    await eventually('what it has', () => now().changes?.ahead === 1 && now().changes?.dirtyFiles === 1)
    expect((await host.running.host.history(id, 50)).map(({ fact }) => fact.type)).toContain('session.branch-changed')
  })
})

describe('a set-up command', () => {
  it('runs in the worktree and knows where that was made from', async () => {
    repository.settings(worktreeSettings({ set_up: 'cp "$SIGNALBOX_SOURCE/settings/config.json" copied.json' }))
    const { now } = await spawn('toast')
    expect(existsSync(join(now().workDir, 'copied.json'))).toBe(true)
  })

  it('is marked as what belongs to its session, and cannot speak for it', async () => {
    repository.settings(worktreeSettings({ set_up: 'echo "$SIGNALBOX_SESSION/$SIGNALBOX_TOKEN" > mark' }))
    const { id, now } = await spawn('toast', { env: { SIGNALBOX_SESSION: 'another', SIGNALBOX_TOKEN: 'secret' } })
    expect(readFileSync(join(now().workDir, 'mark'), 'utf8')).toBe(`${id}/\n`)
  })

  it('that outlived a host is ended before the worktree is made anew', async () => {
    using directory = temporaryDirectory()
    const before = await startStandInHost({ directory })
    const { workDir, paths } = before.running
    const left = join(workDir, 'pid')
    const own = createRepository(join(workDir, 'api'))
    const look = `kill -0 $(cat ${left}) && echo two at once >> set-up.log`
    own.settings(worktreeSettings({ set_up: `test ! -e ${left} || { ${look}; }; echo prepared >> set-up.log` }))
    const { id, now } = await before.spawn('toast', { role: 'polecat', workDir: own.directory, rig: 'api' })
    const { workDir: place } = now()
    await before.running.host.terminateSession(id, { isForced: true })
    await before[Symbol.asyncDispose]()
    const record = join(paths.worktreeRecords, `${id}.json`)
    writeFileSync(record, JSON.stringify({ ...JSON.parse(readFileSync(record, 'utf8')), isUnfinished: true }))
    const env = { ...process.env, SIGNALBOX_SESSION: id }
    const { pid } = launch('sh', ['-c', 'trap "" TERM; while :; do sleep 600; done'], { env, stdio: 'ignore' })
    writeFileSync(left, String(pid))
    try {
      await using after = await startStandInHost({ directory })
      await after.running.host.resume(id)
      expect(readFileSync(join(place, 'set-up.log'), 'utf8')).toBe('prepared\n')
      expect(processesWith(`SIGNALBOX_SESSION=${id}`)).toEqual([])
    } finally {
      for (const each of processesWith(`SIGNALBOX_SESSION=${id}`)) process.kill(each.pid, 'SIGKILL')
    }
  })

  it('that fails undoes everything and shows its last words', async () => {
    repository.settings(worktreeSettings({ set_up: 'touch made; echo no such package; exit 3' }))
    const error = await errorOf(spawn('toast'))
    expect(error.code).toBe('worktree.set-up-failed')
    expect(`${error.message} ${error.hint}`).toMatch(/exit code 3.*no such package/s)
    expect(sessions()).toEqual([])
    expect(branches()).toEqual(['main'])
    expect(await host.running.host.listWorktrees()).toEqual([])
    expect(existsSync(join(host.running.paths.worktrees, 'api/toast'))).toBe(false)
  })

  it('is ended with the session that is stopped meanwhile', async () => {
    repository.settings(worktreeSettings({ set_up: 'echo $$ > ../pid; sleep 600' }))
    const start = errorOf(spawn('toast'))
    const file = join(host.running.paths.worktrees, 'api/pid')
    await eventually('the set-up', () => existsSync(file) && readFileSync(file, 'utf8').trim() !== '')
    await remove(sessions()[0]!.id)
    expect((await start).message).toContain('it was stopped')
    const pid = Number(readFileSync(file, 'utf8'))
    expect(() => process.kill(pid, 0)).toThrow()
    expect(branches()).toEqual(['main'])
  })
})

describe('removing an ended session', () => {
  it('removes a worktree that has nothing of its own, with its branch', async () => {
    const { id, path } = await ended('toast')
    repository.write('node_modules/x/index.js', 'ignored\n', path)
    await remove(id)
    expect(existsSync(path)).toBe(false)
    expect(branches()).toEqual(['main'])
    expect(sessions()).toEqual([])
    expect(await host.running.host.listWorktrees()).toEqual([])
  })

  it.each([
    ['an uncommitted file', (path: string) => repository.write('new.txt', 'new\n', path), 1, 0],
    ['a changed file', (path: string) => repository.write('readme.md', 'second\n', path), 1, 0],
    [
      'a commit of its own',
      (path: string) => void repository.git(['commit', '--quiet', '--allow-empty', '-m', 'work'], path),
      0,
      1,
    ],
    [
      'a commit on no branch',
      (path: string) => {
        repository.git(['checkout', '--quiet', '--detach'], path)
        repository.git(['commit', '--quiet', '--allow-empty', '-m', 'work'], path)
      },
      0,
      1,
    ],
  ])('is refused when there is %s', async (_, change, dirtyFiles, ahead) => {
    const { id, path } = await ended('toast')
    change(path)
    const error = await errorOf(remove(id))
    expect(error).toMatchObject({ code: 'worktree.unsaved', exit: 6 })
    expect(error.data).toMatchObject({ dirtyFiles, ahead })
    expect(existsSync(path)).toBe(true)
    expect(sessions()).toHaveLength(1)
  })

  it('is not refused once its commits are merged', async () => {
    const { id, path } = await ended('toast')
    repository.git(['commit', '--quiet', '--allow-empty', '-m', 'work'], path)
    repository.git(['merge', '--quiet', '--ff-only', repository.git(['rev-parse', 'HEAD'], path)])
    await remove(id)
    expect(existsSync(path)).toBe(false)
  })

  it('is not refused once its commits are pushed', async () => {
    const remote = createRepository(join(host.running.workDir, 'remote'))
    repository.git(['remote', 'add', 'origin', remote.directory])
    const { id, path, now } = await ended('toast')
    repository.git(['commit', '--quiet', '--allow-empty', '-m', 'work'], path)
    repository.git(['push', '--quiet', 'origin', now().branch!], path)
    await remove(id)
    expect(existsSync(path)).toBe(false)
  })

  it('hides no new file behind a setting of the repository', async () => {
    const { id, path } = await ended('toast')
    repository.git(['config', 'status.showUntrackedFiles', 'no'])
    repository.write('new.txt', 'new\n', path)
    expect((await errorOf(remove(id))).code).toBe('worktree.unsaved')
  })

  it('is refused while a session works in it', async () => {
    const { id } = await spawn('toast')
    const error = await errorOf(host.running.host.removeWorktree('api/toast', { isForced: true }))
    expect(error).toMatchObject({ code: 'worktree.live', exit: 6 })
    expect(host.running.facts.fleet.sessions[id]?.state).toBe('running')
  })

  it('forgets a worktree whose folder is gone', async () => {
    const { id, path } = await ended('toast')
    rmSync(path, { recursive: true })
    expect(await host.running.host.listWorktrees()).toMatchObject([{ status: 'missing' }])
    await remove(id)
    expect(await host.running.host.listWorktrees()).toEqual([])
  })

  it('touches nothing that was put in its place', async () => {
    const { id, path } = await ended('toast')
    const elsewhere = join(host.running.workDir, 'precious')
    renameSync(path, `${path}-moved`)
    mkdirSync(elsewhere)
    symlinkSync(elsewhere, path)
    expect((await errorOf(remove(id, true))).code).toBe('worktree.not-ours')
    rmSync(path)
    createRepository(path)
    expect((await errorOf(remove(id, true))).code).toBe('worktree.not-ours')
    expect(existsSync(elsewhere) && existsSync(join(path, 'readme.md'))).toBe(true)
  })
})

describe('an archive', () => {
  it('has everything, and can be made into a worktree again', async () => {
    const { id, path, now } = await ended('toast')
    const { branch } = now()
    repository.write('committed.txt', 'committed\n', path)
    repository.git(['add', '.'], path)
    repository.git(['commit', '--quiet', '-m', 'work'], path)
    repository.write('readme.md', 'changed\n', path)
    repository.write('deep/new file.bin', 'a\0b', path)
    repository.git(['rm', '--quiet', 'committed.txt'], path)
    await remove(id, true)
    expect(existsSync(path)).toBe(false)
    expect(branches()).toEqual(['main'])
    const [archived] = await host.running.host.listWorktrees()
    expect(archived).toMatchObject({ status: 'archived', branch, dirtyFiles: 3, ahead: 1 })
    repository.git(['-c', 'gc.reflogExpireUnreachable=now', 'gc', '--quiet', '--prune=now'])
    const restored = await host.running.host.restoreWorktree(archived!.id.slice(0, 12))
    expect(restored).toMatchObject({ status: 'kept', branch, path, dirtyFiles: 3, ahead: 1 })
    expect(readFileSync(join(path, 'readme.md'), 'utf8')).toBe('changed\n')
    expect(readFileSync(join(path, 'deep/new file.bin'), 'utf8')).toBe('a\0b')
    expect(existsSync(join(path, 'committed.txt'))).toBe(false)
    expect(repository.git(['log', '-1', '--format=%s'], path)).toBe('work')
    expect(existsSync(archived!.archive!)).toBe(true)
    expect((await host.running.host.listWorktrees()).map(({ status }) => status)).toEqual(['kept'])
  })

  it('is not made of a repository within the worktree, which stays', async () => {
    const { id, path } = await ended('toast')
    createRepository(join(path, 'nested'))
    expect(await errorOf(remove(id, true))).toMatchObject({ code: 'worktree.nested', exit: 6 })
    expect(existsSync(join(path, 'nested/readme.md'))).toBe(true)
    expect(await host.running.host.listWorktrees()).toMatchObject([{ status: 'kept' }])
  })

  it('is left as it is when it cannot be restored', async () => {
    const { id, path } = await ended('toast')
    repository.write('new.txt', 'new\n', path)
    await remove(id, true)
    const [archived] = await host.running.host.listWorktrees()
    rmSync(join(archived!.archive!, 'changes.patch'))
    expect((await errorOf(host.running.host.restoreWorktree(archived!.id))).code).toBe('worktree.not-restored')
    expect(branches()).toEqual(['main'])
    expect(await host.running.host.listWorktrees()).toMatchObject([{ status: 'archived' }])
  })
})

describe('a place for worktrees', () => {
  it('that leads elsewhere is not used', async () => {
    const elsewhere = join(host.running.workDir, 'elsewhere')
    mkdirSync(elsewhere)
    mkdirSync(host.running.paths.worktrees, { recursive: true })
    symlinkSync(elsewhere, join(host.running.paths.worktrees, 'api'))
    expect((await errorOf(spawn('toast'))).code).toBe('worktree.failed')
    expect(sessions()).toEqual([])
  })

  it('that is a link already is passed over', async () => {
    mkdirSync(join(host.running.paths.worktrees, 'api'), { recursive: true })
    symlinkSync('/nonexistent', join(host.running.paths.worktrees, 'api/toast'))
    expect((await spawn('toast')).now().workDir).toMatch(/api\/toast-[0-9a-z]{6}$/)
  })
})

describe('whatever happens at the moment of removal', () => {
  /** A git that does something to the worktree first, once it is asked for this. */
  function meddle(subcommand: string, act: string): void {
    const script = `#!/bin/sh\nfor word in "$@"; do [ "$word" = ${subcommand} ] && { ${act}; }; done\nexec ${GIT} "$@"\n`
    writeFileSync(join(bin.path, 'git'), script, { mode: 0o755 })
  }

  const GIT = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim()

  let bin: TemporaryDirectory

  beforeEach(async () => {
    await host[Symbol.asyncDispose]()
    bin = temporaryDirectory()
    host = await startStandInHost({
      env: { ...agentEnvironment(process.env), PATH: `${bin.path}:${process.env['PATH']}` },
    })
    repository = createRepository(join(host.running.workDir, 'api'))
    repository.settings(worktreeSettings())
  })

  afterEach(() => bin[Symbol.dispose]())

  it('a file that comes just before it is not lost', async () => {
    const { id, path } = await ended('toast')
    meddle('remove', `echo late > ${path}/late.txt`)
    expect(await errorOf(remove(id))).toMatchObject({ code: 'worktree.git-failed' })
    expect(readFileSync(join(path, 'late.txt'), 'utf8')).toBe('late\n')
    expect(sessions()).toHaveLength(1)
    expect(branches()).toContain(host.running.facts.fleet.sessions[id]?.branch)
  })

  it('a change behind the archive is not lost, and the archive is taken back', async () => {
    const { id, path } = await ended('toast')
    repository.write('new.txt', 'new\n', path)
    meddle('update-ref', `echo later > ${path}/new.txt`)
    expect(await errorOf(remove(id, true))).toMatchObject({ code: 'worktree.changed', exit: 6 })
    expect(readFileSync(join(path, 'new.txt'), 'utf8')).toBe('later\n')
    expect((await host.running.host.listWorktrees()).map(({ status }) => status)).toEqual(['kept'])
  })

  it('a commit on the branch just before it keeps the branch', async () => {
    const { id, path, now } = await ended('toast')
    const { branch } = now()
    const commit = `${GIT} -C ${repository.directory} update-ref refs/heads/${branch} $(${GIT} -C ${repository.directory} -c user.name=t -c user.email=t commit-tree -p HEAD -m late 'HEAD^{tree}')`
    meddle('remove', commit)
    await remove(id)
    expect(existsSync(path)).toBe(false)
    expect(branches()).toContain(branch)
  })
})
