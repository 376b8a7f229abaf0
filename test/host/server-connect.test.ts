import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createClient } from '../../src/client/client.ts'
import { connectHost } from '../../src/client/connect.ts'
import { connectRoom, type LinkState } from '../../src/client/reconnect.ts'
import { type StartedHost, type StartHostOptions, startHost } from '../../src/client/start-host.ts'
import type { FactUpdate } from '../../src/core/orchestrator.ts'
import { parseProcessStat } from '../../src/core/process-stat.ts'
import { spawnPty } from '../../src/host/terminal/pty.ts'
import { readEndpoint } from '../../src/wire/endpoint-entry.ts'
import { processStart } from '../../src/wire/process-identity.ts'
import { createSocketTransport } from '../../src/wire/transports/socket.ts'
import { startTestHost, TEST_VERSION, testPaths } from '../contract/running-host.ts'
import { eventually } from '../harness/eventually.ts'
import { isRunning } from '../harness/processes.ts'
import { temporaryDirectory } from '../harness/temporary.ts'

const SOURCE = join(import.meta.dirname, '../../src')

/** A program whose `host-process` claims the directory, serves health and stops when asked. */
const SMALL_HOST = `
import net from 'node:net'
import { pathsFrom } from '${SOURCE}/config/paths.ts'
import { claimStateDirectory } from '${SOURCE}/host/endpoint.ts'
import { startServer } from '${SOURCE}/host/server.ts'
if (process.argv[2] !== 'host-process') throw new Error('no host-process')
const paths = pathsFrom({ env: process.env, homeDirectory: '/nonexistent', platform: process.platform })
const claim = await claimStateDirectory(paths)
const service = {
  hostName: 'small',
  run: 'one',
  onScreenChange: () => () => undefined,
  healthCheck: async () => ({ cwd: process.cwd(), marker: process.env.MARKER, argv: process.argv.slice(2) }),
  stop: async () => undefined,
}
const server = await startServer({
  claim, service, version: '${TEST_VERSION}', startedAt: Date.now(), now: () => performance.now(),
  onStopped: () => server.close('asked to').then(() => claim.release()).then(() => process.exit(0)),
  onUnexpected: (error) => console.error(error),
})
if (process.argv.includes('--lifeline')) process.stdin.resume().on('end', () => process.exit(0))
console.log('serving')
`

/** A program that writes down what it has open, whole or not at all. */
const LOOKING_HOST = `
import { readdirSync, readlinkSync, renameSync, writeFileSync } from 'node:fs'
const targetOf = (fd) => {
  try {
    return readlinkSync('/proc/self/fd/' + fd)
  } catch {
    return 'the listing itself'
  }
}
const list = process.env.LIST
writeFileSync(list + '.part', readdirSync('/proc/self/fd').map(targetOf).join('\\n'))
renameSync(list + '.part', list)
`

let started: StartedHost[] = []

/** Starts a host that the test cannot leave behind. */
function start(options: StartHostOptions): StartedHost {
  const host = startHost(options)
  started.push(host)
  return host
}

afterEach(async () => {
  const pids = started.flatMap(({ pid }) => (pid === undefined ? [] : [pid]))
  started = []
  for (const pid of pids.filter(isRunning)) process.kill(pid, 'SIGKILL')
  await eventually('no host is left', () => !pids.some(isRunning))
})

