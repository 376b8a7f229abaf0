import { existsSync, readFileSync, statSync } from 'node:fs'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Backend, OpenRequest } from '../../src/backends/backend.ts'
import { createOpencodeBackend } from '../../src/backends/opencode/backend.ts'
import { findNoted, noteServer } from '../../src/backends/opencode/noted-server.ts'
import { startServer } from '../../src/backends/opencode/server.ts'
import type { BackendHealth } from '../../src/core/facts.ts'
import { withoutInheritedFiles } from '../../src/host/terminal/launch.ts'
import { type Opened, openAgent } from '../contract/backend-suite.ts'
import { backendContext } from '../harness/backend-context.ts'
import { type Lab, startLab } from '../harness/lab.ts'
import { openTerminal } from '../harness/pty.ts'

/** A server starts in 1.5 s on a quiet machine and in ten times that on a busy one. */
vi.setConfig({ testTimeout: 90_000 })

/** So does its screen, the first time above all, and the first answer of a server that has just started. */
const SCREEN_WITHIN_MS = 40_000
const WITHIN_MS = 30_000

interface Place {
  readonly lab: Lab
  readonly backend: Backend
  readonly directory: string
  readonly health: BackendHealth[]
}

async function makePlace(env: Readonly<Record<string, string>> = {}): Promise<Place> {
  const lab = await startLab()
  const directory = join(lab.folder, 'backend')
  await mkdir(directory)
  await mkdir(join(lab.folder, 'sessions'))
  const health: BackendHealth[] = []
  const backend = createOpencodeBackend(
    backendContext({ env: { ...lab.env, ...env }, directory, onHealth: (now) => health.push(now) }),
  )
  return { lab, backend, directory, health }
}

let place: Place

/** One place for all tests of a suite. */
function usePlace(): void {
  beforeAll(async () => {
    place = await makePlace()
  })
  afterAll(() => close(place))
}

async function close({ backend, lab }: Place): Promise<void> {
  await backend.shutdown()
  await lab[Symbol.asyncDispose]()
}

/** A place that is cleared away even when the test fails or takes too long. */
async function makePlaceForTest(env: Readonly<Record<string, string>> = {}): Promise<Place> {
  const own = await makePlace(env)
  onTestFinished(() => close(own))
  return own
}

const benchOf = ({ lab, backend }: Place) => ({
  backend,
  env: lab.env,
  workDir: lab.project,
  folder: join(lab.folder, 'sessions'),
  [Symbol.asyncDispose]: async () => undefined,
})

const noted = (place: Place) =>
  JSON.parse(readFileSync(join(place.directory, 'server.json'), 'utf8')) as { pid: number; port: number }
const shows = ({ port }: Opened, text: string) =>
  port.until(`the picture shows ${text}`, () => port.picture().includes(text), WITHIN_MS)
const needs = ({ port }: Opened) => port.until('a need', () => port.need() !== undefined, WITHIN_MS)
const idles = ({ port }: Opened) =>
  port.until('idle', () => port.activity() === 'idle' && port.need() === undefined, WITHIN_MS)
const replies = ({ port }: Opened) =>
  port.until('a reply', () => port.signals.some(({ type }) => type === 'replied'), WITHIN_MS)
const count = ({ port }: Opened, type: string) => port.signals.filter((signal) => signal.type === type).length
const kill = (pid: number, signal: NodeJS.Signals) => process.kill(pid, signal)

/** Processes whose environment names the folder: everything that was started for it. */
async function processesOf(folder: string): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
  const found = await Promise.all(
    pids.map(async (pid) => {
      // A process that ends while it is looked at is not there.
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
      return environment.includes(`HOME=${folder}`) ? [pid] : []
    }),
  )
  return found.flat()
}

