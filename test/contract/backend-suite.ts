import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Agent, Backend, OpenRequest } from '../../src/backends/backend.ts'
import { sessionId } from '../../src/core/ids.ts'
import type { Answer } from '../../src/core/need.ts'
import { createTestPort, type TestPort } from '../harness/agent-port.ts'

/** What to tell an agent so that it does something; a word that an agent has no use for is left out with its cases. */
export interface Words {
  /** It answers with this text and nothing else. */
  readonly say: (text: string) => string
  /** It works for so many seconds, then ends its turn. */
  readonly slow?: (seconds: number) => string
  /** It asks for permission to run this shell command, and runs it in its working directory. */
  readonly run?: (command: string) => string
  /** It asks the operator this, and then says what was chosen. */
  readonly ask?: (question: string, options: readonly string[]) => string
  /** Its turn ends with an error. */
  readonly fail?: string
}

/** One backend and the place where its agents live. Made once for the suite. */
export interface Bench extends AsyncDisposable {
  readonly backend: Backend
  /** Complete environment of an agent. */
  readonly env: Readonly<Record<string, string>>
  /** Where agents work; `folder` is outside it and may be filled by the suite. Both are removed by the bench. */
  readonly workDir: string
  readonly folder: string
}

/** A started agent, as a test holds it. */
export interface Opened extends AsyncDisposable {
  readonly agent: Agent
  readonly port: TestPort
  readonly request: OpenRequest
  /** Hands over a text and gives the stages that were reported. */
  readonly deliver: (text: string) => Promise<readonly string[]>
  /** Answers the need that is shown. */
  readonly answer: (answer: Answer) => Promise<void>
}

/** Starts one agent of a bench. Disposing closes it as a host does. */
export async function openAgent(bench: Bench, options: Partial<OpenRequest> = {}): Promise<Opened> {
  const port = createTestPort(options.size)
  const request: OpenRequest = {
    id: sessionId(randomUUID()),
    agentName: 'toast',
    role: 'crew',
    workDir: bench.workDir,
    resumeId: randomUUID(),
    isResume: false,
    prompt: undefined,
    args: [],
    size: { cols: 120, rows: 40 },
    env: bench.env,
    directory: await mkdtemp(join(bench.folder, 'session-')),
    ...options,
  }
  const agent = await bench.backend.open(request, port.port)
  return {
    agent,
    port,
    request,
    deliver: async (text) => {
      const stages: string[] = []
      await agent.deliver(text, (stage) => stages.push(stage))
      return stages
    },
    answer: (answer) => agent.answer(port.need()!, answer),
    [Symbol.asyncDispose]: async () => {
      await agent.close()
      await port[Symbol.asyncDispose]()
    },
  }
}

/** What a backend's suite is made of. */
export interface BackendSuite extends Pick<Backend, 'name' | 'capabilities'> {
  readonly create: () => Promise<Bench>
  readonly words: Words
  /** Program arguments of every agent of the suite. */
  readonly args?: readonly string[]
}

/**
 * The cases that every backend must pass, with real agents. A case runs when the backend's capabilities promise what it
 * needs and its word is given. Call it inside a test file:
 *
 *     backendSuite({ name: 'shell', create: createShellBench, words: { say: (text) => text }, args: [...] })
 */
export function backendSuite(suite: BackendSuite): void {
  const { capabilities } = suite
  describe(`backend contract: ${suite.name}`, () => {
    let bench: Bench
    beforeAll(async () => {
      bench = await suite.create()
      await mkdir(bench.folder, { recursive: true })
    })
    afterAll(async () => {
      await bench.backend.shutdown()
      await bench[Symbol.asyncDispose]()
    })
    const open = (options: Partial<OpenRequest> = {}) => openAgent(bench, { args: suite.args ?? [], ...options })
    const tools: Tools = {
      ...suite,
      can: (kind) => capabilities.answers.includes(kind),
      open,
      ready: async (options) => {
        const opened = await open(options)
        await opened.port.untilSignal('ready')
        return opened
      },
      shows: ({ port }, text) => port.until(`the picture shows ${text}`, () => port.picture().includes(text)),
      needs: ({ port }) => port.until('a need', () => port.need() !== undefined),
      idles: ({ port }) => port.until('idle', () => port.activity() === 'idle' && port.need() === undefined),
      made: (name) => join(bench.workDir, name),
    }
    it('says what it can do and whether it can start sessions', async () => {
      expect(bench.backend.capabilities).toEqual(capabilities)
      expect(bench.backend.defaults.limit).toBeGreaterThan(0)
      const health = await bench.backend.health()
      expect(health.status).not.toBe('unavailable')
    })
    textCases(tools)
    turnCases(tools)
    needCases(tools)
    questionCases(tools)
    refusalCases(tools)
    endCases(tools)
  })
}

