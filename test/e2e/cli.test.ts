import { existsSync } from 'node:fs'
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { VERSION } from '../../src/config/version.ts'
import type { HostHealth } from '../../src/core/orchestrator.ts'
import type { SessionInfo } from '../../src/core/session.ts'
import type { WorkUnit } from '../../src/core/work.ts'
import { eventually } from '../harness/eventually.ts'
import { type CliLab, errorOf, isAlive, openCliLab } from './cli-lab.ts'
import { ended, startProgram } from './cli-program.ts'

const root = join(import.meta.dirname, '../..')

// Each of these runs the program a dozen times, and on a busy machine each run takes seconds.
vi.setConfig({ testTimeout: 60_000 })

let lab: CliLab

function aLabForEach(): void {
  beforeEach(async () => {
    lab = await openCliLab()
  })

  afterEach(() => lab[Symbol.asyncDispose]())
}

const SHELL = ['--backend', 'shell'] as const

async function names(): Promise<readonly string[]> {
  return ((await lab.json('agents')) as SessionInfo[]).map(({ agentName }) => agentName)
}

describe('a session from start to end', () => {
  aLabForEach()

  it('is started, listed, looked at, told things, waited for and stopped', async () => {
    const started = await lab.json(
      'spawn',
      ...SHELL,
      '--name',
      'logs',
      '--size',
      '80x20',
      '--',
      'sh',
      '-c',
      'echo begun; cat',
    )
    expect(started).toMatchObject({
      backend: 'shell',
      role: 'crew',
      agentName: 'logs',
      rig: 'api',
      state: 'running',
      location: 'local',
      host: hostname(),
      workDir: lab.project,
    })
    expect(await lab.json('agents')).toMatchObject([{ agentName: 'logs' }])
    const table = (await lab.run('agents')).stdout.split('\n')
    expect(table[0]).toMatch(/^BACKEND +ROLE +NAME +RIG +STATE +ACTIVITY +WHY +AGE$/)
    expect(table[1]).toMatch(/^shell +crew +logs +api +running /)

    expect(await lab.json('nudge', 'api/logs', 'one two', '--wait', 'submitted')).toMatchObject({
      status: 'submitted',
      to: (started as SessionInfo).id,
      error: null,
    })
    expect(await lab.json('wait', 'logs', '--timeout', '10')).toMatchObject({ activity: 'idle' })
    const peek = await lab.json('peek', (started as SessionInfo).id.slice(0, 26))
    expect(peek).toMatchObject({ size: { cols: 80, rows: 20 }, lines: expect.arrayContaining(['begun', 'one two']) })
    expect((await lab.run('peek', 'logs', '--lines', '5')).stdout).toContain('one two')

    const { stdout } = await lab.run('events', 'logs', '--json')
    const types = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).fact.type)
    expect(types).toEqual(expect.arrayContaining(['session.registered', 'session.ready', 'message.queued']))
    expect(await lab.json('explain', 'logs')).toMatchObject({
      session: { agentName: 'logs' },
      transitions: expect.arrayContaining([
        expect.objectContaining({ became: 'starting', raw: expect.objectContaining({ what: 'spawn' }) }),
        expect.objectContaining({ became: 'ready', source: 'process', why: 'the program runs' }),
      ]),
    })

    const pid = (started as SessionInfo).pid ?? 0
    const waiting = lab.json('wait', 'logs', '--for', 'exit', '--timeout', '20')
    expect(await lab.json('stop', 'logs')).toMatchObject([{ name: 'api/logs', ok: true, error: null }])
    expect(await waiting).toMatchObject({ agentName: 'logs', state: 'stopped' })
    expect(isAlive(pid)).toBe(false)
  })

  it('gets a name and a rig of its own when none is given', async () => {
    const started = await Promise.all([1, 2, 3].map(() => lab.json('spawn', ...SHELL, '--', 'cat')))
    const infos = started as readonly SessionInfo[]
    for (const { agentName, rig } of infos) {
      expect(agentName).toMatch(/^[a-z]+$/)
      expect(rig).toBe('api')
    }
    expect(new Set(infos.map(({ agentName }) => agentName)).size).toBe(3)
  })

  it('is there for a role', async () => {
    expect(await lab.json('mayor', 'start', '--agent', 'shell', '--', 'cat')).toMatchObject({
      role: 'mayor',
      agentName: 'mayor',
    })
    const again = await lab.run('mayor', 'start', '--agent', 'shell', '--json', '--', 'cat')
    expect({ exit: again.exit, code: errorOf(again).code }).toEqual({ exit: 6, code: 'session.name-taken' })
    expect((await lab.run('agents')).stdout).toMatch(/shell +mayor +- +- +running/)
    expect(await lab.json('mayor', 'stop')).toMatchObject({ role: 'mayor', state: 'stopped' })
    const none = await lab.run('mayor', 'stop', '--json')
    expect({ exit: none.exit, code: errorOf(none).code }).toEqual({ exit: 3, code: 'role.not-running' })
  })

  it('is found for work, or started for it', async () => {
    expect(await lab.json('sling', 'issue-1', '.', ...SHELL, '--name', 'w1', '--dry-run')).toMatchObject({
      action: 'spawn',
      name: 'api/w1',
      role: 'polecat',
      why: 'shell, because you asked for it',
    })
    expect(await names()).toEqual([])
    const first = await lab.run('sling', 'issue-1', '.', ...SHELL, '--name', 'w1', '--', 'cat')
    expect(first).toMatchObject({ exit: 0, stderr: 'shell, because you asked for it.\n' })
    await lab.json('sling', 'issue-2', 'api', '--name', 'w1')
    const [session] = (await lab.json('agents')) as SessionInfo[]
    expect(session).toMatchObject({ role: 'polecat', workUnits: [{ id: 'issue-1' }, { id: 'issue-2' }] })
  })

  it('waits in the queue while the pool drains, and says itself that it is done', async () => {
    await lab.json('pool', 'drain')
    const script = `echo ready; read line; signalbox done "it is green"; cat`
    expect(await lab.json('sling', 'issue-1', '.', ...SHELL, '--', 'sh', '-c', script)).toMatchObject({
      id: 'issue-1',
      status: 'queued',
      why: '1st in line: the pool is draining',
    })
    expect(await names()).toEqual([])
    await lab.json('pool', 'resume')
    await eventually('it is done', async () => {
      const unit = (await lab.json('work', 'show', 'issue-1')) as WorkUnit
      return unit.status === 'done' && unit.result === 'it is green'
    })
    expect((await lab.run('work', 'list')).stdout).toMatch(/^There is no work/)
    expect((await lab.run('work', 'list', '--all')).stdout).toMatch(/^issue-1 +task +done +0 +api +api\/\w+ +1 +api/m)
  })
})

