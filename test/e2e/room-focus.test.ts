import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { eventually } from '../harness/eventually.ts'
import { keyBytes } from '../harness/key-bytes.ts'
import { type Room, startRoom } from '../harness/room.ts'
import { openSite } from '../harness/site.ts'

// Longer than a wait that is in vain and the clean-up after it.
vi.setConfig({ testTimeout: 60_000 })

const RECORDER = join(import.meta.dirname, '../fixtures/agents/record-bytes.mjs')
const LETTERS = [...'abcdefghijklmnopqrstuvwxyz']
const F_KEYS = Array.from({ length: 12 }, (_, index) => `f${index + 1}`)
const CURSOR = ['up', 'down', 'right', 'left', 'home', 'end']
const OTHERS = ['tab', 'shift+tab', 'enter', 'backspace', 'delete', 'insert', 'pageup', 'pagedown', 'ctrl+space']

/** A room whose only session records what it gets, with the keys going to it. */
async function openRecorder(...modes: readonly string[]) {
  const site = await openSite()
  const file = join(site.folder, 'bytes')
  await site.shell('recorder', process.execPath, RECORDER, file, ...modes)
  const room = await startRoom({ site })
  await room.seeText('recorder is ready.')
  room.press('enter')
  await room.seeText('FOCUS')
  return {
    room,
    got: (what: string, expected: Buffer) => recorded(room, { file, what, expected }),
    [Symbol.asyncDispose]: async () => {
      await room[Symbol.asyncDispose]()
      await site[Symbol.asyncDispose]()
    },
  }
}

/** Waits until as many bytes have arrived as were sent and compares them. */
async function recorded(room: Room, want: { file: string; what: string; expected: Buffer }): Promise<void> {
  const { file, what, expected } = want
  const bytes = await eventually(
    `${expected.length} bytes of ${what}`,
    () => {
      const now = readFileSync(file)
      return now.length >= expected.length && now
    },
    { describe: () => `got ${JSON.stringify(readFileSync(file, 'latin1').slice(0, 400))}\n${room.screen.text()}` },
  )
  expect(bytes.toString('latin1').replaceAll('\x1b', 'ESC')).toBe(expected.toString('latin1').replaceAll('\x1b', 'ESC'))
}

function bytesOf(keys: readonly string[], isApplicationCursor: boolean): string {
  return keys.map((key) => keyBytes(key, { isApplicationCursor })).join('')
}

describe('focus', () => {
  test('every key arrives as the terminal sends it', async () => {
    await using recorder = await openRecorder()
    const keys = [
      ...LETTERS.map((letter) => `ctrl+${letter}`),
      ...LETTERS.map((letter) => `alt+${letter}`),
      ...[...F_KEYS, ...CURSOR, ...OTHERS, 'shift+enter', 'ctrl+\\', 'ctrl+^', 'ctrl+_', 'q', '?', ':'],
    ]
    recorder.room.press(...keys)
    await recorder.got('keys', Buffer.from(bytesOf(keys, false), 'latin1'))
  })

  test('arrows follow the mode the program set', async () => {
    await using recorder = await openRecorder('ESC[?1h')
    await recorder.room.see('the mode is mirrored', (screen) => screen.modes.applicationCursor)
    recorder.room.press(...CURSOR)
    await recorder.got('arrows', Buffer.from(bytesOf(CURSOR, true), 'latin1'))
    recorder.room.press('ctrl+]')
    await recorder.room.see('the mode is undone', (screen) => !screen.modes.applicationCursor && !screen.has('FOCUS'))
  })

  test('a lone Escape arrives, and so does what follows it', async () => {
    await using recorder = await openRecorder()
    recorder.room.press('escape')
    await recorder.got('Escape', Buffer.from('\x1b'))
    recorder.room.press('x')
    await recorder.got('Escape and x', Buffer.from('\x1bx'))
  })

  test('text beyond ASCII arrives whole, however it is cut', async () => {
    await using recorder = await openRecorder()
    const text = 'grüße 漢字 👩‍👩‍👧‍👦 🇩🇪 ⚠️ é'
    for (const byte of Buffer.from(text)) recorder.room.send(Uint8Array.of(byte))
    await recorder.got('text', Buffer.from(text))
  })

  test('modified keys of extended keyboards arrive untouched', async () => {
    await using recorder = await openRecorder('ESC[>1u')
    const text = '\x1b[13;2u\x1b[97;5u\x1b[27;1;1u\x1b[1;5A\x1b[3;2~\x1b[27;5;13~'
    recorder.room.send(text)
    await recorder.got('sequences', Buffer.from(text, 'latin1'))
  })

  test.each([
    ['with markers when the program asked for them', ['ESC[?2004h'], true],
    ['without markers when it did not', [], false],
  ])('a paste of 100 kB arrives %s', async (_, modes, isBracketed) => {
    await using recorder = await openRecorder(...modes)
    const body = Array.from({ length: 2000 }, (_, index) => `line ${index} of a paste, ünïcode 漢字 and more…`).join(
      '\r',
    )
    expect(Buffer.byteLength(body)).toBeGreaterThan(95_000)
    recorder.room.paste(body)
    await recorder.got('the paste', Buffer.from(isBracketed ? `\x1b[200~${body}\x1b[201~` : body))
  })

  test('keys that come in one piece with the ones that begin or end focus go where they belong', async () => {
    await using recorder = await openRecorder()
    const { room } = recorder
    room.send('one\x1d?')
    await room.see('the help, and no focus', (screen) => screen.has('PgDn scroll') && !screen.has('FOCUS'))
    room.send('q')
    await room.see('no help', (screen) => !screen.has('PgDn scroll'))
    room.send('\rqx?two')
    await room.seeText('FOCUS')
    await recorder.got('all that was typed into the session', Buffer.from('oneqx?two'))
  })

  test('the chord leaves from every view, and the next key is the room’s again', async () => {
    await using recorder = await openRecorder()
    const { room } = recorder
    for (const view of ['g', 'z', 'v']) {
      room.press('ctrl+]')
      await room.see('no focus', (screen) => !screen.has('FOCUS'))
      room.press(view)
      room.press('enter')
      await room.seeText('FOCUS')
    }
    room.send('x\x1d')
    await room.see('no focus', (screen) => !screen.has('FOCUS'))
    await recorder.got('only what was typed before the chord', Buffer.from('x'))
    room.press('?')
    await room.seeText('PgDn scroll')
  })

  test('attach opens one session with the keys going to it', async () => {
    await using site = await openSite()
    await site.shell('echo', 'cat')
    await using room = await startRoom({ site, args: ['attach', 'echo'] })
    await room.seeText('FOCUS')
    room.type('typed through attach')
    await room.seeText('typed through attach')
    room.press('ctrl+]')
    await Promise.race([room.exited, room.see('no focus', (screen) => !screen.has('FOCUS'))])
  })
})