interface Tools extends Pick<BackendSuite, 'capabilities' | 'words'> {
  readonly can: (kind: Answer['kind']) => boolean
  readonly open: (options?: Partial<OpenRequest>) => Promise<Opened>
  readonly ready: (options?: Partial<OpenRequest>) => Promise<Opened>
  readonly shows: (opened: Opened, text: string) => Promise<void>
  readonly needs: (opened: Opened) => Promise<void>
  readonly idles: (opened: Opened) => Promise<void>
  readonly made: (name: string) => string
}

function textCases({ capabilities, words, open, ready, shows, idles }: Tools): void {
  it('becomes ready once, after which it is idle and takes a text', async () => {
    await using opened = await ready()
    await idles(opened)
    const stages = await opened.deliver(words.say('one potato'))
    expect(stages).toEqual(['injected', 'submitted', ...(capabilities.confirmsPrompts ? ['seen'] : [])])
    await shows(opened, 'one potato')
    await idles(opened)
    expect(opened.port.signals.filter((signal) => signal.type === 'ready')).toHaveLength(1)
  })

  it('hands over texts one after the other, each once', async () => {
    await using opened = await ready()
    await Promise.all([opened.deliver(words.say('first pear')), opened.deliver(words.say('second plum'))])
    await shows(opened, 'first pear')
    await shows(opened, 'second plum')
  })

  it.runIf(capabilities.takesFirstPrompt)('carries out its first prompt and reports the reply', async () => {
    await using opened = await open({ prompt: words.say('born working') })
    await opened.port.untilSignal('ready')
    const replied = await opened.port.untilSignal('replied')
    expect(replied.text).toContain('born working')
    await idles(opened)
  })

  it.runIf(capabilities.takesFirstPrompt)('takes a first prompt that looks like a flag', async () => {
    await using opened = await open({ prompt: `--version is a flag\n${words.say('dash it')}` })
    const replied = await opened.port.untilSignal('replied')
    expect(replied.text).toContain('dash it')
  })
}

function turnCases({ capabilities, words, ready, shows, needs, idles }: Tools): void {
  it.runIf(words.slow !== undefined)('is working while it works and idle afterwards', async () => {
    await using opened = await ready()
    await opened.deliver(words.slow?.(2) ?? '')
    await opened.port.until('working', () => opened.port.activity() === 'working')
    await idles(opened)
  })

  it.runIf(capabilities.canInterrupt && words.slow !== undefined)('stops its turn when interrupted', async () => {
    await using opened = await ready()
    await opened.deliver(words.slow?.(60) ?? '')
    await opened.port.until('working', () => opened.port.activity() === 'working')
    await opened.agent.interrupt()
    await idles(opened)
    await opened.deliver(words.say('still here'))
    await shows(opened, 'still here')
  })

  it.runIf(words.fail !== undefined)('raises an error as a need, which the next prompt clears', async () => {
    await using opened = await ready()
    await opened.deliver(words.fail ?? '')
    await needs(opened)
    expect(opened.port.need()?.kind).toMatch(/^(error|limited)$/)
    await opened.deliver(words.say('better now'))
    await shows(opened, 'better now')
    await idles(opened)
  })
}

function needCases({ words, can, ready, needs, idles, made }: Tools): void {
  it.runIf(words.run !== undefined && can('allow'))('asks before a command and runs it when allowed', async () => {
    await using opened = await ready()
    await opened.deliver(words.run?.('touch allowed.txt') ?? '')
    await needs(opened)
    expect(opened.port.need()).toMatchObject({ kind: 'permission' })
    expect(opened.port.need()?.body).toContain('touch allowed.txt')
    expect(existsSync(made('allowed.txt'))).toBe(false)
    await opened.answer({ kind: 'allow' })
    await idles(opened)
    expect(existsSync(made('allowed.txt'))).toBe(true)
  })

  it.runIf(words.run !== undefined && can('deny'))('does not run what was denied and passes on why', async () => {
    await using opened = await ready()
    await opened.deliver(words.run?.('touch denied.txt') ?? '')
    await needs(opened)
    const need = opened.port.need()!
    await opened.answer({ kind: 'deny', text: 'use another name' })
    await idles(opened)
    expect(existsSync(made('denied.txt'))).toBe(false)
    await expect(opened.agent.answer(need, { kind: 'allow' })).rejects.toMatchObject({ code: 'need.gone' })
  })
}