describe('a town', () => {
  aLabForEach()

  it('says which backend each role gets, and where its rigs are', async () => {
    const settings = {
      type: 'town-settings',
      version: 1,
      default_agent: 'claude',
      role_agents: { mayor: 'shell', polecat: 'shell', scribe: 'shell' },
    }
    await mkdir(join(lab.folder, 'settings'))
    await writeFile(join(lab.folder, 'settings/config.json'), JSON.stringify(settings))
    const inTown = async (...args: string[]) => {
      const { exit, stdout, stderr } = await lab.runWith({ cwd: lab.folder }, ...args)
      return { exit, stderr, value: stdout === '' ? undefined : JSON.parse(stdout) }
    }
    expect(await inTown('--json', 'mayor', 'start', '--', 'cat')).toMatchObject({
      value: { role: 'mayor', workDir: lab.folder },
    })
    expect(await inTown('--json', 'sling', 'issue-1', 'api', '--name', 'worker-1', '--', 'cat')).toMatchObject({
      value: { role: 'polecat', backend: 'shell', rig: 'api', agentName: 'worker-1', workDir: lab.project },
    })
    expect(await inTown('--json', 'spawn', '--role', 'scribe', '--rig', 'api', '--', 'cat')).toMatchObject({
      value: { role: 'scribe', backend: 'shell', rig: 'api', workDir: lab.project },
    })
    expect(await inTown('--json', 'scribe', 'stop')).toMatchObject({ exit: 0, value: { role: 'scribe' } })
    expect(await inTown('--json', 'sling', 'issue-2', 'api', '--dry-run')).toMatchObject({
      value: { why: `shell, because role_agents in ${lab.folder}/settings/config.json says so for role polecat` },
    })
    const refused = await inTown('--json', 'spawn', '--rig', 'api')
    expect({ exit: refused.exit, code: JSON.parse(refused.stderr).error.code }).toEqual({
      exit: 5,
      code: 'backend.unavailable',
    })
  })
})

