import { afterEach, describe, expect, test } from 'vitest'
import type { SessionId } from '../../src/core/ids.ts'
import { addBackends, crowd, fleetBuilder } from '../harness/fleets.ts'
import { type Lab, type LabOptions, openLab } from './room-lab.ts'

let lab: Lab

async function open(options: LabOptions): Promise<Lab> {
  lab = await openLab(options)
  return lab
}

afterEach(async () => {
  if (lab.marker?.focused != null) await lab.press('\x1d')
  await lab.press('\x1b')
  await lab.quit()
})

describe('views', () => {
  test.each([
    [80, 24],
    [120, 40],
    [200, 60],
  ])('the three views at %i×%i', async (cols, rows) => {
    await open({ builder: crowd(12), cols, rows })
    lab.client.show(lab.client.panes[0]!.id, ['hello from the agent', '> '])
    await lab.press('v')
    expect(lab.text()).toMatch(/12 sessions +3 need you +5 working +4 idle .*09:40/)
    for (const heading of ['NEEDS YOU 3', 'WORKING 5', 'IDLE 4']) expect(lab.text()).toContain(heading)
    expect(lab.text()).toContain('rm -rf dist && npm run build')
    expect(lab.text()).toContain('y allow   a always   d deny')
    expect(lab.text()).toContain('hello from the agent')
    expect(lab.text()).toMatch(/1 of 3/)
    await lab.press('g')
    expect(lab.client.panes.length).toBe(8)
    expect(lab.text()).toContain('hello from the agent')
    await lab.press('z')
    expect(lab.client.panes.map((pane) => pane.size)).toEqual([{ cols, rows: rows - 4 }])
    expect(lab.text()).toContain('elsewhere: ')
    const widths = lab
      .text()
      .split('\n')
      .map((line) => line.length)
    expect(Math.max(...widths)).toBeLessThanOrEqual(cols)
  })

  test('an empty room says what was found and what to do', async () => {
    const builder = fleetBuilder()
    addBackends(builder)
    await open({ builder, cols: 80, rows: 24 })
    expect(lab.text()).toContain('No sessions yet.')
    expect(lab.text()).toMatch(/claude +ready +2\.1\.0/)
    expect(lab.text()).toMatch(/opencode +not found/)
    expect(lab.text()).toMatch(/s +start a session/)
    expect(lab.text()).toMatch(/d +watch a demo/)
  })

  test('the spawn form follows what is found meanwhile, and keeps what was chosen', async () => {
    const builder = fleetBuilder()
    const checking = { status: 'checking', detail: 'looking for it' } as const
    builder.apply({ type: 'backend.changed', backend: 'opencode', health: checking })
    builder.apply({ type: 'backend.changed', backend: 'shell', health: { status: 'ready', detail: 'any command' } })
    await open({ builder, cols: 80, rows: 24 })
    await lab.press('s')
    expect(lab.text()).toMatch(/backend +opencode +shell +looking for it/)
    const health = { status: 'ready', detail: 'opencode 1.18.4', version: '1.18.4', program: '/bin/opencode' } as const
    await lab.publish(
      builder.apply({ type: 'backend.changed', backend: 'claude', health: { ...health, version: '2.1' } }),
    )
    await lab.publish(builder.apply({ type: 'backend.changed', backend: 'opencode', health }))
    expect(lab.text()).toMatch(/backend +opencode +claude +shell +1\.18\.4/)
    await lab.press('\r')
    expect(lab.client.calls).toContainEqual(['spawn', expect.objectContaining({ backend: 'opencode' })])
  })

  test('settings that have no effect on a new session are told of, and named where its state is explained', async () => {
    const builder = fleetBuilder()
    addBackends(builder)
    await open({ builder, cols: 120, rows: 24 })
    const note = '/srv/api/settings/config.json:4: "runtime.command" is left out, because a repository brought it along'
    const { promise, resolve } = Promise.withResolvers<SessionId>()
    lab.client.onSpawn = () => promise
    await lab.press('s')
    await lab.press('\r')
    const { seq } = builder.fleet
    const id = builder.session('toast')
    builder.apply({ type: 'session.launched', id, generation: 1, settingsNotes: [note] })
    for (const envelope of builder.since(seq)) await lab.publish(envelope)
    resolve(id)
    await lab.settled()
    expect(lab.text()).toContain('is ready, but one of its settings has no effect: E says which, and why')
  })

  test('a terminal that is too small says so and comes back', async () => {
    await open({ builder: crowd(4), cols: 80, rows: 24 })
    await lab.resize(40, 10)
    expect(lab.text()).toContain('signalbox needs 60 columns')
    await lab.press('y')
    expect(lab.client.calls.filter(([call]) => call === 'answer')).toEqual([])
    await lab.resize(80, 24)
    expect(lab.text()).toContain('NEEDS YOU')
  })

  test('works without colours and without Unicode', async () => {
    const env = { TERM: 'xterm', NO_COLOR: '1', LANG: 'C' }
    await open({ builder: crowd(6), cols: 80, rows: 24, room: { env } })
    expect(lab.text()).toMatch(/^>! api\/agent-0/m)
    expect([...lab.text()].every((letter) => letter.codePointAt(0)! < 128)).toBe(true)
    expect(lab.written).not.toMatch(/\x1b\[[0-9;]*[34]8;/)
  })
})

describe('time', () => {
  test('Ink draws nothing when only time passes', async () => {
    await open({ builder: crowd(12) })
    const before = lab.chromeFrames()
    const text = lab.text()
    for (let second = 0; second < 90; second++) {
      lab.clock.advance(1000)
      await lab.settled()
    }
    expect(lab.chromeFrames()).toBe(before)
    expect(lab.text()).not.toBe(text)
    expect(lab.text()).toContain('09:41')
  })

  test('facts that change nothing on the screen draw nothing', async () => {
    const builder = crowd(4)
    await open({ builder })
    const before = lab.chromeFrames()
    const [id] = Object.keys(builder.fleet.sessions)
    await lab.publish(
      builder.apply({ type: 'session.identified', id: builder.fleet.sessions[id as never]!.id, resumeId: 'x' }),
    )
    expect(lab.chromeFrames()).toBe(before)
  })
})
