import { existsSync, readFileSync, statSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import type { OpenRequest } from '../../src/backends/backend.ts'
import { backendSuite, type Opened, openAgent } from '../contract/backend-suite.ts'
import { openTerminal } from '../harness/pty.ts'
import { benchOf, idles, makePlaceForTest, needs, noted, replied, sharedPlace, shows } from './opencode-place.ts'

vi.setConfig({ testTimeout: 90_000 })

/** Its screen takes long the first time. */
const SCREEN_WITHIN_MS = 40_000

const count = ({ port }: Opened, type: string) => port.signals.filter((signal) => signal.type === type).length

/** One place for all that follows: each server takes a core for seconds when it starts. */
const place = sharedPlace()

describe('the real opencode', () => {
  const ready = async (options: Partial<OpenRequest> = {}) => {
    const opened = await openAgent(benchOf(place()), options)
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
    const { pid, port } = noted(place())
    expect(statSync(join(place().directory, 'server.json')).mode & 0o777).toBe(0o600)
    expect((await fetch(`http://127.0.0.1:${port}/global/health`)).status).toBe(401)
    const password = opened.agent.ownScreen!.plan().env['OPENCODE_SERVER_PASSWORD']!
    expect(password.length).toBeGreaterThan(20)
    expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).not.toContain(password)
    expect(opened.agent.ownScreen!.plan().args.join(' ')).not.toContain(password)
  })

  it('asks no registry for packages', () => {
    expect(existsSync(join(place().lab.home, '.npm'))).toBe(false)
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
    expect(['one.txt', 'two.txt'].map((name) => existsSync(join(place().lab.project, name)))).toEqual([true, true])
  })

  it('shows the permissions of a sub-agent as those of its session', async () => {
    await using opened = await ready()
    await opened.deliver('TASK RUN env touch from-child.txt // SAY child done')
    await needs(opened)
    expect(opened.port.need()?.body).toBe('env touch from-child.txt')
    await opened.answer({ kind: 'allow' })
    await idles(opened)
    expect(existsSync(join(place().lab.project, 'from-child.txt'))).toBe(true)
  })

  it('serves sessions in different directories', async () => {
    const other = join(place().lab.folder, 'other')
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
    expect(existsSync(join(place().lab.project, 'never.txt'))).toBe(false)
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
    await expect(openAgent(benchOf(place()), { args: ['--port', '1'] })).rejects.toMatchObject({
      code: 'usage.invalid',
    })
  })

  it('goes on without a conversation that is gone, afresh and with the first prompt', async () => {
    const request = { isResume: true, resumeId: 'ses_gone', prompt: 'SAY from the beginning' }
    await using opened = await openAgent(benchOf(place()), request)
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
      file: join(place().lab.folder, 'bin/opencode'),
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
      file: join(place().lab.folder, 'bin/opencode'),
      args: plan.args,
      cwd: plan.cwd,
      env: plan.env,
    })
    await screen.until(/Permission required[\s\S]*Allow once/, SCREEN_WITHIN_MS)
    screen.write('\r')
    await idles(opened)
    expect(existsSync(join(place().lab.project, 'asked-before.txt'))).toBe(true)
  })
})

backendSuite({
  name: 'opencode',
  create: async () => benchOf(place()),
  capabilities: {
    surface: 'transcript',
    hasSignals: true,
    confirmsPrompts: true,
    canResume: true,
    canInterrupt: true,
    canFork: true,
    hasOwnEnvironment: false,
    takesFirstPrompt: true,
    answers: ['allow', 'always', 'deny', 'option', 'options', 'text'],
  },
  words: {
    say: (text) => `SAY ${text}`,
    slow: (seconds) => `SLOW ${seconds}`,
    // "always" holds for the whole directory: only the cases that are about it use the command that they allow.
    run: (command) => (command.includes('always') ? `RUN ${command}` : `RUN env ${command}`),
    ask: (question, options) => `ASK ${[question, ...options].join(' | ')}`,
    fail: 'FAIL 400',
  },
})

describe('without opencode', () => {
  it('says that the program is missing, and starts nothing', async () => {
    const place = await makePlaceForTest({ PATH: '/nowhere' })
    expect(await place.backend.health()).toEqual({ status: 'unavailable', detail: 'opencode was not found on PATH' })
    await expect(openAgent(benchOf(place))).rejects.toMatchObject({ code: 'program.missing' })
  })
})
