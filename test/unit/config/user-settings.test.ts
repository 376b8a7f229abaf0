import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { followUserSettings } from '../../../src/config/follow-user-settings.ts'
import { loadUserSettings, type UserConfig } from '../../../src/config/load-user-settings.ts'
import { userSettingsFile } from '../../../src/config/paths.ts'
import { ControlError } from '../../../src/core/errors.ts'
import { DEFAULT_STALL_RULE } from '../../../src/core/freshness.ts'
import { DEFAULT_NOTIFICATIONS, NEED_KINDS } from '../../../src/core/room-settings.ts'
import { type TemporaryDirectory, temporaryDirectory } from '../../harness/temporary.ts'

const ROOT = join(import.meta.dirname, '../../..')

let folder: TemporaryDirectory
let file = ''

beforeEach(() => {
  folder = temporaryDirectory()
  file = join(folder.path, 'settings.json')
})

afterEach(() => folder[Symbol.dispose]())

function load(text: string): UserConfig {
  writeFileSync(file, text)
  return loadUserSettings(file)
}

function messageOf(text: string): string {
  try {
    load(text)
  } catch (error) {
    if (error instanceof ControlError && error.code === 'config.invalid') return error.message.replace(file, 'FILE')
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('the file', () => {
  it.each([
    ['at home', {}, '/home/me/.config/signalbox/settings.json'],
    ['where XDG says', { XDG_CONFIG_HOME: '/xdg' }, '/xdg/signalbox/settings.json'],
    ['at home when XDG says nothing usable', { XDG_CONFIG_HOME: 'xdg' }, '/home/me/.config/signalbox/settings.json'],
    ['where the operator says', { XDG_CONFIG_HOME: '/xdg', SIGNALBOX_CONFIG: '/my/own.json' }, '/my/own.json'],
    ['at home when the operator says nothing', { SIGNALBOX_CONFIG: '' }, '/home/me/.config/signalbox/settings.json'],
  ])('is %s', (_, env, expected) => {
    expect(userSettingsFile({ env, homeDirectory: '/home/me' })).toBe(expected)
  })

  it('need not be there', () => {
    expect(loadUserSettings(file)).toEqual({
      file,
      isThere: false,
      room: { keys: {}, notifications: DEFAULT_NOTIFICATIONS, problems: [] },
      stall: DEFAULT_STALL_RULE,
      warnings: [],
    })
    expect(load('{}')).toMatchObject({ isThere: true, warnings: [], stall: DEFAULT_STALL_RULE })
  })
})

describe('settings of the operator', () => {
  it('say what differs from the defaults', () => {
    const { room, stall, warnings } = load(`{
      "$schema": "anywhere.json",
      "keys": { "message.nudge": ["Ctrl+N", "PgUp"], "mark.all": [] },
      "theme": { "colours": { "accent": "#aabbcc", "panel": "blackBright" } },
      "notifications": { "bell": false, "command": ["tell", "me"], "quietHours": { "from": "22:30", "to": "07:00" } },
      "stall": { "minutes": 3, "roles": { "mayor": 0.5 } }
    }`)
    expect(warnings).toEqual([expect.objectContaining({ line: 3, problem: expect.stringContaining('"scroll.up"') })])
    expect(room.keys).toEqual({ 'message.nudge': ['ctrl+n', 'pageup'], 'mark.all': [] })
    expect(room.theme).toEqual({ base: 'dark', colours: { accent: '#aabbcc', panel: 'blackBright' } })
    expect(room.notifications).toEqual({
      ...{ kinds: NEED_KINDS, bell: false, desktop: 'auto', title: true, command: ['tell', 'me'] },
      quietHours: { from: 1350, to: 420 },
    })
    expect(stall).toEqual({ byRole: { polecat: 600_000, mayor: 30_000 }, otherMs: 180_000 })
  })

  it('warn of what has no effect, with file and line, and go on', () => {
    const { room, warnings } = load(`{
  "keys": {
    "message.nudge": ["hyper+n", "N"],
    "no.such": ["x"],
    "need.option": ["1"]
  },
  "theme": { "colours": {
    "accnt": "red"
  } },
  "colour": 3
}`)
    expect(warnings.map((each) => [each.file, each.line, each.problem])).toEqual([
      [file, 3, 'keys.message.nudge: "hyper+n" is no key; keys are written like "N", "ctrl+n" or "pageup"'],
      [file, 4, 'unknown key "keys.no.such" has no effect'],
      [file, 5, 'unknown key "keys.need.option" has no effect'],
      [file, 8, 'unknown key "theme.colours.accnt" has no effect'],
      [file, 10, 'unknown key "colour" has no effect'],
    ])
    expect(room.keys).toEqual({ 'message.nudge': ['N'] })
    expect(room.problems[0]).toBe(`settings.json:3: ${warnings[0]?.problem}`)
  })

  it.each([
    ['{\n"keys": {\n"mark.all": "x"\n}\n}', 'FILE:3: "keys.mark.all": Invalid input: expected array, received string'],
    ['{\n\n"theme": "drak" }', 'FILE:3: "theme": expected "dark", "light" or an object with "colours"'],
    ['{"theme": {"colours": 3}}', 'FILE:1: "theme.colours": Invalid input: expected object, received number'],
    ['{"theme": {"base": "drak", "colours": {}}}', 'FILE:1: "theme.base": Invalid option: expected one of "dark"|'],
    ['{"theme": 7}', 'FILE:1: "theme": expected "dark", "light" or an object with "colours"'],
    ['{"theme": {\n"colours": {\n"accent": "#12"}}}', 'FILE:3: "theme.colours.accent": expected "#rrggbb", a name'],
    ['{"theme": {"colours": {"panel": "#FE0001"}}}', 'FILE:1: "theme.colours.panel": expected "#rrggbb" (not #fd'],
    ['{"notifications": {"quietHours": {"from": "9:00", "to": "10:00"}}}', 'expected a time of day such as "22:30"'],
    ['{"notifications": {"quietHours": {"from": "09:00", "to": "09:00"}}}', 'expected two different times'],
    ['{"notifications": {"command": []}}', '"notifications.command": Too small: expected array to have >=1 items'],
    [
      '{"notifications": {"kinds": ["idle"]}}',
      '"notifications.kinds.0": Invalid option: expected one of "permission"|',
    ],
    ['{"stall": {"minutes": 0}}', '"stall.minutes": Too small: expected number to be >0'],
    ['{"stall": {"roles": {"crew": 1e9}}}', '"stall.roles.crew": Too big: expected number to be <=10080'],
    ['{"keys" {}}', 'FILE:1: not valid JSON: expected ":" after "keys"'],
  ])('fail with file, line and what was expected: %s', (text, expected) => {
    expect(messageOf(text)).toContain(expected)
  })
})

describe('changes', () => {
  /** Follows the file; `next` resolves with the change after the ones that were asked for before. */
  function follow(path = file) {
    const waiting: ((change: UserConfig | ControlError) => void)[] = []
    const untaken: (UserConfig | ControlError)[] = []
    const stop = followUserSettings(path, (change) => {
      const resolve = waiting.shift()
      if (resolve === undefined) untaken.push(change)
      else resolve(change)
    })
    return {
      next: () => {
        const { promise, resolve } = Promise.withResolvers<UserConfig | ControlError>()
        const change = untaken.shift()
        if (change === undefined) waiting.push(resolve)
        else resolve(change)
        return promise
      },
      [Symbol.dispose]: stop,
    }
  }

  it('are told once a file has come, been replaced, been wrong, and gone', async () => {
    using changes = follow()
    writeFileSync(file, '{"theme": "light"}')
    expect(await changes.next()).toMatchObject({ isThere: true, room: { theme: { base: 'light' } } })
    writeFileSync(join(folder.path, 'new'), '{"theme": "drak"}')
    renameSync(join(folder.path, 'new'), file)
    expect(await changes.next()).toMatchObject({ code: 'config.invalid' })
    renameSync(file, join(folder.path, 'old'))
    expect(await changes.next()).toMatchObject({ isThere: false })
  })

  it('are seen behind a link, and not told when nothing is different', async () => {
    const real = join(folder.path, 'dotfiles/mine.json')
    mkdirSync(dirname(real))
    writeFileSync(real, '{}')
    symlinkSync(real, file)
    using changes = follow()
    writeFileSync(real, '{}')
    writeFileSync(real, '{"stall": {"minutes": 1}}')
    expect(await changes.next()).toMatchObject({ stall: { otherMs: 60_000 } })
  })

  it('of a folder that is not there are never told', () => {
    using _ = follow(join(folder.path, 'nowhere/settings.json'))
  })
})

describe('docs/settings.md', () => {
  const examples = [...readFileSync(join(ROOT, 'docs/settings.md'), 'utf8').matchAll(/```json\n(.*?)```/gs)]

  it('has examples', () => {
    expect(examples.length).toBeGreaterThan(4)
  })

  it.each(examples.map(([, text]) => text ?? ''))('has an example that is right: %s', (text) => {
    expect(load(text).warnings).toEqual([])
  })
})
