import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { eventually } from '../harness/eventually.ts'
import { processesWith } from '../harness/processes.ts'
import { type Room, startRoom } from '../harness/room.ts'
import type { SeenModes } from '../harness/screen.ts'
import { openSite, PROGRAM, type Site } from '../harness/site.ts'

// Longer than a wait that is in vain and the clean-up after it.
vi.setConfig({ testTimeout: 60_000 })

const CRASHER = join(import.meta.dirname, '../fixtures/agents/crash-on-signal.cjs')

/** A terminal that nothing was set on. */
const UNTOUCHED: SeenModes = {
  alternateScreen: false,
  cursorVisible: true,
  applicationCursor: false,
  applicationKeypad: false,
  bracketedPaste: false,
  sendFocus: false,
  mouse: 'none',
  wraparound: true,
  synchronized: false,
}

/** Sets everything a program can, so that focus mirrors it. */
const ALL_MODES = "printf '\\033[?1h\\033=\\033[?1003h\\033[?1006h\\033[?1004h\\033[?2004h\\033[>5u all-modes-set'"

/** A room in which the keys go to a session that has set all modes. */
async function openFocused(site: Site, env: Readonly<Record<string, string>> = {}): Promise<Room> {
  await site.shell('modes', 'sh', '-c', `${ALL_MODES}; exec cat`)
  const room = await startRoom({ site, env })
  await room.seeText('all-modes-set')
  room.press('enter')
  await room.see('the modes of the session', (screen) => screen.modes.applicationCursor && screen.modes.mouse === 'any')
  return room
}