describe('the real opencode', () => {
  usePlace()
  const ready = async (options: Partial<OpenRequest> = {}) => {
    const opened = await openAgent(benchOf(place), options)
    await opened.port.untilSignal('ready')
    return opened
  }

  it('streams an answer into the transcript and reports what it cost', async () => {
    await using opened = await ready()
    const { resumeId } = await opened.port.untilSignal('identified')
    expect(resumeId).toMatch(/^ses_/)
    await opened.deliver('STREAM 1 the quick brown fox jumps over the lazy dog')
    await opened.port.until('part of the answer', () => /^ {2}the quick/m.test(opened.port.picture()))
    expect(opened.port.activity()).toBe('working')
    await idles(opened)
    await shows(opened, '❯ STREAM 1 the quick')
    await shows(opened, '  the quick brown fox jumps over the lazy dog')
    const { usage } = await opened.port.untilSignal('used', (signal) => signal.usage.contextPercent !== undefined)
    expect(usage.contextPercent).toBeGreaterThan(0)
    expect(usage).toMatchObject({ model: 'main', inputTokens: expect.any(Number), costUsd: expect.any(Number) })
    expect(count(opened, 'replied')).toBe(1)
  })

  it('protects its server, and keeps the password off every command line', async () => {
    await using opened = await ready()
    const { pid, port } = noted(place)
    expect(statSync(join(place.directory, 'server.json')).mode & 0o777).toBe(0o600)
    expect((await fetch(`http://127.0.0.1:${port}/global/health`)).status).toBe(401)
    const password = opened.agent.ownScreen!.plan().env['OPENCODE_SERVER_PASSWORD']!
    expect(password.length).toBeGreaterThan(20)
    expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).not.toContain(password)
    expect(opened.agent.ownScreen!.plan().args.join(' ')).not.toContain(password)
  })

  it('takes options and own words as answers, and lets a question be denied', async () => {
    await using opened = await ready()
    await opened.deliver('ASK Which colour? | Red | Blue')
    await needs(opened)
    await shows(opened, '1  Red')
    await opened.answer({ kind: 'text', text: 'Mauve' })
    expect((await opened.port.untilSignal('replied')).text).toContain('Mauve')
    await idles(opened)
    await opened.deliver('ASK Which size? | Small | Large')
    await needs(opened)
    await opened.answer({ kind: 'deny' })
    await idles(opened)
    await shows(opened, 'question: denied')
  })

  it('asks for several tools one after the other', async () => {
    await using opened = await ready()
    await opened.deliver('PAR RUN env touch one.txt || RUN env touch two.txt')
    await needs(opened)
    const first = opened.port.need()!
    await opened.answer({ kind: 'allow' })
    await opened.port.until('the second need', () => ![undefined, first.key].includes(opened.port.need()?.key))
    await expect(opened.agent.answer(first, { kind: 'allow' })).rejects.toMatchObject({ code: 'need.gone' })
    await opened.answer({ kind: 'allow' })
    await idles(opened)
    expect(['one.txt', 'two.txt'].map((name) => existsSync(join(place.lab.project, name)))).toEqual([true, true])
  })

  it('shows the permissions of a sub-agent as those of its session', async () => {
    await using opened = await ready()
    await opened.deliver('TASK RUN env touch from-child.txt // SAY child done')
    await needs(opened)
    expect(opened.port.need()?.body).toBe('env touch from-child.txt')
    await opened.answer({ kind: 'allow' })
    await idles(opened)
    expect(existsSync(join(place.lab.project, 'from-child.txt'))).toBe(true)
  })

  it('serves sessions in different directories', async () => {
    const other = join(place.lab.folder, 'other')
    await mkdir(other)
    await using here = await ready()
    await using there = await ready({ workDir: other })
    await Promise.all([here.deliver('RUN env touch here.txt'), there.deliver('RUN env touch there.txt')])
    await Promise.all([needs(here), needs(there)])
    await there.answer({ kind: 'allow' })
    await idles(there)
    expect(existsSync(join(other, 'there.txt'))).toBe(true)
    expect(here.port.need()?.body).toBe('env touch here.txt')
    await here.answer({ kind: 'deny' })
    await idles(here)
  })

  it('stops a turn that waits for a permission, and answers the next prompt', async () => {
    await using opened = await ready()
    await opened.deliver('RUN env touch never.txt')
    await needs(opened)
    await opened.agent.interrupt()
    await opened.port.until('the need is gone', () => opened.port.need() === undefined)
    await opened.deliver('SAY right away')
    await shows(opened, '  right away')
    expect(existsSync(join(place.lab.project, 'never.txt'))).toBe(false)
  })

  it('says that it tries again, and that it is limited', async () => {
    await using opened = await ready()
    await opened.deliver('FAIL 529 3')
    await opened.port.untilSignal('activity', (signal) => /^retrying in \d+ s: /.test(signal.why))
    await shows(opened, '↻ attempt 1 failed')
    await opened.port.until('limited', () => opened.port.need()?.kind === 'limited', 15_000)
    await opened.agent.interrupt()
    await idles(opened)
  })

  it('refuses arguments that are about its server', async () => {
    await expect(openAgent(benchOf(place), { args: ['--port', '1'] })).rejects.toMatchObject({ code: 'usage.invalid' })
  })

  it('goes on without a conversation that is gone, afresh and with the first prompt', async () => {
    const request = { isResume: true, resumeId: 'ses_gone', prompt: 'SAY from the beginning' }
    await using opened = await openAgent(benchOf(place), request)
    expect(opened.port.signals.find(({ type }) => type === 'ready')).toMatchObject({
      why: 'its conversation was not found: it starts afresh',
    })
    await replied(opened, 'from the beginning')
  })

  it('shows the conversation on its own screen', async () => {
    await using opened = await ready()
    await opened.deliver('SAY seen on both screens')
    await idles(opened)
    const plan = opened.agent.ownScreen!.plan()
    await using screen = openTerminal({
      file: join(place.lab.folder, 'bin/opencode'),
      args: plan.args,
      cwd: plan.cwd,
      env: plan.env,
    })
    await screen.until(
      (text) => opened.agent.ownScreen!.isReady(text.split('\n')) && text.includes('seen on both screens'),
      SCREEN_WITHIN_MS,
    )
  })

  it('shows on its own screen what it asked before that was opened, and takes the answer there', async () => {
    await using opened = await ready()
    await opened.deliver('RUN env touch asked-before.txt')
    await needs(opened)
    const plan = opened.agent.ownScreen!.plan()
    await using screen = openTerminal({
      file: join(place.lab.folder, 'bin/opencode'),
      args: plan.args,
      cwd: plan.cwd,
      env: plan.env,
    })
    await screen.until(/Permission required[\s\S]*Allow once/, SCREEN_WITHIN_MS)
    screen.write('\r')
    await idles(opened)
    expect(existsSync(join(place.lab.project, 'asked-before.txt'))).toBe(true)
  })
})