describe('connecting', () => {
  test('without a host, and without a way to start one, says so', async () => {
    using directory = temporaryDirectory()
    const paths = testPaths(join(directory.path, 's'))
    await expect(connectHost({ paths, version: TEST_VERSION })).rejects.toMatchObject({ code: 'host.not-running' })
    expect(existsSync(paths.stateDirectory)).toBe(false)
  })

  test('starts a host that outlives its starter, once for many that connect at the same time', async () => {
    using directory = temporaryDirectory()
    const paths = testPaths(join(directory.path, 's'))
    const entry = writeProgram(directory.path, SMALL_HOST)
    const spawnHost = (): StartedHost => start({ paths, entry, env: { ...process.env, MARKER: 'kept' } })
    const clients = await Promise.all(
      Array.from({ length: 3 }, () => connectHost({ paths, version: TEST_VERSION, spawnHost })),
    )
    const pid = readEndpoint(paths.endpoint)?.pid ?? 0
    expect(started.filter((host) => host.pid === pid).length).toBe(1)
    expect(await clients[0]?.healthCheck()).toEqual({
      cwd: paths.stateDirectory,
      marker: 'kept',
      argv: ['host-process'],
    })
    expect(sessionOf(pid)).toBe(pid)
    expect(statSync(paths.log).mode & 0o777).toBe(0o600)
    expect(readFileSync(paths.log, 'utf8')).toContain('serving')
    await clients[1]?.stopHost()
    await eventually('all of them are gone', () => started.every((host) => host.pid && !isRunning(host.pid)))
    expect(existsSync(paths.endpoint)).toBe(false)
    expect(existsSync(paths.socket)).toBe(false)
  })

  test.skipIf(process.platform !== 'linux')(
    'starts a host that gets nothing of what its starter has open',
    async () => {
      using directory = temporaryDirectory()
      const paths = testPaths(join(directory.path, 's'))
      const list = join(directory.path, 'open')
      const entry = writeProgram(directory.path, LOOKING_HOST)
      const about = {
        args: [],
        cwd: directory.path,
        cols: 80,
        rows: 24,
        onData: () => undefined,
        onExit: () => undefined,
      }
      // node-pty does not have the system close its end of a terminal: every program inherits it that is not kept from it.
      const terminal = spawnPty({ ...about, file: 'cat', env: { PATH: process.env['PATH'] ?? '' } })
      try {
        start({ paths, entry, env: { ...process.env, LIST: list } })
        const links = await eventually(
          'it has looked',
          () => existsSync(list) && readFileSync(list, 'utf8').split('\n'),
        )
        expect(links).toContain(paths.log)
        expect(links.filter((link) => /ptmx|\/pts\//.test(link))).toEqual([])
      } finally {
        await terminal.terminate({ graceMs: 0 })
      }
    },
  )

  test('does not end the host that it started because of what an earlier one wrote', async () => {
    using directory = temporaryDirectory()
    const paths = testPaths(join(directory.path, 's'))
    const entry = writeProgram(directory.path, SMALL_HOST)
    const first = start({ paths, entry, env: process.env })
    const earlier = await eventually('the first host', () => readEndpoint(paths.endpoint))
    process.kill(first.pid ?? 0, 'SIGKILL')
    await eventually('it is gone', () => first.hasExited)
    // What was read a moment before the new host wrote its own: a live process, as a dead one is that nobody has buried yet.
    const stale = { ...earlier, pid: process.pid, procStart: processStart(process.pid) }
    const listening = start({ paths, entry, env: process.env })
    await eventually('the next host', () => readEndpoint(paths.endpoint)?.pid === listening.pid)
    writeFileSync(paths.endpoint, JSON.stringify({ ...stale, socket: `${paths.socket}.none` }))
    const abandon = vi.fn()
    const spawnHost = (): StartedHost => {
      writeFileSync(paths.endpoint, JSON.stringify(stale))
      return { pid: listening.pid, hasExited: false, abandon }
    }
    const client = await connectHost({ paths, version: TEST_VERSION, spawnHost })
    expect(await client.healthCheck()).toMatchObject({ argv: ['host-process'] })
    expect(abandon).not.toHaveBeenCalled()
  })

  test('to a host that ends at that moment finds nobody there', async () => {
    using directory = temporaryDirectory()
    const paths = testPaths(join(directory.path, 's'))
    mkdirSync(paths.stateDirectory, { mode: 0o700 })
    const server = net.createServer().listen(paths.socket)
    await once(server, 'listening')
    const connecting = connectHost({ paths, version: TEST_VERSION })
    // Before it is let in: the system then resets the connection.
    server.close()
    await expect(connecting).rejects.toMatchObject({ code: 'host.not-running' })
  })

  test('right after a stop the next one starts a new host', async () => {
    using directory = temporaryDirectory()
    const paths = testPaths(join(directory.path, 's'))
    const entry = writeProgram(directory.path, SMALL_HOST)
    const spawnHost = (): StartedHost => start({ paths, entry, env: process.env })
    const pids: number[] = []
    for (let round = 0; round < 2; round += 1) {
      const client = await connectHost({ paths, version: TEST_VERSION, spawnHost })
      pids.push(readEndpoint(paths.endpoint)?.pid ?? 0)
      await client.stopHost()
    }
    expect(new Set(pids).size).toBe(2)
    await eventually('both are gone', () => pids.every((pid) => !isRunning(pid)))
  })

  test('a host on a lifeline has one', async () => {
    using directory = temporaryDirectory()
    const paths = testPaths(join(directory.path, 's'))
    const entry = writeProgram(directory.path, SMALL_HOST)
    const client = await connectHost({
      paths,
      version: TEST_VERSION,
      spawnHost: () => start({ paths, entry, env: process.env, hasLifeline: true }),
    })
    expect(await client.healthCheck()).toMatchObject({ argv: ['host-process', '--lifeline'] })
    const pid = readEndpoint(paths.endpoint)?.pid ?? 0
    await client.stopHost()
    await eventually('it is gone', () => !isRunning(pid))
  })

  test('a host that ends at once is a failure with the last lines of its log, and only those', async () => {
    using directory = temporaryDirectory()
    const paths = testPaths(join(directory.path, 's'))
    const fine = writeProgram(directory.path, 'console.log("old line")')
    const entry = writeProgram(directory.path, 'console.error("the disk is on fire"); process.exit(1)', 'bad.mjs')
    const before = start({ paths, entry: fine, env: process.env })
    await eventually('the old line', () => before.hasExited && readFileSync(paths.log, 'utf8') === 'old line\n')
    const failed = connectHost({
      paths,
      version: TEST_VERSION,
      spawnHost: () => start({ paths, entry, env: process.env }),
    })
    const error: unknown = await failed.catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'host.start-failed', data: { log: paths.log } })
    expect(String(error)).toContain('the disk is on fire')
    expect(String(error)).not.toContain('old line')
  })

  test('a host that never answers is given up at the deadline', async () => {
    using directory = temporaryDirectory()
    const paths = testPaths(join(directory.path, 's'))
    const entry = writeProgram(
      directory.path,
      'process.stdin.resume(); console.log("thinking"); setInterval(() => {}, 1000)',
    )
    const spawnHost = (): StartedHost => start({ paths, entry, env: process.env })
    await expect(connectHost({ paths, version: TEST_VERSION, spawnHost, deadlineMs: 300 })).rejects.toThrow(
      /did not answer within 0.3 s/,
    )
  })
})