function expectGivenBack(room: Room): void {
  expect(room.screen.modes).toEqual(UNTOUCHED)
  expect(room.written().match(/\x1b\[>\d+u/g)?.length ?? 0).toBe(room.written().match(/\x1b\[<\d*u/g)?.length ?? 0)
}

describe('the terminal is given back', () => {
  test('by q', async () => {
    await using site = await openSite()
    await using room = await openFocused(site)
    room.press('ctrl+]')
    await room.see('no focus', (screen) => !screen.has('FOCUS'))
    expect(await room.quit()).toEqual({ exitCode: 0, signal: 0 })
    expectGivenBack(room)
  })

  test.each([
    ['SIGTERM', 15],
    ['SIGHUP', 1],
    ['SIGINT', 2],
  ] as const)('by %s while a session has the keys', async (name, signal) => {
    await using site = await openSite()
    await using room = await openFocused(site)
    room.kill(name)
    expect(await room.exited).toEqual({ exitCode: 0, signal })
    expectGivenBack(room)
    expect(await site.json('agents')).toMatchObject([{ agentName: 'modes', state: 'running' }])
  })

  test('by a crash, which is told', async () => {
    await using site = await openSite()
    await using room = await openFocused(site, { NODE_OPTIONS: `--require=${CRASHER}` })
    room.kill('SIGUSR2')
    expect((await room.exited).exitCode).not.toBe(0)
    expectGivenBack(room)
    expect(room.screen.text()).toContain('crashed on purpose')
    expect(await site.json('agents')).toMatchObject([{ agentName: 'modes', state: 'running' }])
  })

  test('when the host dies, the room says so, goes on, and can be left', async () => {
    await using site = await openSite()
    await site.shell('orphan', 'sh', '-c', 'echo before-the-crash; exec cat')
    await using room = await startRoom({ site })
    await room.seeText('before-the-crash')
    process.kill(site.hostPid() ?? 0, 'SIGKILL')
    await room.see('the loss', (screen) => /reconnecting|unknown since/.test(screen.text()))
    expect((await room.quit()).exitCode).toBe(0)
    expectGivenBack(room)
  })
})

describe('in a shell', () => {
  const roomProcess = (site: Site): number | undefined =>
    processesWith(site.folder).find(({ command }) => command.includes(PROGRAM) && !command.includes('host-process'))
      ?.pid

  test('Ctrl+Z gives the terminal to the shell, fg brings the room back', async () => {
    await using site = await openSite()
    await site.shell('worker', 'sh', '-c', 'echo words-of-worker; exec cat')
    await using room = await startRoom({ site, inShell: true })
    await room.seeText('words-of-worker')
    room.press('ctrl+z')
    await room.see('the shell', (screen) => !screen.modes.alternateScreen && screen.has('Stopped'))
    expect(room.screen.modes).toEqual(UNTOUCHED)
    room.type('echo shell-$((40+2))\r')
    await room.seeText('shell-42')
    room.type('fg\r')
    await room.see('the room', (screen) => screen.modes.alternateScreen && screen.has('words-of-worker'))
    room.press('q')
    await room.see('the shell again', (screen) => !screen.modes.alternateScreen)
    expect(room.screen.modes).toEqual(UNTOUCHED)
  })

  test('a suspended room ends when the shell is told to end it', async () => {
    await using site = await openSite()
    await using room = await startRoom({ site, inShell: true })
    await room.seeText('No sessions yet.')
    room.press('ctrl+z')
    await room.see('the shell', (screen) => !screen.modes.alternateScreen && screen.has('Stopped'))
    // The shell has the last word: threads of a process may go on for a moment after it looks dead from outside.
    room.type('kill %1; while kill -0 %1 2>/dev/null; do sleep 0.1; done\r')
    await room.seeText('Terminated')
    expect(room.screen.modes).toEqual(UNTOUCHED)
  })

  test('a room that was stopped and continued from outside is whole again', async () => {
    await using site = await openSite()
    await site.shell('worker', 'sh', '-c', 'echo words-of-worker; exec cat')
    await using room = await startRoom({ site, inShell: true })
    await room.seeText('words-of-worker')
    const pid = roomProcess(site) ?? 0
    process.kill(pid, 'SIGSTOP')
    await room.seeText('Stopped')
    room.type('fg\r')
    await room.see('the room', (screen) => screen.modes.alternateScreen && !screen.has('Stopped'))
    room.press('?')
    await room.seeText('PgDn scroll')
  })

  test('a room that is killed while a session has the keys leaves nothing on after the next one', async () => {
    await using site = await openSite()
    await site.shell('modes', 'sh', '-c', `${ALL_MODES}; exec cat`)
    await using room = await startRoom({ site, inShell: true })
    await room.seeText('all-modes-set')
    room.press('enter')
    await room.see('the modes of the session', ({ modes }) => modes.applicationCursor && modes.mouse === 'any')
    process.kill(roomProcess(site) ?? 0, 'SIGKILL')
    await room.seeText('Killed')
    expect(room.screen.modes).toMatchObject({ applicationCursor: true, applicationKeypad: true, mouse: 'any' })
    room.type(`${process.execPath} ${PROGRAM}; echo ended-$?\r`)
    await room.see('the next room', ({ modes }) => !modes.applicationCursor && modes.mouse === 'drag')
    await room.seeText('all-modes-set')
    room.press('q')
    await room.seeText('ended-0')
    expect(room.screen.modes).toEqual(UNTOUCHED)
    // The flags of the room that was killed are set to none on its own screen, and the next one has pushed none.
    expect(room.written().lastIndexOf('\x1b[=0;1u')).toBeGreaterThan(room.written().lastIndexOf('\x1b[>5u'))
  })

  test('the line settings are as they were before, by q and by a signal', async () => {
    await using site = await openSite()
    await using room = await startRoom({ site, args: ['--version'], inShell: true })
    const settings = (name: string) => readFileSync(join(site.project, name), 'utf8')
    for (const way of ['quit', 'term'] as const) {
      room.type(
        `stty -g > ${way}-before; ${process.execPath} ${PROGRAM}; stty -g > ${way}-after; echo ended-$?-${way}\r`,
      )
      await room.seeText('No sessions yet.')
      if (way === 'quit') room.press('q')
      else process.kill(await eventually('the room', () => roomProcess(site)), 'SIGTERM')
      await room.seeText(`ended-0-${way}`)
      expect(settings(`${way}-after`)).toBe(settings(`${way}-before`))
    }
  })
})

describe('a session cannot reach the terminal', () => {
  test('with titles, clipboard, device strings, modes, queries or a reset', async () => {
    await using site = await openSite()
    const evil = [
      ']0;EVIL-TITLE\\007',
      ']2;EVIL-TITLE\\007',
      ']52;c;RVZJTA==\\007',
      ']8;;http://evil.example\\007link\\033]8;;\\007',
      ']9;EVIL-NOTE\\007',
      ']777;notify;EVIL-NOTE;x\\007',
      ']1337;SetMark\\007',
      'P+q544e\\033\\\\',
      '_Gi=1;AAAA\\033\\\\',
      '^EVIL-PM\\033\\\\',
      '[?1049h',
      '[?1000h',
      '[?2026h',
      '[>31u',
      '[c',
      '[6n',
      '[21t',
      'c',
    ]
    const printed = evil.map((each) => `\\033${each}`).join('')
    await site.shell('evil', 'sh', '-c', `printf '${printed}'; sleep 0.2; echo all-tricks-done; exec cat`)
    await using room = await startRoom({ site })
    await room.seeText('all-tricks-done')
    room.press('enter')
    await room.seeText('FOCUS')
    const written = room.written()
    for (const trace of ['\x1b]52', '\x1b]8;', '\x1b]1337', '\x1bP', '\x1b_', '\x1b^', '\x1bc', 'EVIL-PM', 'RVZJTA']) {
      expect(written).not.toContain(trace)
    }
    expect(written.match(/\x1b\](?!7717)[^\x07\x1b]*EVIL[^\x07\x1b]*/)).toBeNull()
    expect(written.match(/\x1b\[(6n|c|21t)/)).toBeNull()
    expect(room.screen.title).not.toContain('EVIL-TITLE')
    room.press('ctrl+]')
    await room.see('no focus', (screen) => !screen.has('FOCUS'))
    await room.quit()
    expectGivenBack(room)
  })
})
