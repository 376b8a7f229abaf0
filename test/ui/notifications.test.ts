import { afterEach, describe, expect, test } from 'vitest'
import { ControlError } from '../../src/core/errors.ts'
import { DEFAULT_NOTIFICATIONS, DEFAULT_ROOM_SETTINGS, type RoomSettings } from '../../src/core/room-settings.ts'
import { crowd, type FleetBuilder, fleetBuilder } from '../harness/fleets.ts'
import { type Lab, openLab } from './room-lab.ts'

const WEZTERM = { TERM: 'xterm-256color', COLORTERM: 'truecolor', LANG: 'C.UTF-8', TERM_PROGRAM: 'WezTerm' }

let lab: Lab
let change: (settings: RoomSettings | ControlError) => void = () => undefined

afterEach(async () => {
  if (lab.marker?.focused != null) await lab.press('\x1d')
  await lab.press('\x1b')
  await lab.quit()
})

function settingsWith(changes: Partial<RoomSettings['notifications']>): RoomSettings {
  return { ...DEFAULT_ROOM_SETTINGS, notifications: { ...DEFAULT_NOTIFICATIONS, ...changes } }
}

/** A room in WezTerm; `change` tells it of other settings. */
async function open(builder: FleetBuilder, settings: RoomSettings = DEFAULT_ROOM_SETTINGS): Promise<Lab> {
  const followSettings = (listener: typeof change) => {
    change = listener
    return () => undefined
  }
  lab = await openLab({ builder, room: { env: WEZTERM, settings, followSettings } })
  return lab
}

/** The notifications so far; the bell that follows one is `!`. */
function notices(): readonly string[] {
  return [...lab.written.matchAll(/\x1b\]9;(.*?)\x1b\\(\x07?)/g)].map(([, text, bell]) => `${text}${bell && '!'}`)
}

function titles(): readonly string[] {
  return [...lab.written.matchAll(/\x1b\]2;(.*?)\x07/g)].map(([, text]) => text ?? '')
}

describe('a session that begins to need the operator', () => {
  test('is announced by bell, notification and title, a second later and once', async () => {
    const builder = fleetBuilder()
    const [old, toast] = ['old', 'toast'].map((name) => builder.session(name))
    builder.asks(old!)
    await open(builder)
    lab.clock.advance(60_000)
    expect(notices()).toEqual([])
    await lab.publish(builder.asks(toast!))
    lab.clock.advance(900)
    expect(notices()).toEqual([])
    lab.clock.advance(200)
    lab.clock.advance(60_000)
    await lab.publish(builder.working(old!, 'editing'))
    lab.clock.advance(60_000)
    expect(notices()).toEqual(['signalbox: api/toast needs you: permission, Bash!'])
    expect(titles().slice(0, 3)).toEqual(['signalbox', 'signalbox: 1 need you', 'signalbox: 2 need you'])
  })

  test('is one of several in the same second: they are one notification', async () => {
    const builder = fleetBuilder()
    const ids = ['toast', 'nux', 'slit'].map((name) => builder.session(name))
    await open(builder)
    await lab.publish(builder.asks(ids[0]!))
    lab.clock.advance(500)
    await lab.publish(builder.asks(ids[1]!, { kind: 'question' }))
    await lab.publish(builder.asks(ids[2]!, { kind: 'login', title: '\x1b]52;c;evil\x07' }))
    lab.clock.advance(500)
    expect(notices()).toEqual([
      'signalbox: 3 sessions need you: api/toast permission, api/nux question, api/slit login!',
    ])
  })

  test('is not announced while the operator types into it', async () => {
    const builder = fleetBuilder()
    const [toast, nux] = ['toast', 'nux'].map((name) => builder.session(name))
    await open(builder)
    await lab.press('\r')
    lab.clock.advance(1000)
    const focused = lab.marker!.focused!
    const other = focused === toast ? nux! : toast!
    await lab.publish(builder.asks(focused))
    await lab.publish(builder.asks(other))
    lab.clock.advance(1000)
    expect(notices()).toEqual([expect.stringContaining(`api/${builder.fleet.sessions[other]!.agentName} needs you`)])
  })

  test('is not announced in quiet hours, by what is switched off, or when its kind is not wanted', async () => {
    const builder = fleetBuilder()
    const id = builder.session('toast')
    await open(builder)
    const date = new Date(lab.clock.now())
    const minute = date.getHours() * 60 + date.getMinutes()
    const rules = [
      { quietHours: { from: minute, to: (minute + 5) % 1440 } },
      { kinds: ['plan'] },
      { bell: false, desktop: 'off' },
    ] as const
    for (const rule of rules) {
      change(settingsWith(rule))
      await lab.publish(builder.asks(id))
      lab.clock.advance(1000)
      expect(notices(), JSON.stringify(rule)).toEqual([])
    }
    expect(lab.written.replaceAll(/\x1b\]2;.*?\x07/g, '')).not.toContain('\x07')
    change(settingsWith({ desktop: 'off' }))
    await lab.publish(builder.asks(id))
    lab.clock.advance(1000)
    expect(lab.written.endsWith('\x07')).toBe(true)
  })

  test('writes nothing to a terminal that is somebody else’s at that moment', async () => {
    const builder = fleetBuilder()
    const id = builder.session('toast')
    await open(builder)
    await lab.publish(builder.asks(id))
    lab.clock.advance(900)
    const suspended = lab.press('\x1a')
    const before = lab.written.length
    lab.clock.advance(200)
    expect(lab.written.length).toBe(before)
    lab.clock.advance(1000)
    await suspended
    expect(notices()).toEqual([])
    expect(lab.written.slice(before)).toContain('\x1b]2;signalbox: 1 need you\x07')
  })
})