describe('an opencode server', () => {
  usePlace()

  it('that dies is started again on the same port, and its sessions are found again', async () => {
    await using opened = await openAgent(benchOf(place), { prompt: 'SAY before the crash' })
    await replies(opened)
    const before = noted(place)
    await opened.deliver('SLOW 60')
    await opened.port.until('working', () => opened.port.activity() === 'working')
    kill(before.pid, 'SIGKILL')
    const unknown = await opened.port.untilSignal('activity', (signal) => signal.activity === 'unknown')
    expect(unknown.why).toMatch(/server is gone.*SIGKILL.*started again/)
    await shows(opened, '↻ the opencode server is gone')
    await needs(opened)
    expect(opened.port.need()).toMatchObject({
      kind: 'error',
      body: expect.stringContaining('in the middle of the turn'),
    })
    const after = noted(place)
    expect(after.port).toBe(before.port)
    expect(after.pid).not.toBe(before.pid)
    await opened.deliver('SAY after the crash')
    await shows(opened, '  after the crash')
    await idles(opened)
    expect(place.health.map((each) => each.status)).toEqual(['degraded', 'ready'])
  })

  it('of a host that crashed is taken over with the turn that goes on, and ends with the next one, whatever runs', async () => {
    await using crashed = await openAgent(benchOf(place))
    const resumeId = crashed.port.signals.find((signal) => signal.type === 'identified')?.resumeId ?? ''
    await crashed.deliver('SLOW 5 said meanwhile')
    const leftover = noted(place)
    const next = nextHost(place)
    await using opened = await openAgent(
      { ...benchOf(place), backend: next },
      { isResume: true, resumeId, wasCutOff: true },
    )
    expect(noted(place)).toEqual(leftover)
    await replied(opened, 'said meanwhile')
    expect(await opened.agent.wasGiven?.('SLOW 5 said meanwhile', 0)).toBe(true)
    expect(await opened.agent.wasGiven?.('SLOW 5 said meanwhile', Date.now())).toBe(false)
    expect(await opened.agent.wasGiven?.('never given', 0)).toBe(false)
    await opened.deliver('RUN sleep 300')
    await needs(opened)
    await opened.answer({ kind: 'allow' })
    await opened.port.untilSignal('activity', (signal) => signal.why === 'running bash: sleep 300')
    await opened.agent.close()
    await next.shutdown()
    await place.backend.shutdown()
    await expect.poll(() => processesOf(place.lab.home)).toEqual([])
    expect(existsSync(join(place.directory, 'server.json'))).toBe(false)
  })

  it('of a host that crashed is ended when nobody needs it any more', async () => {
    const { lab, directory } = place
    const program = join(lab.folder, 'bin/opencode')
    const password = 'of-a-host-that-crashed'
    const left = await startServer({
      ...{ program, directory, password, env: lab.env, port: undefined },
      alone: withoutInheritedFiles,
      async onSpawned(server) {
        await noteServer(directory, { ...server, password })
        expect(await findNoted(directory)).toMatchObject(server)
      },
    })
    await nextHost(place).endUnused?.()
    await left.exited
    expect(existsSync(join(directory, 'server.json'))).toBe(false)
  })
})

async function replied({ port }: Opened, text: string): Promise<void> {
  const isTold = (): boolean => port.signals.some((signal) => signal.type === 'replied' && signal.text.includes(text))
  await expect.poll(isTold, { timeout: 30_000 }).toBe(true)
}

/** The backend of the host that comes after. */
function nextHost(place: Place): Backend {
  const next = createOpencodeBackend(backendContext({ env: place.lab.env, directory: place.directory }))
  onTestFinished(() => next.shutdown())
  return next
}

describe('without opencode', () => {
  it('says that the program is missing, and starts nothing', async () => {
    const place = await makePlaceForTest({ PATH: '/nowhere' })
    expect(await place.backend.health()).toEqual({ status: 'unavailable', detail: 'opencode was not found on PATH' })
    await expect(openAgent(benchOf(place))).rejects.toMatchObject({ code: 'program.missing' })
  })
})
