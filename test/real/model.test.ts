import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Lab, startLab } from '../harness/lab.ts'
import { type OpencodeServer, startOpencode } from '../harness/opencode.ts'
import { openTerminal, type TestTerminal } from '../harness/pty.ts'

let lab: Lab

beforeEach(async () => {
  lab = await startLab()
})
afterEach(async () => {
  await lab[Symbol.asyncDispose]()
  expect(existsSync(lab.folder)).toBe(false)
})

describe('claude', () => {
  let claude: TestTerminal

  const start = (prompt: string) => {
    const args = ['--permission-mode', 'default', prompt]
    claude = openTerminal({ file: 'claude', args, cwd: lab.project, env: lab.env })
  }
  const registry = async () =>
    JSON.parse(await readFile(join(lab.home, '.claude/sessions', `${claude.pid}.json`), 'utf8'))

  afterEach(() => claude[Symbol.asyncDispose]())

  test('says what the model says, with no dialog before it', async () => {
    start('SAY hello from the model')
    const screen = await claude.until(/● hello from the model[\s\S]*\n❯/)
    expect(screen).not.toMatch(/trust|API key|theme/i)
    expect(lab.model.requests()).toMatchObject([
      { dialect: 'anthropic', prompt: 'SAY hello from the model', status: 200, outcome: 'answered' },
    ])
    expect((await registry()).version).toMatch(/^2\./)
  })

  test('asks before it runs a command, and the command runs once allowed', async () => {
    start('SAY I will make a file. ;; RUN touch made.txt ;; SAY all done')
    await claude.until(/Do you want to proceed\?[\s\S]*❯ 1\. Yes/)
    await expect.poll(registry).toMatchObject({ status: 'waiting', waitingFor: 'permission prompt' })
    claude.write('1')
    await claude.until(/● all done/)
    expect(await readdir(lab.project)).toContain('made.txt')
    expect(claude.screen()).toContain('I will make a file.')
  })

  test('puts a question with the options of the script', async () => {
    start('ASK Which colour? | Red | Blue: the calm one')
    await claude.until(/Which colour\?[\s\S]*1\. Red[\s\S]*2\. Blue\s+the calm one[\s\S]*Enter to select/)
    claude.write('2')
    await claude.until(/done: [\s\S]*Blue/)
  })

  test('retries an overloaded model, then goes on', async () => {
    start('FAIL 529 1 ;; SAY recovered')
    await claude.until(/● recovered/)
    expect(lab.model.requests().map((request) => request.status)).toEqual([529, 200])
  })

  test('leaves on SIGTERM, and its stream stops with it', async () => {
    start('SLOW 600')
    await claude.until(/● I am reading/)
    await claude[Symbol.asyncDispose]()
    expect((await claude.exited).exitCode).toBe(143)
    expect(await readdir(join(lab.home, '.claude/sessions'))).toEqual([])
  })
})

describe('opencode', () => {
  let opencode: OpencodeServer
  let session: string

  interface Event {
    readonly type: string
    readonly properties: Readonly<Record<string, unknown>>
  }

  const prompt = (text: string) =>
    opencode.call('POST', `/session/${session}/prompt_async`, { parts: [{ type: 'text', text }] })
  const eventsUntil = async (type: string, begin: () => Promise<unknown>): Promise<readonly Event[]> => {
    const seen: Event[] = []
    for await (const event of opencode.events()) {
      if (event.type === 'server.connected') await begin()
      seen.push(event)
      if (event.type === type) break
    }
    return seen
  }
  const lastText = async () => {
    const messages = (await opencode.call('GET', `/session/${session}/message`)) as readonly { parts: Event[] }[]
    return JSON.stringify(messages.at(-1)?.parts)
  }

  beforeEach(async () => {
    opencode = await startOpencode({ cwd: lab.project, env: lab.env })
    session = ((await opencode.call('POST', '/session', {})) as { id: string }).id
  })
  afterEach(() => opencode[Symbol.asyncDispose]())

  test('gives the answer of the model, and a title from the prompt', async () => {
    await eventsUntil('session.idle', () => prompt('SAY hello from the model'))
    expect(await lastText()).toContain('"text":"hello from the model"')
    expect(await opencode.call('GET', `/session/${session}`)).toMatchObject({ title: 'Hello from the model' })
  })

  test('asks before it runs a command, and the command runs once allowed', async () => {
    const asked = (await eventsUntil('permission.asked', () => prompt('RUN touch made.txt ;; SAY all done'))).at(-1)
    expect(asked?.properties).toMatchObject({ sessionID: session, permission: 'bash', patterns: ['touch made.txt'] })
    const reply = `/permission/${asked?.properties['id']}/reply`
    await eventsUntil('session.idle', () => opencode.call('POST', reply, { reply: 'once' }))
    expect(await lastText()).toContain('all done')
    expect(await readdir(lab.project)).toContain('made.txt')
  })

  test('puts a question with the options of the script', async () => {
    const asked = (await eventsUntil('question.asked', () => prompt('ASK Which colour? | Red | Blue'))).at(-1)
    expect(asked?.properties).toMatchObject({
      questions: [{ question: 'Which colour?', options: [{ label: 'Red' }, { label: 'Blue' }] }],
    })
    const reply = `/question/${asked?.properties['id']}/reply`
    await eventsUntil('session.idle', () => opencode.call('POST', reply, { answers: [['Blue']] }))
    expect(await lastText()).toContain('Blue')
  })
})
