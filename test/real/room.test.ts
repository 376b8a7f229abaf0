import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { AGENT_DEADLINE_MS, type AgentsSite, openAgentsSite } from '../harness/agents-site.ts'
import { eventually } from '../harness/eventually.ts'
import { type Room, startRoom } from '../harness/room.ts'
import type { Screen } from '../harness/screen.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

type Name = 'ada' | 'otto'

/** So long a question takes no key that may have been meant for the one before it, and a little longer. */
const NEW_FOR_MS = 400

/** The session whose row carries the selection bar. */
function selected(screen: Screen): string | undefined {
  return /project\/(\S+)/.exec(screen.lines.find((line) => line.startsWith('▌')) ?? '')?.[1]
}

const count = (screen: Screen, text: string): number => screen.text().split(text).length - 1
const isFocused = (screen: Screen): boolean => screen.has(' FOCUS ')

describe('the room with Claude Code and Opencode', () => {
  let site: AgentsSite
  let room: Room
  beforeAll(async () => {
    site = await openAgentsSite()
    room = await startRoom({ site, size: { cols: 130, rows: 44 } })
  })
  afterAll(async () => {
    await room[Symbol.asyncDispose]()
    await site[Symbol.asyncDispose]()
  })

  const see = (what: string, isMet: (screen: Screen) => boolean) => room.see(what, isMet, AGENT_DEADLINE_MS)
  const seeText = (text: string) => see(text, (screen) => screen.has(text))
  const inProject = (file: string): boolean => existsSync(join(site.project, file))

  /** Starts a session with the form; `letter` chooses the backend. */
  const spawn = async (letter: string, name: Name, prompt: string): Promise<void> => {
    room.press('s')
    await seeText('Spawn a session')
    room.press(letter, 'tab', 'tab', 'tab')
    room.type(name)
    room.press('tab', 'tab', 'tab')
    room.type(prompt)
    await see('the form filled in', (screen) => screen.has(`name        ${name}`) && screen.has(prompt))
    room.press('enter')
    await seeText('starting…')
    await see(`${name} is ready`, (screen) => !screen.has('Spawn a session') && selected(screen) === name)
  }
  /** Presses a key and waits for the frame that shows its effect: the one before it looks like an answer as well. */
  const pressed = async (key: string): Promise<void> => {
    const before = room.mark?.inputs ?? 0
    room.press(key)
    await see(`what ${key} does`, () => (room.mark?.inputs ?? 0) > before)
  }
  /** Sessions change places when they change what they do, so that a place says nothing about who stands there. */
  const select = async (name: Name): Promise<void> => {
    for (let tries = 0; tries < 6 && selected(room.screen) !== name; tries += 1) {
      await pressed(tries % 2 === 0 ? 'home' : 'j')
    }
    await see(`${name} selected`, (screen) => selected(screen) === name)
  }
  /** Sends the selected session a text with `n`. */
  const nudge = async (text: string): Promise<void> => {
    room.press('n')
    await seeText('Nudge')
    room.type(text)
    await seeText(text.slice(-40))
    room.press('enter')
    await see('the message is sent', (screen) => !screen.has('Esc cancel'))
  }
  const seeFooter = (pattern: RegExp) => see(`${pattern} below`, (s) => pattern.test(s.row(s.rows - 1)))
  const leaveFocus = async (): Promise<void> => {
    room.press('ctrl+]')
    await see('the room', (screen) => !isFocused(screen))
  }
  const asks = async (name: Name, ...texts: readonly string[]): Promise<void> => {
    await select(name)
    await see(`${name} asks ${texts.join(', ')}`, (screen) => texts.every((text) => screen.has(text)))
  }
  /** Presses a key that answers; again, a moment later, when the room says that the question was too new for it. */
  const answer = async (key: string, done: string): Promise<void> => {
    const pressedAt = performance.now()
    room.press(key)
    await see('an answer', (screen) => screen.has(done) || screen.has('press the key again'))
    if (!room.screen.has(done)) {
      await eventually('the question is new no more', () => performance.now() - pressedAt > NEW_FOR_MS)
      room.press(key)
    }
    await seeText(done)
  }

  it('starts both from the form, each with a first prompt', async () => {
    await seeText('No sessions yet.')
    await spawn('c', 'ada', 'SAY hello from ada')
    await see('the answer', (screen) => count(screen, 'hello from ada') >= 2)
    await spawn('o', 'otto', 'SAY hello from otto')
    await see('the answer', (screen) => count(screen, 'hello from otto') >= 2)
    expect((await site.idle('ada')).backend).toBe('claude')
    expect((await site.idle('otto')).backend).toBe('opencode')
  })

  it.each<Name>(['ada', 'otto'])(
    'shows the answer of %s as it is streamed, and that it has seen a nudge',
    async (name) => {
      await select(name)
      // Claude Code shows what is streamed paragraph by paragraph.
      await nudge('STREAM 2 first second\\n\\nthird fourth fifth sixth seventh eighth\\n\\nninth last')
      await see('a part of it', (screen) => count(screen, 'first second') === 2 && count(screen, 'ninth last') === 1)
      await see('all of it', (screen) => count(screen, 'ninth last') === 2)
      await site.idle(name)
      await nudge(`SAY a word to ${name}`)
      await seeFooter(new RegExp(`project/${name}.*seen`))
      await see('the answer', (screen) => count(screen, `a word to ${name}`) >= 2)
      await site.idle(name)
    },
  )

  it('shows a permission of Claude Code with its whole command, and lets it be answered in its own dialog', async () => {
    const command = `env touch dialog-claude.txt && echo ${'a-long-command '.repeat(6)}ends-here`
    await site.nudge('ada', `RUN ${command}`)
    await asks('ada', 'permission', 'env touch dialog-claude.txt', 'ends-here', 'y allow', 'd deny')
    await seeText('Do you want to proceed?')
    room.press('enter')
    await see('focus', isFocused)
    await site.asks('ada')
    expect(inProject('dialog-claude.txt')).toBe(false)
    room.press('1')
    await eventually('the file', () => inProject('dialog-claude.txt'), { deadlineMs: AGENT_DEADLINE_MS })
    await leaveFocus()
    expect(await site.idle('ada')).toMatchObject({ need: null })
  })

  it('shows a permission of Opencode, and lets it be answered on its real screen', async () => {
    await site.nudge('otto', 'RUN env touch dialog-opencode.txt')
    await asks('otto', 'permission', 'env touch dialog-opencode.txt', 'y allow', 'd deny')
    room.press('enter')
    await see('focus', isFocused)
    await seeText('Allow once')
    expect(inProject('dialog-opencode.txt')).toBe(false)
    room.press('enter')
    await eventually('the file', () => inProject('dialog-opencode.txt'), { deadlineMs: AGENT_DEADLINE_MS })
    await leaveFocus()
    expect(await site.idle('otto')).toMatchObject({ need: null })
    await see('the transcript again', (screen) => screen.has('❯ RUN env touch dialog-opencode.txt'))
  })

  it.each<Name>(['ada', 'otto'])(
    'answers a permission of %s with y and another with d, from the list',
    async (name) => {
      await site.nudge(name, `RUN env touch allowed-${name}.txt`)
      await asks(name, `env touch allowed-${name}.txt`, 'y allow')
      await answer('y', `Allowed: project/${name}`)
      await eventually('the file', () => inProject(`allowed-${name}.txt`), { deadlineMs: AGENT_DEADLINE_MS })
      await site.idle(name)
      await site.nudge(name, `RUN env touch denied-${name}.txt`)
      await asks(name, `env touch denied-${name}.txt`, 'd deny')
      await answer('d', `Denied: project/${name}`)
      await site.idle(name)
      expect(inProject(`denied-${name}.txt`)).toBe(false)
    },
  )

  it.each<Name>(['ada', 'otto'])('answers a question of %s with a digit', async (name) => {
    await site.nudge(name, 'ASK Which colour? | Vermilion | Cobalt')
    await asks(name, 'question', 'Which colour?', '1  Vermilion', '2  Cobalt')
    await answer('2', `Chose 2: project/${name}`)
    await site.idle(name)
    await see('the choice', (screen) => screen.lines.some((line) => /done: .*Cobalt/.test(line)))
  })

  it('lists who gets a broadcast before it is sent, and then that both have seen it', async () => {
    room.press('b')
    await see('the recipients', (s) => s.has('To 2 sessions') && s.has('project/ada') && s.has('project/otto'))
    room.type('SAY heard by both')
    await seeText('SAY heard by both')
    room.press('enter')
    await seeFooter(/2 seen/)
    for (const name of ['ada', 'otto'] as const) {
      await site.idle(name)
      await select(name)
      await see('the answer', (screen) => count(screen, 'heard by both') >= 2)
    }
  })

  it('shows everything again when it is opened anew', async () => {
    await room.quit()
    const before = (await site.agents()).map(({ id, state }) => ({ id, state }))
    await room[Symbol.asyncDispose]()
    room = await startRoom({ site, size: { cols: 130, rows: 44 } })
    await see('both sessions', (screen) => screen.has('project/ada') && screen.has('project/otto'))
    for (const name of ['ada', 'otto'] as const) {
      await select(name)
      await see('its screen', (screen) => count(screen, 'heard by both') >= 2)
    }
    expect((await site.agents()).map(({ id, state }) => ({ id, state }))).toEqual(before)
  })

  it('ends both with x, and nothing of them is left', async () => {
    for (const name of ['ada', 'otto'] as const) {
      await select(name)
      room.press('x')
      await seeText(`Terminate project/${name}?`)
      room.press('y')
      await seeText(`Ended project/${name}`)
    }
    await seeText('2 stopped')
    const left = () => site.agentProcesses().filter((command) => !command.includes('opencode serve'))
    await eventually('no program of them is left', () => left().length === 0, { describe: () => left().join('\n') })
    await room.quit()
    expect((await site.run('host', 'stop')).code).toBe(0)
    await eventually('no process is left', () => site.agentProcesses().length === 0 && site.hostPid() === undefined)
    expect(site.stateFiles().filter((name) => /\.(?:sock|json)$/.test(name))).toEqual([])
    expect(readdirSync(join(site.state, 'sessions'))).toEqual([])
  })
})