describe('what makes no sense is refused, and starts nothing', () => {
  beforeAll(async () => {
    lab = await openCliLab()
  })

  afterAll(() => lab[Symbol.asyncDispose]())

  it.each([
    { args: ['spawn', '--backend', 'emacs'], code: 'backend.unknown', exit: 2 },
    { args: ['spawn', '--backend', 'claude'], code: 'backend.unavailable', exit: 5 },
    { args: ['spawn'], code: 'backend.unavailable', exit: 5 },
    { args: ['spawn', ...SHELL, '--dir', '/nowhere'], code: 'directory.missing', exit: 1 },
    { args: ['spawn', ...SHELL, '--size', '19x5'], code: 'size.invalid', exit: 2 },
    { args: ['spawn', ...SHELL, '--role', 'king'], code: 'role.unknown', exit: 2 },
    { args: ['spawn', ...SHELL, '--name', '../x'], code: 'usage.invalid', exit: 2 },
    { args: ['sling', 'x', '/nowhere', ...SHELL], code: 'usage.invalid', exit: 2 },
    { args: ['nudge', 'nobody', 'hello'], code: 'session.not-found', exit: 3 },
    { args: ['resume', 'nobody'], code: 'session.not-found', exit: 3 },
    { args: ['wait', 'nobody'], code: 'session.not-found', exit: 3 },
    { args: ['answer', 'nobody', 'allow'], code: 'session.not-found', exit: 3 },
    { args: ['witness', 'stop'], code: 'role.not-running', exit: 3 },
  ])('$args', async ({ args, code, exit }) => {
    const end = await lab.run(...args, '--json')
    expect({ exit: end.exit, code: errorOf(end).code, stdout: end.stdout }).toEqual({ exit, code, stdout: '' })
  })

  it('all of it together', async () => {
    expect(await names()).toEqual([])
  })
})

