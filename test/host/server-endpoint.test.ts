import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Claim, claimStateDirectory } from '../../src/host/endpoint.ts'
import { type EndpointEntry, readEndpoint } from '../../src/wire/endpoint-entry.ts'
import { isProcessAlive, processStart } from '../../src/wire/process-identity.ts'
import { TEST_VERSION, testPaths } from '../contract/running-host.ts'
import { eventually } from '../harness/eventually.ts'
import { temporaryDirectory } from '../harness/temporary.ts'

const ABOUT = { version: TEST_VERSION, startedAt: 1000 }

/** A process that claims a state directory and says how that went. */
const RACER = `
import net from 'node:net'
import { pathsFrom } from '${import.meta.dirname}/../../src/config/paths.ts'
import { claimStateDirectory } from '${import.meta.dirname}/../../src/host/endpoint.ts'
const paths = pathsFrom({ env: process.env, homeDirectory: '/nonexistent', platform: process.platform })
process.stdin.resume().on('end', () => process.exit(0))
try {
  const claim = await claimStateDirectory(paths)
  await claim.listen(net.createServer(), { version: '1', startedAt: 0 })
  process.stdout.write('won\\n')
} catch (error) {
  process.stdout.write(error.code + '\\n')
}
`

describe('endpoint', () => {
  test('directory, socket, lock and entry are for their owner alone', async () => {
    using directory = temporaryDirectory()
    const paths = testPaths(join(directory.path, 'deep', 's'))
    await using held = await listening(await claimStateDirectory(paths))
    expect(modeOf(paths.stateDirectory)).toBe(0o700)
    expect(modeOf(paths.socket)).toBe(0o600)
    expect(modeOf(paths.endpoint)).toBe(0o600)
    expect(readEndpoint(paths.endpoint)).toEqual({
      pid: process.pid,
      procStart: processStart(process.pid),
      version: TEST_VERSION,
      protocol: 1,
      socket: paths.socket,
      startedAt: 1000,
    })
    held.claim.withdraw()
    expect(existsSync(paths.endpoint)).toBe(false)
  })

  test('the entry is there only once somebody listens, and gone with the claim', async () => {
    using directory = temporaryDirectory()
    const paths = testPaths(join(directory.path, 's'))
    const claim = await claimStateDirectory(paths)
    expect(readEndpoint(paths.endpoint)).toBeUndefined()
    const held = await listening(claim)
    expect(readEndpoint(paths.endpoint)).toBeDefined()
    await held[Symbol.asyncDispose]()
    expect(readEndpoint(paths.endpoint)).toBeUndefined()
    expect(existsSync(paths.socket)).toBe(false)
  })

  test('a directory that others can enter, or that cannot be made, is refused', async () => {
    using directory = temporaryDirectory()
    const open = join(directory.path, 'open')
    mkdirSync(open)
    chmodSync(open, 0o750)
    await expect(claimStateDirectory(testPaths(open))).rejects.toMatchObject({ code: 'directory.insecure' })
    const file = join(directory.path, 'file')
    writeFileSync(file, '')
    await expect(claimStateDirectory(testPaths(join(file, 's')))).rejects.toMatchObject({
      code: 'directory.unwritable',
    })
  })

  test('of many hosts that start at once exactly one stays, and its death lets the next one in', async () => {
    using directory = temporaryDirectory()
    const state = join(directory.path, 's')
    const racers = Array.from({ length: 4 }, () => startRacer(state))
    const outcomes = await Promise.all(racers.map(firstLine))
    expect(outcomes.toSorted()).toEqual(['host.already-running', 'host.already-running', 'host.already-running', 'won'])
    const winner = racers[outcomes.indexOf('won')]!
    expect(readEndpoint(testPaths(state).endpoint)?.pid).toBe(winner.pid)
    winner.kill('SIGKILL')
    await once(winner, 'exit')
    expect(existsSync(testPaths(state).socket)).toBe(true)
    expect(readEndpoint(testPaths(state).endpoint)).toBeUndefined()
    const next = startRacer(state)
    expect(await firstLine(next)).toBe('won')
    expect(readEndpoint(testPaths(state).endpoint)?.pid).toBe(next.pid)
    await Promise.all([...racers, next].map(stopRacer))
  })

  test('a socket that somebody answers on is left alone even without a lock', async () => {
    using directory = temporaryDirectory()
    const paths = testPaths(join(directory.path, 's'))
    mkdirSync(paths.stateDirectory, { mode: 0o700 })
    const other = net.createServer().listen(paths.socket)
    await once(other, 'listening')
    await expect(claimStateDirectory(paths)).rejects.toMatchObject({ code: 'host.already-running' })
    expect(existsSync(paths.socket)).toBe(true)
    other.close()
    await once(other, 'close')
    await using held = await listening(await claimStateDirectory(paths))
    expect(held.claim.paths).toBe(paths)
  })
})

