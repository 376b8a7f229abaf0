import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OpenRequest } from '../../src/backends/backend.ts'
import { createClaudeBackend } from '../../src/backends/claude/backend.ts'
import { type Bench, backendSuite, type Opened, openAgent } from '../contract/backend-suite.ts'
import { backendContext } from '../harness/backend-context.ts'
import { startLab } from '../harness/lab.ts'

async function createBench(): Promise<Bench> {
  const lab = await startLab()
  const folder = join(lab.folder, 'sessions')
  const directory = join(lab.folder, 'claude')
  await mkdir(directory)
  const backend = createClaudeBackend(backendContext({ env: lab.env, directory }))
  await writeFile(join(lab.project, '.gitignore'), '*.txt\n')
  return {
    backend,
    env: lab.env,
    workDir: lab.project,
    folder,
    [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose](),
  }
}

backendSuite({
  name: 'claude',
  create: createBench,
  capabilities: {
    surface: 'pty',
    hasSignals: true,
    confirmsPrompts: true,
    canResume: true,
    canInterrupt: true,
    canFork: true,
    hasOwnEnvironment: true,
    takesFirstPrompt: true,
    answers: ['allow', 'always', 'deny', 'option', 'options', 'text'],
  },
  words: {
    say: (text) => `SAY ${text}`,
    slow: (seconds) => `SLOW ${seconds}`,
    run: (command) => `RUN ${command}`,
    ask: (question, options) => `ASK ${[question, ...options].join(' | ')}`,
    fail: 'FAIL 400',
  },
})