function questionCases({ words, can, ready, needs, idles, made }: Tools): void {
  it.runIf(words.run !== undefined && can('always'))('does not ask again for what is always allowed', async () => {
    await using opened = await ready()
    await opened.deliver(words.run?.('touch always-1.txt') ?? '')
    await needs(opened)
    expect(opened.port.need()?.always).toBeTruthy()
    await opened.answer({ kind: 'always' })
    await idles(opened)
    await opened.deliver(words.run?.('touch always-1.txt always-2.txt') ?? '')
    await opened.port.until('the second file', () => existsSync(made('always-2.txt')))
    expect(opened.port.signals.filter((signal) => signal.type === 'need')).toHaveLength(1)
  })

  it.runIf(words.ask !== undefined && can('option'))('asks a question and takes the chosen option', async () => {
    await using opened = await ready()
    await opened.deliver(words.ask?.('Which colour?', ['Red', 'Blue']) ?? '')
    await needs(opened)
    const need = opened.port.need()!
    expect(need.kind).toBe('question')
    expect(need.body).toContain('Which colour?')
    const blue = need.options.find((option) => option.label === 'Blue')!
    await opened.answer({ kind: 'option', key: blue.key })
    const replied = await opened.port.untilSignal('replied')
    expect(replied.text).toContain('Blue')
    await idles(opened)
  })
}

function refusalCases({ words, ready, needs, idles, made }: Tools): void {
  it.runIf(words.run !== undefined)('refuses a text while it asks, and approves nothing by it', async () => {
    await using opened = await ready()
    await opened.deliver(words.run?.('touch approved.txt') ?? '')
    await needs(opened)
    await expect(opened.deliver(words.say('hello'))).rejects.toMatchObject({ code: 'message.unsafe' })
    expect(opened.port.signals.filter((signal) => signal.type === 'need-gone')).toEqual([])
    await opened.answer({ kind: 'deny' })
    await idles(opened)
    expect(existsSync(made('approved.txt'))).toBe(false)
  })

  it('refuses a text while an operator types', async () => {
    await using opened = await ready()
    opened.port.setDraft('the operator is typing')
    await expect(opened.deliver(words.say('nobody reads this'))).rejects.toMatchObject({ code: 'message.unsafe' })
    expect(opened.port.picture()).not.toContain('nobody reads this')
  })
}

function endCases({ capabilities, words, ready, shows, idles }: Tools): void {
  it.runIf(capabilities.canResume)('goes on with a conversation after its end', async () => {
    const first = await ready({ prompt: words.say('remember the turnip') })
    await idles(first)
    await first.port.untilSignal('replied')
    const resumeId = first.port.signals.findLast((each) => each.type === 'identified')?.resumeId
    await first[Symbol.asyncDispose]()
    await using second = await ready({ resumeId: resumeId ?? first.request.resumeId, isResume: true })
    await shows(second, 'remember the turnip')
  })

  it.runIf(capabilities.canFork)('begins as a copy of another conversation, which goes on by itself', async () => {
    await using first = await ready({ prompt: words.say('remember the carrot') })
    await first.port.untilSignal('replied')
    await idles(first)
    const forkOf = first.port.signals.findLast((each) => each.type === 'identified')?.resumeId ?? first.request.resumeId
    await using second = await ready({ forkOf, prompt: words.say('and the leek') })
    await shows(second, 'remember the carrot')
    expect((await second.port.untilSignal('replied')).text).toContain('and the leek')
    await idles(second)
    const copy = second.port.signals.findLast((each) => each.type === 'identified')?.resumeId ?? second.request.resumeId
    expect(copy).not.toBe(forkOf)
    await first.deliver(words.say('only here'))
    await shows(first, 'only here')
    expect(first.port.picture()).not.toContain('and the leek')
    expect(second.port.picture()).not.toContain('only here')
    await second.port.until('its tokens', () => outputOf(second) > 0)
    await first.port.until('the tokens of both turns', () => outputOf(first) > outputOf(second))
  })

  it('leaves no process behind', async () => {
    const opened = await ready()
    const pid = opened.port.pid()
    await opened[Symbol.asyncDispose]()
    if (pid !== undefined) await expect(readFile(`/proc/${pid}/stat`)).rejects.toThrow()
  })
}

/** Tokens that an agent has reported: a copy has not spent what it was copied with. */
function outputOf({ port }: Opened): number {
  return port.signals.findLast((signal) => signal.type === 'used')?.usage.outputTokens ?? 0
}