describe('endpoint entry', () => {
  const ownStart = processStart(process.pid)
  const entry: EndpointEntry = {
    pid: process.pid,
    ...(ownStart === undefined ? {} : { procStart: ownStart }),
    version: '1',
    protocol: 1,
    socket: '/s/host.sock',
    startedAt: 0,
  }

  test('a corrupt one, and one of another process, count as absent and are cleaned up', () => {
    using directory = temporaryDirectory()
    const file = join(directory.path, 'host.json')
    const bad: readonly string[] = [
      '',
      '{"pid":',
      'null',
      JSON.stringify({ ...entry, pid: '12' }),
      JSON.stringify({ ...entry, pid: -1 }),
      JSON.stringify({ ...entry, socket: undefined }),
      JSON.stringify({ ...entry, pid: 2 ** 22 + 1 }),
      JSON.stringify({ ...entry, procStart: '1' }),
    ]
    for (const text of bad) {
      writeFileSync(file, text)
      expect(readEndpoint(file)).toBeUndefined()
      expect(existsSync(file)).toBe(false)
    }
    writeFileSync(file, JSON.stringify(entry))
    expect(readEndpoint(file)).toEqual(entry)
    expect(readFileSync(file, 'utf8')).toBe(JSON.stringify(entry))
  })

  test('a process is known by its pid and its start', async () => {
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] })
    await once(child, 'spawn')
    const pid = child.pid!
    const start = processStart(pid)
    expect(isProcessAlive(pid, start)).toBe(true)
    expect(isProcessAlive(pid, `${start}0`)).toBe(start === undefined)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(isProcessAlive(pid, start)).toBe(false)
  })

  test('a process that has ended and that nobody buries is not alive', async () => {
    const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] })
    const [line] = await once(parent.stdout, 'data')
    const pid = Number(String(line))
    await eventually('it has ended', () => /^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')))
    expect(isProcessAlive(pid, processStart(pid))).toBe(false)
    parent.kill('SIGKILL')
    await once(parent, 'exit')
  })
})

interface Held extends AsyncDisposable {
  readonly claim: Claim
}

async function listening(claim: Claim): Promise<Held> {
  const server = net.createServer()
  await claim.listen(server, ABOUT)
  return {
    claim,
    async [Symbol.asyncDispose]() {
      server.close()
      await once(server, 'close')
      claim.release()
    },
  }
}

function modeOf(file: string): number {
  return statSync(file).mode & 0o777
}

function startRacer(state: string): ChildProcess {
  return spawn(process.execPath, ['--input-type=module', '-e', RACER], {
    env: { ...process.env, SIGNALBOX_STATE: state },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
}

async function firstLine(child: ChildProcess): Promise<string> {
  const [chunk] = (await once(child.stdout!, 'data')) as [Buffer]
  return chunk.toString().trim()
}

async function stopRacer(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.stdin?.end()
  await once(child, 'exit')
}