describe('claude backend', () => {
  let bench: Bench
  beforeAll(async () => {
    bench = await createBench()
    await mkdir(bench.folder, { recursive: true })
  })
  afterAll(async () => {
    await bench.backend.shutdown()
    await bench[Symbol.asyncDispose]()
  })
  const ready = async (options: Partial<OpenRequest> = {}) => {
    const opened = await openAgent(bench, options)
    await opened.port.untilSignal('ready')
    return opened
  }
  const needs = ({ port }: Opened) => port.until('a need', () => port.need() !== undefined)
  const idles = ({ port }: Opened) => port.until('idle', () => port.activity() === 'idle' && port.need() === undefined)
  const prompts = ({ port }: Opened) => port.untilSignal('replied')

  it('keeps its secret out of the process list', async () => {
    await using opened = await ready()
    const file = join(opened.request.directory, 'claude-settings.json')
    const settings = await readFile(file, 'utf8')
    const secret = /Bearer ([\w-]+)/.exec(settings)?.[1]
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(secret).toBeTruthy()
    expect(await readFile(`/proc/${opened.port.pid()}/cmdline`, 'utf8')).not.toContain(secret)
  })

  it('shows the trust dialog as a need, and becomes ready when it is answered in the pane', async () => {
    const workDir = await mkdtemp(join(tmpdir(), 'signalbox-untrusted-'))
    try {
      await using opened = await openAgent(bench, { workDir })
      await needs(opened)
      expect(opened.port.need()).toMatchObject({ kind: 'question', title: 'Trust this folder?', answers: [] })
      expect(opened.port.need()?.body).toContain(workDir)
      await expect(opened.deliver('SAY hello')).rejects.toMatchObject({ code: 'message.unsafe' })
      await expect(opened.answer({ kind: 'allow' })).rejects.toMatchObject({ code: 'need.unanswerable' })
      await opened.port.untilQuiet()
      opened.port.type('\x1b[B')
      await opened.port.until('yes selected', () => /❯ (1\. )?Yes/.test(opened.port.picture()))
      await opened.port.untilQuiet()
      opened.port.type('\r')
      await opened.port.untilSignal('ready')
      await idles(opened)
    } finally {
      await rm(workDir, { recursive: true, force: true })
    }
  })

  it('takes a command, a shell line, a farewell and a final backslash as plain text', async () => {
    await using opened = await ready()
    for (const text of ['/clear', '  /exit', '! touch shell.txt', 'exit', '# note', 'ends with \\', 'look at @READ']) {
      expect(await opened.deliver(text)).toEqual(['injected', 'submitted', 'seen'])
      await idles(opened)
    }
    expect(opened.port.signals.filter((signal) => signal.type === 'replied')).toHaveLength(7)
    expect(opened.port.signals.filter((signal) => signal.type === 'identified')).toEqual([])
    expect(existsSync(join(bench.workDir, 'shell.txt'))).toBe(false)
  })

  it('hands over long, wide and hostile texts', async () => {
    await using opened = await ready()
    const texts = [
      Array.from({ length: 60 }, (_, at) => `line ${at} of a long message`).join('\n'),
      'word '.repeat(400),
      '日本語 テスト 👍🏽 👨‍👩‍👧 é ⚠️ ok',
      '👍🏽👍🏽',
      'raw \x1b[201~ escape \x03 and \u200b\u2060invisible',
    ]
    for (const text of texts) {
      expect(await opened.deliver(text)).toEqual(['injected', 'submitted', 'seen'])
      await idles(opened)
    }
  })

  it('sees a message that is queued in a running turn', async () => {
    await using opened = await ready()
    await opened.deliver('SLOW 2')
    await opened.port.until('working', () => opened.port.activity() === 'working')
    expect(await opened.deliver('SAY queued words')).toEqual(['injected', 'submitted', 'seen'])
    await opened.port.untilSignal('replied', (signal) => signal.text.includes('queued words'))
    await idles(opened)
  })

  it('never sends a text that stands behind a draft', async () => {
    await using opened = await ready()
    opened.port.type('half a thought')
    await opened.port.until('the draft', () => opened.port.picture().includes('half a thought'))
    await expect(opened.deliver('SAY my own words')).rejects.toMatchObject({ code: 'message.unconfirmed' })
    expect(opened.port.signals.filter((signal) => signal.type === 'replied')).toEqual([])
  })

  it('follows an answer and an Esc given in the pane', async () => {
    await using opened = await ready({ prompt: 'RUN touch by-key.txt ;; RUN touch escaped.txt' })
    await needs(opened)
    const first = opened.port.need()!
    opened.port.type('1')
    await opened.port.until('the next need', () => opened.port.need()?.body.includes('escaped') === true)
    expect(existsSync(join(bench.workDir, 'by-key.txt'))).toBe(true)
    expect(opened.port.signals).toContainEqual({ type: 'need-gone', key: first.key, outcome: 'answered-elsewhere' })
    await expect(opened.agent.interrupt()).rejects.toMatchObject({ code: 'message.unsafe' })
    opened.port.type('\x1b')
    await idles(opened)
    expect(existsSync(join(bench.workDir, 'escaped.txt'))).toBe(false)
  })

  it('offers a plan, and a question to be answered in words', async () => {
    await using opened = await ready({
      args: ['--permission-mode', 'plan'],
      prompt: 'TOOL ExitPlanMode {"plan":"# Steps\\n- first"} ;; ASK Which one?|This|That',
    })
    await needs(opened)
    expect(opened.port.need()).toMatchObject({ kind: 'plan', title: 'Plan' })
    expect(opened.port.need()?.body).not.toBe('')
    await opened.answer({ kind: 'allow' })
    await opened.port.until('the question', () => opened.port.need()?.kind === 'question')
    await opened.answer({ kind: 'text', text: 'Neither of them' })
    expect((await prompts(opened)).text).toContain('Neither of them')
  })

  it('shows the request of a subagent', async () => {
    await using opened = await ready({ prompt: 'TASK RUN touch sub.txt // SAY sub done' })
    await needs(opened)
    expect(opened.port.need()).toMatchObject({ kind: 'permission', title: 'Bash (a subagent)', body: 'touch sub.txt' })
    await opened.answer({ kind: 'allow' })
    await opened.port.until('the file', () => existsSync(join(bench.workDir, 'sub.txt')))
    await idles(opened)
  })

  it('follows /clear to the new conversation and counts tokens', async () => {
    await using opened = await ready({ prompt: 'USAGE 1234 ;; SAY counted' })
    const used = await opened.port.untilSignal('used')
    expect(used.usage.inputTokens).toBeGreaterThan(0)
    expect(used.usage.model).toBeTruthy()
    expect(used.usage).not.toHaveProperty('costUsd')
    await idles(opened)
    opened.port.type('/clear')
    await opened.port.until('the command', () => opened.port.picture().includes('/clear'))
    opened.port.type('\r')
    const identified = await opened.port.untilSignal('identified')
    expect(identified.resumeId).not.toBe(opened.request.resumeId)
    expect(await opened.deliver('SAY after')).toContain('seen')
  })

  it('starts anew under the same id what never had a prompt', async () => {
    const first = await ready()
    await first[Symbol.asyncDispose]()
    await using second = await ready({ resumeId: first.request.resumeId, isResume: true, prompt: 'SAY anew' })
    expect((await prompts(second)).text).toContain('anew')
  })

  it('starts anew under another id what was killed at its first prompt, before the prompt was written', async () => {
    const resumeId = randomUUID()
    const project = join(bench.env['HOME'] ?? '', '.claude/projects/elsewhere')
    await mkdir(project, { recursive: true })
    const head = { type: 'mode', mode: 'normal', sessionId: resumeId }
    await writeFile(join(project, `${resumeId}.jsonl`), `${JSON.stringify(head)}\n{"type":"user","mess`)
    await using opened = await ready({ resumeId, isResume: true, prompt: 'SAY anew' })
    const [identified, ...others] = opened.port.signals.filter((signal) => signal.type === 'identified')
    expect(identified?.resumeId).not.toBe(resumeId)
    expect(others).toEqual([])
    expect((await prompts(opened)).text).toContain('anew')
    // It writes its transcript a little later than it replies.
    await expect.poll(() => opened.agent.wasGiven?.('SAY anew', 0)).toBe(true)
  })

  it("keeps the operator's own settings beside its hooks", async () => {
    const settings = JSON.stringify({ permissions: { allow: ['Bash(touch:*)'] } })
    await using opened = await ready({ args: ['--settings', settings], prompt: 'RUN touch free.txt ;; SAY free' })
    await prompts(opened)
    expect(opened.port.signals.filter((signal) => signal.type === 'need')).toEqual([])
    expect(existsSync(join(bench.workDir, 'free.txt'))).toBe(true)
  })
})