describe('settings of an open room', () => {
  test('give the colours', async () => {
    await open(crowd(3), { ...DEFAULT_ROOM_SETTINGS, theme: { base: 'light', colours: { needs: '#010203' } } })
    expect(lab.written).toContain('38;2;1;2;3')
  })

  test('give keys, which footer and help show, and which run the commands', async () => {
    await open(crowd(3), { ...DEFAULT_ROOM_SETTINGS, keys: { 'message.nudge': ['N'], 'focus.leave': ['ctrl+g'] } })
    expect(lab.text()).toMatch(/ N nudge/)
    await lab.press('n')
    expect(lab.text()).not.toContain('Esc cancel')
    await lab.press('N')
    expect(lab.text()).toContain('Esc cancel')
    await lab.press('\x1b')
    await lab.press('\r')
    expect(lab.text()).toContain('Ctrl+g leave focus')
    await lab.press('a\x1db\x07')
    expect(lab.client.typed.join('')).toBe('a\x1db')
    expect(lab.marker?.focused).toBeNull()
    await lab.press('?')
    await lab.press('\x1b[6~')
    expect(lab.text()).toMatch(/N +Nudge/)
  })

  test('change without a restart', async () => {
    await open(crowd(3))
    expect(lab.text()).toMatch(/ n nudge/)
    change({
      ...settingsWith({ title: false }),
      keys: { 'message.nudge': ['N'] },
      theme: { base: 'light', colours: {} },
    })
    await lab.settled()
    expect(lab.text()).toContain('Settings taken over; the theme when the room is opened again')
    expect(lab.written).toContain('\x1b[23;0t\x1b[22;0t')
    lab.clock.advance(10_000)
    await lab.settled()
    expect(lab.text()).toMatch(/ N nudge/)
    await lab.press('N')
    expect(lab.text()).toContain('Esc cancel')
  })

  test('that are wrong are said, and those before go on', async () => {
    await open(crowd(3), { ...DEFAULT_ROOM_SETTINGS, problems: ['settings.json:3: "x" is no key', 'another'] })
    await lab.settled()
    expect(lab.text()).toContain('settings.json:3: "x" is no key (and 1 more: signalbox doctor)')
    change(new ControlError('config.invalid', { file: 'settings.json', line: 4, problem: 'not valid JSON' }))
    await lab.settled()
    expect(lab.text()).toContain('settings.json:4: not valid JSON The settings before go on.')
    lab.clock.advance(10_000)
    await lab.press('n')
    expect(lab.text()).toContain('Esc cancel')
  })
})