describe('what cannot be done is refused, and leaves nothing', () => {
  aLabForEach()

  it('a program that is not there', async () => {
    const end = await lab.run('spawn', ...SHELL, '--json', '--', 'no-such-program')
    expect({ exit: end.exit, code: errorOf(end).code }).toEqual({ exit: 5, code: 'program.missing' })
    expect(await names()).toEqual([])
  })

  it('a name that is taken, an ambiguous one, and one of several that are to be stopped', async () => {
    await lab.json('spawn', ...SHELL, '--name', 'toast', '--rig', 'one', '--', 'cat')
    const taken = await lab.run('spawn', ...SHELL, '--name', 'toast', '--rig', 'one', '--json', '--', 'cat')
    expect({ exit: taken.exit, code: errorOf(taken).code }).toEqual({ exit: 6, code: 'session.name-taken' })
    await lab.json('spawn', ...SHELL, '--name', 'toast', '--rig', 'two', '--', 'cat')
    const ambiguous = await lab.run('peek', 'toast', '--json')
    expect({ exit: ambiguous.exit, code: errorOf(ambiguous).code }).toEqual({ exit: 2, code: 'session.ambiguous' })
    const { exit, stdout } = await lab.run('stop', 'one/toast', 'nobody', '--json')
    expect(exit).toBe(3)
    expect(JSON.parse(stdout)).toMatchObject([
      { name: 'one/toast', ok: true },
      { id: null, name: 'nobody', ok: false, error: { code: 'session.not-found' } },
    ])
  })

  it('an agent that ends at once', async () => {
    await lab.addProgram(
      'claude',
      'case "$1" in --version) echo "2.1.330 (Claude Code)";; *) echo "last words"; exit 3;; esac',
    )
    const end = await lab.run('spawn', '--backend', 'claude', '--name', 'toast', '--json')
    expect({ exit: end.exit, code: errorOf(end).code }).toEqual({ exit: 1, code: 'session.exited-early' })
    expect(errorOf(end).hint).toContain('last words')
    expect(await names()).toEqual([])
  })

  it('what does not happen in time', async () => {
    await lab.json('spawn', ...SHELL, '--name', 'toast', '--', 'cat')
    const need = await lab.run('wait', 'toast', '--for', 'need', '--timeout', '0.2', '--json')
    const seen = await lab.run('nudge', 'toast', 'hello', '--wait', 'seen', '--timeout', '0.2', '--json')
    for (const end of [need, seen]) {
      expect({ exit: end.exit, code: errorOf(end).code }).toEqual({ exit: 7, code: 'wait.timed-out' })
    }
  })

  it('settings that are wrong', async () => {
    await mkdir(join(lab.project, 'settings'))
    await writeFile(join(lab.project, 'settings/config.json'), '{\n  "type": "rig-settings",\n  "version": 2\n}')
    const end = await lab.run('spawn', ...SHELL, '--json', '--', 'cat')
    expect({ exit: end.exit, code: errorOf(end).code }).toEqual({ exit: 2, code: 'config.invalid' })
    expect(errorOf(end).message).toContain('settings/config.json:3:')
    expect(await names()).toEqual([])
  })
})

describe('the host', () => {
  aLabForEach()

  it('is started once by whoever needs it first, and leaves nothing when it is stopped', async () => {
    const ends = await Promise.all([1, 2, 3].map(() => lab.run('agents', '--json')))
    expect(ends.map(({ exit, stdout }) => [exit, JSON.parse(stdout)])).toEqual([1, 2, 3].map(() => [0, []]))
    const status = (await lab.json('host', 'status')) as HostHealth & { readonly running: boolean }
    expect(status).toMatchObject({ running: true, version: VERSION, sessions: 0 })
    const { pid } = (await lab.json('spawn', ...SHELL, '--', 'cat')) as SessionInfo
    expect(await lab.json('host', 'stop')).toMatchObject({ running: false, pid: null })
    await vi.waitFor(() => expect([status.pid, pid ?? 0].filter(isAlive)).toEqual([]), { timeout: 10_000 })
    expect(existsSync(status.socket)).toBe(false)
    expect(await lab.json('host', 'status')).toMatchObject({ running: false })
    expect((await lab.run('host', 'stop')).exit).toBe(0)
  })

  it('is found behind an endpoint entry that is damaged', async () => {
    await lab.json('agents')
    const before = (await lab.json('host', 'status')) as HostHealth
    await writeFile(join(lab.state, 'host.json'), '{"pid": tw')
    expect(await lab.json('host', 'status')).toMatchObject({ pid: before.pid })
    expect(await lab.json('agents')).toEqual([])
  })

  it('of another version is left alone by all verbs but status and stop', async () => {
    const other = join(lab.folder, 'other')
    for (const file of ['bin/signalbox.js', 'scripts/build.mjs', 'tsconfig.json'])
      await cp(join(root, file), join(other, file))
    await writeFile(join(other, 'package.json'), JSON.stringify({ version: '99.0.0', type: 'module' }))
    await symlink(join(root, 'src'), join(other, 'src'))
    await symlink(join(root, 'assets'), join(other, 'assets'))
    await symlink(join(root, 'node_modules'), join(other, 'node_modules'))
    expect((await lab.runWith({ entry: join(other, 'bin/signalbox.js') }, 'host', 'start')).exit).toBe(0)
    const end = await lab.run('agents', '--json')
    expect({ exit: end.exit, code: errorOf(end).code }).toEqual({ exit: 4, code: 'host.other-version' })
    expect(errorOf(end).message).toContain('99.0.0')
    expect(await lab.json('host', 'status')).toMatchObject({ running: true, version: '99.0.0' })
    expect((await lab.run('host', 'stop')).exit).toBe(0)
    expect(await lab.json('agents')).toEqual([])
  })

  it.each([
    {
      name: 'whose socket has too long a path',
      state: `/tmp/${'x'.repeat(120)}`,
      code: 'socket.path-too-long',
      exit: 2,
    },
    { name: 'that may not write its state', state: '/dev/null/state', code: 'directory.unwritable', exit: 1 },
    { name: 'whose state is open to others', state: '/tmp', code: 'directory.insecure', exit: 6 },
  ])('$name is not started', async ({ state, code, exit }) => {
    const end = await lab.runWith({ env: { SIGNALBOX_STATE: state } }, 'agents', '--json')
    expect({ exit: end.exit, code: errorOf(end).code }).toEqual({ exit, code })
  })
})

