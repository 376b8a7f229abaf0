import { afterAll, describe, expect, test, vi } from 'vitest'
import { eventually } from '../harness/eventually.ts'
import { type Room, startRoom } from '../harness/room.ts'
import type { Screen } from '../harness/screen.ts'
import { openSite, type Site } from '../harness/site.ts'

// Longer than a wait that is in vain and the clean-up after it.
vi.setConfig({ testTimeout: 60_000 })

/** A site with sessions that repeat each line they get. */
async function siteWith(...names: readonly string[]): Promise<Site> {
  const site = await openSite()
  await Promise.all(names.map((name) => site.shell(name, 'sh', '-c', `echo screen-of-${name}; exec cat`)))
  return site
}

/** Sites that several tests look at; what a test changes in them is undone at its end, or is its own text alone. */
const shared = new Map<string, Promise<Site>>()

/** A site with these sessions that others use as well: nothing may be ended in it. */
function sharedSite(...names: readonly string[]): Promise<Site> {
  const key = names.join(' ')
  const site = shared.get(key) ?? siteWith(...names)
  shared.set(key, site)
  return site
}

afterAll(async () => {
  for (const site of shared.values()) await (await site)[Symbol.asyncDispose]()
})

/** The room with its list drawn, and every session at rest: one that comes to rest later would change the order under the keys. */
async function openList(site: Site, ...names: readonly string[]): Promise<Room> {
  const room = await startRoom({ site })
  const isThere = (screen: Screen) => names.every((name) => screen.has(`project/${name}`))
  await room.see('the list at rest', (screen) => isThere(screen) && screen.has(`IDLE ${names.length}`))
  return room
}

/** The session whose row carries the selection bar. */
function selected(screen: Screen): string | undefined {
  const row = screen.lines.find((line) => line.startsWith('▌'))
  return /project\/(\S+)/.exec(row ?? '')?.[1]
}

/** The number of the first numbered row that is shown. */
function topRow(screen: Screen): number {
  return Number(/row-(\d+)\./.exec(screen.text())?.[1] ?? Number.NaN)
}

const ended = (screen: Screen): boolean => !screen.has('Sure?')

describe('moving about', () => {
  test('j and k and the arrows move the selection, and the live screen follows it', async () => {
    const site = await sharedSite('one', 'two', 'three')
    await using room = await openList(site, 'one', 'two', 'three')
    const first = selected(await room.see('a selection', (screen) => selected(screen) !== undefined))
    room.press('j')
    const second = selected(await room.see('the next', (screen) => selected(screen) !== first))
    await room.seeText(`screen-of-${second}`)
    room.press('down')
    const third = selected(await room.see('the third', (screen) => selected(screen) !== second))
    expect(new Set([first, second, third]).size).toBe(3)
    room.press('k', 'up')
    await room.see('the first again', (screen) => selected(screen) === first)
    await room.seeText(`screen-of-${first}`)
    room.press('end')
    await room.see('the last', (screen) => selected(screen) === third)
    room.press('home')
    await room.see('the first', (screen) => selected(screen) === first)
  })

  test('g shows every screen, z one at full size, v the list again', async () => {
    const site = await sharedSite('one', 'two')
    await using room = await openList(site, 'one', 'two')
    room.press('g')
    await room.see('tiles', (screen) => screen.has('screen-of-one') && screen.has('screen-of-two'))
    room.press('z')
    const zoomed = await room.see('one screen', (screen) => screen.has('screen-of-one') !== screen.has('screen-of-two'))
    expect(zoomed.find('screen-of-')?.x).toBe(0)
    room.press('v')
    await room.see('the list', (screen) => selected(screen) !== undefined && screen.has('screen-of-'))
  })

  test('the filter narrows the list while it is typed, Enter keeps it, Escape undoes it', async () => {
    const site = await sharedSite('one', 'two')
    await using room = await openList(site, 'one', 'two')
    room.press('/')
    room.type('two')
    await room.see('only two', (screen) => screen.has('project/two') && !screen.has('project/one'))
    room.press('escape')
    await room.see('both', (screen) => screen.has('project/two') && screen.has('project/one'))
    room.press('/')
    room.type('backend:shell one')
    room.press('enter')
    await room.see('only one', (screen) => screen.has('project/one') && !screen.has('project/two'))
    room.press('/', 'ctrl+u', 'enter')
    await room.see('both', (screen) => screen.has('project/two') && screen.has('project/one'))
  })

  test('PgUp and PgDn page through what was, whatever the session prints meanwhile; Escape returns', async () => {
    await using site = await openSite()
    const print = 'print() { i=$1; while [ $i -le $2 ]; do echo "row-$i."; i=$((i + 1)); done; }'
    await site.shell('long', 'sh', '-c', `${print}; print 1 300; read more; print 301 600; exec cat`)
    await using room = await startRoom({ site })
    await room.seeText('row-300.')
    const live = topRow(room.screen)
    room.press('pageup')
    await room.see('older rows', (screen) => screen.has('scrolled back') && topRow(screen) < live)
    const top = topRow(room.screen)
    await site.run('nudge', 'long', 'go')
    await eventually('300 more rows', async () => (await site.run('peek', 'long')).stdout.includes('row-600.'))
    expect(topRow(room.screen)).toBe(top)
    room.press('pageup')
    await room.see('rows older still', (screen) => topRow(screen) < top)
    room.press('pagedown')
    await room.see('the first page again', (screen) => topRow(screen) === top)
    room.press('escape')
    await room.see('live', (screen) => screen.has('row-600.') && !screen.has('scrolled back'))
  })
})

