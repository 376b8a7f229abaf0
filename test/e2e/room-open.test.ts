import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { startRoom } from '../harness/room.ts'
import { openSite } from '../harness/site.ts'
import { temporaryDirectory } from '../harness/temporary.ts'

// Longer than a wait that is in vain and the clean-up after it.
vi.setConfig({ testTimeout: 60_000 })

describe('opening the room', () => {
  test('an empty room says what was found and what to do first', async () => {
    await using room = await startRoom()
    const screen = await room.seeText('No sessions yet.')
    expect(screen.row(0)).toContain('signalbox')
    expect(screen.text()).toContain('start a session')
    expect(screen.row(screen.rows - 1)).toContain('q quit')
    expect(screen.modes).toMatchObject({ alternateScreen: true, cursorVisible: false, bracketedPaste: true })
    expect((await room.quit()).exitCode).toBe(0)
  })

  test('an agent that takes its time to tell its version is said to be looked for, in the spawn form as well', async () => {
    using folder = temporaryDirectory()
    const answer = slowOpencode(folder.path)
    await using site = await openSite({ PATH: `${folder.path}:${process.env['PATH']}` })
    await using room = await startRoom({ site })
    await room.see('that it is looked for', (screen) => /opencode +checking +looking for it/.test(screen.text()))
    await room.type('s')
    await room.see('it in the form', (screen) => /backend .* opencode /.test(screen.text()))
    answer('1.99.0')
    await room.see('its version in the form', (screen) => /backend .* opencode .*1\.99\.0/.test(screen.text()))
  })

  test('a session that starts while the room is open appears, and its screen is live', async () => {
    await using room = await startRoom()
    await room.seeText('No sessions yet.')
    await room.site.shell('ticker', 'sh', '-c', 'read line; echo "got $line"; exec cat')
    await room.seeText('project/ticker')
    await room.site.run('nudge', 'ticker', 'from-outside')
    await room.seeText('got from-outside')
  })

  test('sessions go on after q, and reopening shows them again with their screens', async () => {
    await using site = await openSite()
    await site.shell('first', 'sh', '-c', 'echo words-of-first; exec cat')
    await site.shell('second', 'sh', '-c', 'echo words-of-second; exec cat')
    const before = (await site.json('agents')) as readonly { readonly pid: number }[]
    await using room = await startRoom({ site })
    await room.see('both sessions', (screen) => screen.has('project/first') && screen.has('project/second'))
    await room.quit()
    const after = (await site.json('agents')) as readonly { readonly pid: number; readonly state: string }[]
    expect(after.map(({ pid }) => pid)).toEqual(before.map(({ pid }) => pid))
    expect(after.map(({ state }) => state)).toEqual(['running', 'running'])
    await using again = await startRoom({ site })
    await again.see('the list and a live screen', (screen) => {
      const hasBoth = screen.has('project/first') && screen.has('project/second')
      return hasBoth && (screen.has('words-of-first') || screen.has('words-of-second'))
    })
    again.press('g')
    await again.see('both screens', (screen) => screen.has('words-of-first') && screen.has('words-of-second'))
  })

  test('a second room on the same host shows the same, and ends alone', async () => {
    await using site = await openSite()
    await site.shell('shared', 'sh', '-c', 'echo seen-by-both; exec cat')
    await using one = await startRoom({ site })
    await using other = await startRoom({ site, size: { cols: 90, rows: 30 } })
    await one.seeText('seen-by-both')
    await other.seeText('seen-by-both')
    await one.quit()
    await site.run('nudge', 'shared', 'still-here')
    await other.seeText('still-here')
  })

  test('a terminal that is too small gets a polite message, and the room when it grows', async () => {
    await using room = await startRoom({ size: { cols: 59, rows: 14 } })
    await room.seeText('59 × 14')
    room.resize(60, 15)
    await room.seeText('No sessions yet.')
    room.resize(40, 10)
    await room.seeText('40 × 10')
    room.resize(5, 2)
    await room.see('something fits', (screen) => screen.cols === 5)
    room.resize(100, 30)
    await room.seeText('No sessions yet.')
    expect((await room.quit()).exitCode).toBe(0)
  })

  test('without a terminal it says so instead of drawing', async () => {
    await using site = await openSite()
    const ran = await site.run()
    expect(ran.code).not.toBe(0)
    expect(ran.stderr).toContain('terminal')
    expect(site.hostPid()).toBeUndefined()
  })
})

/** A program called opencode that tells its version when it is given one. */
function slowOpencode(folder: string): (version: string) => void {
  const pipe = join(folder, 'version')
  execFileSync('mkfifo', [pipe])
  writeFileSync(join(folder, 'opencode'), `#!/bin/sh\nexec cat '${pipe}'\n`, { mode: 0o755 })
  return (version) => writeFileSync(pipe, `${version}\n`)
}
