import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { eventually } from '../harness/eventually.ts'
import { startRoom } from '../harness/room.ts'
import { openSite, type Site } from '../harness/site.ts'

// Longer than a wait that is in vain and the clean-up after it.
vi.setConfig({ testTimeout: 60_000 })

const fileOf = (site: Site): string => join(site.folder, 'home/.config/signalbox/settings.json')

function writeSettings(site: Site, settings: object | string): void {
  mkdirSync(dirname(fileOf(site)), { recursive: true })
  writeFileSync(fileOf(site), typeof settings === 'string' ? settings : JSON.stringify(settings))
}

const hasFooter = (text: string) => (screen: { readonly rows: number; row(index: number): string }) =>
  screen.row(screen.rows - 1).includes(text)

describe('settings of the operator', () => {
  test('give another key and another chord; footer and help show them', async () => {
    await using site = await openSite()
    writeSettings(site, { keys: { 'message.nudge': ['N'], 'focus.leave': ['ctrl+g'] } })
    await site.shell('echo', 'cat')
    await using room = await startRoom({ site, size: { cols: 200, rows: 50 } })
    await room.see('the key in the footer', hasFooter('N nudge'))
    room.press('N')
    await room.seeText('Esc cancel')
    room.press('escape')
    await room.see('no field', (screen) => !screen.has('Esc cancel'))
    room.press('enter')
    await room.see('the chord in the footer', hasFooter('Ctrl+g leave focus'))
    room.type('\x1dtyped on')
    await room.seeText('typed on')
    expect(room.screen.has('FOCUS')).toBe(true)
    room.press('ctrl+g')
    await room.see('no focus', (screen) => !screen.has('FOCUS'))
    room.press('?')
    await room.see('the help', (screen) => /N +Nudge/.test(screen.text()))
    for (let page = 0; page < 10; page++) room.press('pagedown')
    await room.see('its end', (screen) => /Ctrl\+g +Leave focus/.test(screen.text()))
  })

  test('are taken over while the room is open, and said when they are wrong', async () => {
    await using site = await openSite()
    writeSettings(site, { keys: { 'message.nudge': ['hyper+n'] } })
    await site.shell('echo', 'cat')
    await using room = await startRoom({ site, size: { cols: 200, rows: 40 } })
    await room.seeText('settings.json:1: keys.message.nudge: "hyper+n" is no key')
    writeSettings(site, { keys: { 'message.nudge': ['alt+n'] } })
    await room.seeText('Settings taken over')
    await room.see('the new key', hasFooter('Alt+n nudge'))
    writeSettings(site, '{')
    await room.seeText('The settings before go on.')
    room.press('alt+n')
    await room.seeText('Esc cancel')
    room.press('escape')
  })

  test('that are wrong open no room: the message says where', async () => {
    await using site = await openSite()
    writeSettings(site, '{\n  "theme": "drak"\n}')
    await using room = await startRoom({ site })
    expect((await room.exited).exitCode).toBe(2)
    expect(room.written().replaceAll(/\s+/g, ' ')).toContain(
      `${fileOf(site)}:2: "theme": expected "dark", "light" or an object with "colours"`,
    )
    expect(room.written()).not.toContain('\x1b[?1049h')
    const checks = await site.run('doctor')
    expect(checks.stdout).toMatch(/FAILED +own settings +.*settings\.json:2: "theme"/)
  })

  test('start a command of their own for a need, and the room announces it', async () => {
    await using site = await openSite({ TERM_PROGRAM: 'WezTerm' })
    const hook = join(site.folder, 'hook.sh')
    writeFileSync(hook, `#!/bin/sh\ncat > ${site.folder}/part && mv ${site.folder}/part ${site.folder}/told.json\n`)
    chmodSync(hook, 0o755)
    writeSettings(site, { notifications: { command: [hook] } })
    await site.shell('calm', 'cat')
    const id = await site.shell('brief', 'sh', '-c', 'while [ ! -e go ]; do sleep 0.05; done; exit 3')
    await using room = await startRoom({ site })
    await room.seeText('brief')
    writeFileSync(join(site.project, 'go'), '')
    const told = await eventually('the hook is told', () => readIfThere(join(site.folder, 'told.json')), {
      describe: site.hostLog,
    })
    expect(JSON.parse(told)).toMatchObject({
      session: { id, name: 'brief', rig: 'project', backend: 'shell', workDir: site.project },
      need: { kind: 'exited' },
    })
    await eventually('the bell and the notification', () =>
      /\x1b\]9;signalbox: project\/brief needs you: exited[^\x1b]*\x1b\\\x07/.test(room.written()),
    )
    expect(room.screen.title).toBe('signalbox: 1 need you')
  })
})

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // Not yet.
    return undefined
  }
}