describe('telling sessions things', () => {
  test('n sends a text to the selected session', async () => {
    const site = await sharedSite('cat')
    await using room = await openList(site, 'cat')
    room.press('n')
    await room.seeText('Nudge')
    room.type('hello from the operator')
    room.press('enter')
    await room.see('the echo', (screen) => !screen.has('Esc cancel') && screen.has('hello from the operator'))
  })

  test('a paste into the message is text, its control characters are not', async () => {
    const site = await sharedSite('cat')
    await using room = await openList(site, 'cat')
    room.press('n')
    await room.seeText('Nudge')
    room.paste('pasted \x1b[31mtext\x03 q')
    await room.seeText('pasted')
    room.press('enter')
    await room.see('the echo', (screen) => !screen.has('Esc cancel') && screen.has('pasted [31mtext q'))
  })

  test('b shows the marked recipients before it sends to them alone', async () => {
    const site = await sharedSite('one', 'two', 'three')
    await using room = await openList(site, 'one', 'two', 'three')
    room.press('home', 'space')
    const first = selected(await room.seeText('✓'))
    room.press('j', 'space')
    const second = selected(await room.see('two marks', (screen) => screen.text().split('✓').length === 3))
    room.press('b')
    const shown = await room.seeText('To 2 sessions')
    expect(shown.text()).toContain(`project/${first}`)
    room.type('to the marked')
    room.press('enter')
    await room.see('sent', (screen) => !screen.has('Esc cancel'))
    const texts = async (name: string) => (await site.run('peek', name)).stdout
    room.press('g')
    await room.see('both echoes', (screen) => screen.text().split('to the marked').length >= 3)
    for (const name of ['one', 'two', 'three']) {
      expect((await texts(name)).includes('to the marked'), name).toBe(name === first || name === second)
    }
  })

  test('b without marks names all shown sessions, and Escape sends nothing', async () => {
    const site = await sharedSite('one', 'two')
    await using room = await openList(site, 'one', 'two')
    room.press('b')
    await room.seeText('To 2 sessions')
    room.type('never sent')
    room.press('escape')
    await room.see('closed', (screen) => !screen.has('To 2 sessions'))
    expect((await site.run('peek', 'one')).stdout).not.toContain('never sent')
  })
})

describe('ending sessions', () => {
  test('x asks first; n keeps the session, y ends it and it leaves the list', async () => {
    await using site = await siteWith('one', 'two')
    await using room = await openList(site, 'one', 'two')
    const name = selected(room.screen) ?? ''
    room.press('x')
    await room.seeText(`Terminate project/${name}?`)
    room.press('n')
    await room.see('closed', ended)
    expect(await site.json('agents')).toHaveLength(2)
    room.press('x')
    await room.seeText(`Terminate project/${name}?`)
    room.press('y')
    await room.see('it has ended', (screen) => ended(screen) && screen.has('1 stopped'))
    await room.see('it is still selected', (screen) => selected(screen) === name)
    room.press('x')
    await room.seeText(`Terminate project/${name}?`)
    room.press('y')
    await room.see('gone', (screen) => ended(screen) && screen.has(' 1 session ') && selected(screen) !== name)
    const left = (await site.json('agents')) as readonly { readonly agentName: string; readonly state: string }[]
    expect(left.filter(({ state }) => state === 'running').map(({ agentName }) => agentName)).not.toContain(name)
  })

  test('Q asks, then ends every session and the host', async () => {
    await using site = await siteWith('one')
    await using room = await openList(site, 'one')
    room.press('Q')
    await room.seeText('Sure?')
    room.press('y')
    expect((await room.exited).exitCode).toBe(0)
    expect(await site.json('host', 'status')).toMatchObject({ running: false })
  })
})

describe('finding out', () => {
  test('? lists the keys, scrolls and closes', async () => {
    const site = await sharedSite('cat')
    await using room = await openList(site, 'cat')
    room.press('?')
    await room.seeText('PgDn scroll')
    room.press('end')
    await room.see('the end', (screen) => !screen.has('more lines below'))
    room.press('escape')
    await room.see('closed', (screen) => !screen.has('PgDn scroll'))
  })

  test(': finds a command by its name and runs it', async () => {
    const site = await sharedSite('one', 'two')
    await using room = await openList(site, 'one', 'two')
    for (const key of [':', 'ctrl+k']) {
      room.press(key)
      await room.see('the palette', (screen) => screen.has('Enter run') && screen.has('Zoom view'))
      room.type('grid')
      room.press('enter')
      await room.see('the grid', (screen) => screen.has('screen-of-one') && screen.has('screen-of-two'))
      room.press('v')
      await room.see('the list', (screen) => selected(screen) !== undefined)
    }
  })

  test('a key that cannot do anything now says why', async () => {
    const site = await sharedSite('cat')
    await using room = await openList(site, 'cat')
    room.press('y')
    await room.seeText('asks nothing')
  })

  test('s starts a session from the form', async () => {
    await using room = await startRoom()
    await room.seeText('No sessions yet.')
    room.press('s')
    await room.see('the form', (screen) => screen.has('Backend') || screen.has('backend'))
    room.press('escape')
    await room.seeText('No sessions yet.')
  })
})
