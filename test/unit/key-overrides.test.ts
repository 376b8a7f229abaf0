import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { COMMANDS, ROOM_COMMANDS } from '../../src/core/commands.ts'
import { readKey } from '../../src/core/key-notation.ts'
import { type KeyOverrides, REMAPPABLE, readKeyOverrides } from '../../src/core/key-overrides.ts'
import { decodeKey, keyName } from '../../src/ui/terminal/key.ts'
import { InputTokenizer } from '../../src/ui/terminal/tokenizer.ts'
import { keyName as shownKey } from '../../src/ui/theme/key-names.ts'
import { keyBytes } from '../harness/key-bytes.ts'

/** The name of the key that these bytes are. */
function heard(bytes: string): string | undefined {
  let name: string | undefined
  const tokenizer = new InputTokenizer((token) => {
    const key = decodeKey(token)
    name = key === undefined || key === 'ignored' ? undefined : keyName(key)
  })
  tokenizer.push(new TextEncoder().encode(bytes))
  tokenizer.settle()
  return name
}

describe('a key as an operator writes it', () => {
  test.each([
    ['n', 'n'],
    ['N', 'N'],
    ['?', '?'],
    ['+', '+'],
    ['é', 'é'],
    ['ctrl++', 'ctrl++'],
    ['Ctrl+K', 'ctrl+k'],
    ['shift+n', 'N'],
    ['shift+alt+n', 'alt+N'],
    ['alt+ctrl+delete', 'ctrl+alt+delete'],
    ['Shift+Tab', 'shift+tab'],
    ['Esc', 'escape'],
    ['PgDn', 'pagedown'],
    ['F12', 'f12'],
    ['ctrl+\\', 'ctrl+\\'],
  ])('%s is %s', (text, key) => {
    expect(readKey(text)).toEqual({ key })
  })

  test.each(['', 'nn', 'f36', 'hyper+n', 'ctrl+', 'shift+1', ' ', '\x1b', 'ctrl+enterr'])('%j is none', (text) => {
    expect(readKey(text)).toMatchObject({ problem: expect.stringContaining('is no key') })
  })

  test.each(['ctrl+i', 'ctrl+m', 'ctrl+h', 'Ctrl+['])('%s is another key for every program', (text) => {
    expect(readKey(text)).toMatchObject({ problem: expect.stringContaining('reaches programs as') })
  })

  test('every key of the table is one, also as the room shows it', () => {
    for (const id of ROOM_COMMANDS) {
      for (const key of COMMANDS[id].keys) {
        expect(readKey(key), key).toEqual({ key })
        expect(readKey(shownKey(key)), key).toEqual({ key })
      }
    }
  })

  test.each([
    'N',
    'ctrl+n',
    'alt+n',
    'alt+N',
    'ctrl+\\',
    'ctrl+]',
    'ctrl+space',
    'shift+tab',
    'f5',
    'pageup',
    'delete',
  ])('%s has the name under which it arrives', (text) => {
    expect(readKey(text)).toEqual({ key: heard(keyBytes(text, { isApplicationCursor: false })) })
  })

  test('any text is a key or has a problem', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const read = readKey(text)
        if ('key' in read) expect(readKey(read.key)).toEqual(read)
        else expect(read.problem).not.toBe('')
      }),
    )
  })
})

describe('keys for commands', () => {
  const problemsOf = (wanted: KeyOverrides) =>
    readKeyOverrides(wanted).problems.map(({ id, index, problem }) => [id, index, problem])

  test('a key that other commands have is pointed out, once', () => {
    expect(problemsOf({ 'session.spawn': ['ctrl+n', 'n'] })).toEqual([
      ['session.spawn', 1, '"n" is also the key of "message.nudge"; give one of them another'],
    ])
    expect(problemsOf({ 'session.spawn': ['F2'], 'view.grid': ['f2'] })).toEqual([
      ['session.spawn', 0, '"f2" is also the key of "view.grid"; give one of them another'],
    ])
  })

  test('keys can change places, share what they share by default, and be the same in the room and in focus', () => {
    expect(problemsOf({ 'session.spawn': ['n'], 'message.nudge': ['s'] })).toEqual([])
    expect(problemsOf({ 'need.deny': ['d', 'D'] })).toEqual([])
    expect(problemsOf({ 'focus.leave': ['ctrl+k'] })).toEqual([])
  })

  test('the way out of focus is kept', () => {
    expect(readKeyOverrides({ 'focus.leave': ['q'] })).toMatchObject({ keys: {}, problems: [{ index: 0 }] })
    expect(readKeyOverrides({ 'focus.leave': ['tab', 'ctrl+g', 'f12'] })).toMatchObject({
      keys: { 'focus.leave': ['ctrl+g'] },
      problems: [{ index: 0 }, { index: 2 }],
    })
    expect(readKeyOverrides({ 'focus.leave': [] })).toEqual({
      keys: {},
      problems: [{ id: 'focus.leave', problem: 'a key is needed to leave focus' }],
    })
  })

  test('a command whose keys are all wrong keeps its own', () => {
    expect(readKeyOverrides({ 'session.spawn': ['hyper+s'] }).keys).toEqual({})
    expect(readKeyOverrides({ 'session.spawn': [] }).keys).toEqual({ 'session.spawn': [] })
  })

  test('the defaults have no problems, when they are said', () => {
    const all: KeyOverrides = Object.fromEntries(REMAPPABLE.map((id) => [id, COMMANDS[id].keys]))
    expect(readKeyOverrides(all)).toEqual({ keys: all, problems: [] })
  })
})