describe('output', () => {
  aLabForEach()

  it('goes on as things change until the host ends', async () => {
    await lab.json('host', 'start')
    const follow = startProgram({
      entry: join(root, 'bin/signalbox.js'),
      args: ['events', '--follow', '--json'],
      cwd: lab.project,
      env: lab.env,
    })
    const end = ended(follow)
    await new Promise((resolve) => follow.stdout.once('data', resolve))
    await lab.json('spawn', ...SHELL, '--name', 'toast', '--', 'cat')
    await lab.run('host', 'stop')
    const { exit, stdout } = await end
    const facts = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(exit).toBe(4)
    expect(facts.map(({ fact }) => fact.type)).toContain('session.ready')
    expect(facts.map(({ seq }) => seq)).toEqual(facts.map((_, index) => facts[0].seq + index))
  })

  it('ends when the operator ends it', async () => {
    await lab.json('host', 'start')
    const child = startProgram({
      entry: join(root, 'bin/signalbox.js'),
      args: ['agents', '--watch', '--json'],
      cwd: lab.project,
      env: lab.env,
    })
    const end = ended(child)
    await new Promise((resolve) => child.stdout.once('data', resolve))
    child.kill('SIGINT')
    expect(await end).toEqual({ exit: 130, signal: null, stdout: '[]\n', stderr: '' })
  })

  it('may be left by its reader without complaint', async () => {
    await lab.json('host', 'start')
    const child = startProgram({
      entry: join(root, 'bin/signalbox.js'),
      args: ['agents'],
      cwd: lab.project,
      env: lab.env,
    })
    child.stdout.destroy()
    const stderr = new Promise<string>((resolve) => {
      let text = ''
      child.stderr.on('data', (bytes) => {
        text += bytes
      })
      child.stderr.on('end', () => resolve(text))
    })
    const exit = await new Promise((resolve) => child.once('exit', resolve))
    expect({ exit, stderr: await stderr }).toEqual({ exit: 0, stderr: '' })
  })

  it('has a word on everything that was checked', async () => {
    const { exit, stdout } = await lab.run('doctor', '--json')
    const { ok, checks } = JSON.parse(stdout) as {
      readonly ok: boolean
      readonly checks: readonly { readonly name: string }[]
    }
    expect({ exit, ok }).toEqual({ exit: 1, ok: false })
    expect(checks.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['node', 'settings', 'state', 'host', 'claude', 'opencode', 'shell']),
    )
    expect(await lab.json('host', 'status')).toMatchObject({ running: false })
  })
})