describe('a room that loses its host', () => {
  test('says so, comes back, and goes on with facts and panes', async () => {
    await using running = await startTestHost()
    const links: net.Socket[] = []
    const room = await connectRoom({
      backoffMs: [0, 5],
      connect: async ({ pictures }) => {
        const socket = net.connect(running.paths.socket)
        links.push(socket)
        const client = createClient(createSocketTransport(socket), { pictures })
        await client.hello(TEST_VERSION)
        return client
      },
    })
    const states: string[] = []
    room.onState((state) => states.push(state.status))
    const updates: FactUpdate[] = []
    await room.subscribe((update) => updates.push(update))
    const id = await room.spawnSession({ backend: 'shell', workDir: running.workDir, args: ['cat'] })
    let drawn = 0
    room.onPictures(() => {
      drawn += 1
      room.drawn()
    })
    room.setPanes([{ id, size: { cols: 40, rows: 10 }, isFocused: true }])
    await eventually('the first picture', () => drawn > 0)
    const revision = room.picture(id)?.revision ?? 0
    const pending = room.screen(id)
    links[0]?.destroy()
    await expect(pending).rejects.toMatchObject({ code: 'host.unreachable' })
    expect(room.state.status).toBe('reconnecting')
    expect(room.picture(id)?.revision).toBe(revision)
    await running.host.terminateSession(id, { isForced: true })
    await eventually('the missed facts', () =>
      updates.some((update) => update.type === 'fact' && update.envelope.fact.type === 'session.exited'),
    )
    await eventually('a new picture', () => (room.picture(id)?.revision ?? 0) > revision)
    expect(room.state).toEqual({ status: 'connected' })
    expect(states.at(0)).toBe('reconnecting')
    expect(states.at(-1)).toBe('connected')
    expect(updates.filter((update) => update.type === 'snapshot').length).toBe(1)
    room.close()
  })

  test('does not start a host that was stopped on purpose, and joins one that somebody starts', async () => {
    const attempts: boolean[] = []
    const servers = [await startTestHost(), await startTestHost()] as const
    let open = 0
    const room = await connectRoom({
      backoffMs: [0, 5],
      connect: ({ maySpawn }) => {
        attempts.push(maySpawn)
        return servers[open]!.connect()
      },
    })
    const states: LinkState[] = []
    room.onState((state) => states.push(state))
    await servers[0].server.close('stopped')
    await eventually('it tried a few times', () => attempts.length > 3)
    expect(attempts.slice(1)).not.toContain(true)
    expect(room.state.status).toBe('reconnecting')
    open = 1
    await eventually('it joined', () => room.state.status === 'connected')
    room.close()
    for (const server of servers) await server[Symbol.asyncDispose]()
  })

  test('takes nothing over from one run of the host to the next, which may have lost the last facts with its machine', async () => {
    await using before = await startTestHost()
    await using after = await startTestHost()
    const servers = [before, after]
    const room = await connectRoom({ backoffMs: [0, 5], connect: () => servers.shift()!.connect() })
    const updates: FactUpdate[] = []
    await room.subscribe((update) => updates.push(update))
    const { workDir } = before
    const lost = await room.spawnSession({ backend: 'shell', agentName: 'lost', workDir, args: ['cat'] })
    for (const agentName of ['one', 'other'])
      await after.host.spawnSession({ backend: 'shell', agentName, workDir, args: ['cat'] })
    await before.server.close('stopped')
    await eventually('it joined', () => room.state.status === 'connected')
    const last = updates.findLast((update) => update.type === 'snapshot')
    expect(Object.values(last?.fleet.sessions ?? {}).map((session) => session.agentName)).toEqual(['one', 'other'])
    expect(last?.fleet.sessions).not.toHaveProperty(lost)
    room.close()
  })

  test('gives up on a host of another version', async () => {
    await using running = await startTestHost()
    const links: net.Socket[] = []
    const room = await connectRoom({
      backoffMs: [0],
      connect: async () => {
        const socket = net.connect(running.paths.socket)
        const client = createClient(createSocketTransport(socket))
        await client.hello(links.length === 0 ? TEST_VERSION : '9.9.9')
        links.push(socket)
        return client
      },
    })
    const lost = new Promise<LinkState>((resolve) => {
      room.onState((state) => {
        if (state.status === 'lost') resolve(state)
      })
    })
    links[0]?.destroy()
    expect(await lost).toMatchObject({ error: { code: 'host.other-version' } })
    room.close()
  })
})

function writeProgram(directory: string, text: string, name = 'entry.mjs'): string {
  const file = join(directory, name)
  writeFileSync(file, text)
  return file
}

/** The id of the session (in the sense of the system) that a process belongs to. */
function sessionOf(pid: number): number {
  return parseProcessStat(readFileSync(`/proc/${pid}/stat`, 'latin1')).terminalSession
}
