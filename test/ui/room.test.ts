import { afterEach, describe, expect, test } from 'vitest'
import { ControlError } from '../../src/core/errors.ts'
import type { SessionId } from '../../src/core/ids.ts'
import { advanceReceipt, queuedReceipt } from '../../src/core/message.ts'
import { crowd, fleetBuilder, START } from '../harness/fleets.ts'
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

describe('needs', () => {
  test('an answer goes to the shown question, and the next one is selected', async () => {
    const builder = crowd(12)
    await open({ builder })
    const [first, second] = Object.values(builder.fleet.sessions).filter((each) => each.need !== undefined)
    await lab.press('y')
    expect(lab.client.calls).toContainEqual(['answer', first!.id, first!.need!.id, { kind: 'allow' }])
    await lab.settled()
    expect(lab.client.panes[0]!.id).toBe(second!.id)
  })

  test('a key meant for the last question does not answer the one that has just appeared', async () => {
    const builder = crowd(12)
    await open({ builder })
    await lab.press('y')
    await lab.settled()
    await lab.press('y')
    expect(lab.client.calls.filter(([call]) => call === 'answer')).toHaveLength(1)
    expect(lab.text()).toContain('only just appeared')
    lab.clock.advance(500)
    await lab.press('y')
    expect(lab.client.calls.filter(([call]) => call === 'answer')).toHaveLength(2)
  })

  test('digits choose options that exist', async () => {
    const builder = fleetBuilder()
    const id = builder.session('nux')
    const options = [
      { key: '1', label: 'Rewrite it' },
      { key: '2', label: 'Leave it', detail: 'and say why' },
    ]
    builder.asks(id, { kind: 'question', title: 'Which way?', body: '', options, answers: ['option'] })
    await open({ builder })
    lab.clock.advance(500)
    expect(lab.text()).toMatch(/2 +Leave it +and say why/)
    await lab.press('7')
    expect(lab.text()).toContain('There is no option 7; there are 1 2')
    await lab.press('2')
    expect(lab.client.calls).toContainEqual(['answer', id, expect.anything(), { kind: 'option', key: '2' }])
  })

  test('a key that cannot be used says why', async () => {
    const builder = fleetBuilder()
    builder.session('calm')
    await open({ builder })
    await lab.press('y')
    expect(lab.text()).toContain('The selected session asks nothing')
    lab.clock.advance(10_000)
    await lab.settled()
    expect(lab.text()).toContain('? help')
  })
})

describe('focus', () => {
  test('every byte goes to the session until the chord, which may come in the same chunk', async () => {
    const builder = crowd(3)
    await open({ builder, cols: 80, rows: 24 })
    const { id } = lab.client.panes[0]!
    lab.client.show(id, ['> '])
    await lab.press('\r')
    expect(lab.marker?.focused).toBe(id)
    expect(lab.text()).toContain('FOCUS')
    expect(lab.client.calls).toContainEqual(['focus', id, lab.client.panes[0]!.size])
    await lab.press('qyx\x1b[A')
    await lab.press('z\x1dg')
    expect(lab.client.typed.join('')).toBe('qyx\x1b[Az')
    expect(lab.marker?.focused).toBeNull()
    expect(lab.client.calls).toContainEqual(['blur', id])
    expect(lab.text()).not.toContain('FOCUS')
    expect(lab.client.panes.length).toBeGreaterThan(1)
  })

  test('keys in the same chunk as Enter go to the session and answer nothing', async () => {
    await open({ builder: crowd(3) })
    await lab.press('\ryes\r\x1b[200~two\nlines\x1b[201~\x1dg')
    expect(lab.client.typed.join('')).toBe('yes\rtwo\rlines')
    expect(lab.client.calls.filter(([call]) => call === 'answer')).toEqual([])
    expect(lab.marker?.focused).toBeNull()
    expect(lab.client.panes.length).toBeGreaterThan(1)
  })

  test('ends with a word when its session ends', async () => {
    const builder = crowd(3)
    await open({ builder })
    await lab.press('\r')
    const { id } = lab.client.panes[0]!
    const exit = { code: 0, signal: undefined }
    await lab.publish(builder.apply({ type: 'session.exited', id, exit, why: 'exit 0', failed: false }))
    expect(lab.marker?.focused).toBeNull()
    expect(lab.text()).toContain('ended: keys go to the room again')
  })
})

describe('results', () => {
  async function withResult(): Promise<{ readonly result: SessionId; readonly calls: () => number }> {
    const builder = crowd(3)
    const result = builder.session('done')
    builder.apply({ type: 'session.replied', id: result, text: 'All tests pass.' })
    await open({ builder })
    return { result, calls: () => lab.client.calls.filter(([call]) => call === 'read').length }
  }

  test('a reply counts as read at full size, and not when it is only passed by', async () => {
    const { calls } = await withResult()
    expect(lab.text()).toContain('RESULTS 1')
    await lab.press('j')
    await lab.press('j')
    expect(calls()).toBe(0)
    await lab.press('k')
    await lab.press('z')
    expect(calls()).toBe(1)
  })

  test('a reply counts as read when the operator stayed with it and moves on', async () => {
    const { result } = await withResult()
    await lab.press('j')
    lab.clock.advance(1500)
    await lab.press('j')
    expect(lab.client.calls).toContainEqual(['read', result])
  })
})

describe('messages', () => {
  test('a nudge is written, sent, and its receipt followed', async () => {
    const builder = fleetBuilder()
    const id = builder.session('toast')
    await open({ builder })
    await lab.press('n')
    expect(lab.text()).toContain('api/toast')
    await lab.press('run the tests')
    await lab.press('\r')
    expect(lab.client.calls).toContainEqual(['send', id, 'run the tests'])
    await lab.settled()
    expect(lab.text()).toContain('message to api/toast queued')
    const [delivery] = Object.values(builder.fleet.deliveries)
    for (const stage of ['injected', 'submitted', 'seen'] as const) {
      const receipt = advanceReceipt(queuedReceipt(delivery!.message), { status: stage, at: START })
      await lab.publish(builder.apply({ type: 'message.advanced', receipt }))
      expect(lab.text()).toContain(`message to api/toast ${stage}`)
    }
  })

  test('a broadcast names its recipients and their number before it is sent', async () => {
    await open({ builder: crowd(4) })
    await lab.press('j')
    await lab.press(' ')
    await lab.press('*')
    expect(lab.text()).toContain('4 marked')
    await lab.press('*')
    expect(lab.text()).not.toContain('marked')
    await lab.press('b')
    expect(lab.text()).toContain('To 4 sessions')
    expect(lab.text()).toContain('api/agent-0, web/agent-1, docs/agent-2, api/agent-3')
    expect(lab.text()).toContain('Enter send to 4')
    await lab.press('hi')
    await lab.press('\r')
    expect(lab.client.calls).toContainEqual(['broadcast', expect.objectContaining({ length: 4 }), 'hi'])
  })
})

describe('starting and ending', () => {
  test('the form shows its failure in the words of the table and keeps what was typed', async () => {
    const builder = crowd(2)
    await open({ builder })
    lab.client.onSpawn = () => Promise.reject(new ControlError('session.name-taken', { name: 'toast', rig: 'api' }))
    await lab.press('s')
    await lab.press('\t\t\ttoast')
    await lab.press('\r')
    await lab.settled()
    expect(lab.text()).toContain('The name "toast" is already taken in rig "api"; nothing was started.')
    expect(lab.text()).toContain('Choose another --name')
    expect(lab.text()).toMatch(/name +toast/)
  })

  test('while a session starts the form says how far it is, then it is selected', async () => {
    const builder = crowd(2)
    await open({ builder })
    const { promise, resolve } = Promise.withResolvers<void>()
    lab.client.onSpawn = () => promise.then(() => Object.values(builder.fleet.sessions).at(-1)!.id)
    await lab.press('s')
    await lab.press('\r')
    expect(lab.text()).toContain('starting…')
    const seq = builder.fleet.seq
    const id = builder.session('new')
    const envelopes = builder.since(seq)
    for (const envelope of envelopes) await lab.publish(envelope)
    resolve()
    await lab.settled()
    expect(lab.text()).not.toContain('Spawn a session')
    expect(lab.client.panes[0]!.id).toBe(id)
  })

  test('ending is asked first, names what is lost, and Enter does not do it', async () => {
    await open({ builder: crowd(3) })
    await lab.press('x')
    expect(lab.text()).toContain('Terminate api/agent-0?')
    expect(lab.text()).toContain('api/agent-0 asks: Bash')
    await lab.press('\r')
    expect(lab.client.calls.filter(([call]) => call === 'terminate')).toEqual([])
    await lab.press('x')
    await lab.press('y')
    expect(lab.client.calls.filter(([call]) => call === 'terminate')).toHaveLength(1)
  })
})

describe('the rest', () => {
  test('help lists keys and scrolls; the palette runs by name; the filter is live', async () => {
    await open({ builder: crowd(12), cols: 80, rows: 24 })
    await lab.press('?')
    expect(lab.text()).toContain('Always allow')
    await lab.press('\x1b[F')
    expect(lab.text()).toContain('Leave focus')
    await lab.press('\x1b')
    await lab.press(':')
    await lab.press('grid')
    await lab.press('\r')
    expect(lab.client.panes.length).toBeGreaterThan(1)
    await lab.press('v')
    await lab.press('/')
    await lab.press('rig:web')
    expect(lab.text()).toContain('4 of 12 match')
    expect(lab.text()).not.toContain('docs/agent')
    await lab.press('\x1b')
    expect(lab.text()).toContain('docs/agent')
  })

  test('Ctrl+C closes nothing by accident', async () => {
    await open({ builder: crowd(2) })
    await lab.press('\x03')
    expect(lab.text()).toContain('q closes the room; sessions go on')
  })

  test('a lost connection is said, with since when, and nothing is called dead', async () => {
    await open({ builder: crowd(5) })
    lab.client.setLink({ status: 'reconnecting', why: 'gone', attempt: 1 })
    await lab.settled()
    lab.clock.advance(2000)
    await lab.settled()
    expect(lab.text()).toMatch(/reconnecting, unknown since +2s/)
    expect(lab.text()).not.toContain('NEEDS YOU')
    lab.client.setLink({ status: 'connected' })
    await lab.settled()
    expect(lab.text()).toContain('NEEDS YOU')
  })

  test('a click selects, a double click focuses, a click on a hint runs it, the wheel scrolls', async () => {
    const builder = crowd(5)
    await open({ builder, cols: 120, rows: 40 })
    const row = lab
      .text()
      .split('\n')
      .findIndex((line) => line.includes('web/agent-1'))
    await lab.press(`\x1b[<0;5;${row + 1}M`)
    expect(builder.fleet.sessions[lab.client.panes[0]!.id]?.agentName).toBe('agent-1')
    lab.client.show(lab.client.panes[0]!.id, ['> '])
    await lab.press('\x1b[<64;100;20M')
    expect(lab.client.panes[0]!.scrollTop).toBe(197)
    expect(lab.text()).toContain('scrolled back')
    await lab.press('\x1b[6~')
    expect(lab.client.panes[0]!.scrollTop).toBeUndefined()
    const footer = lab.text().split('\n').at(-1)!
    await lab.press(`\x1b[<0;${footer.indexOf('? help') + 1};40M`)
    expect(lab.text()).toContain('Always allow')
    await lab.press('\x1b')
    lab.clock.advance(1000)
    await lab.press(`\x1b[<0;100;20M`)
    await lab.press(`\x1b[<0;100;20M`)
    expect(lab.marker?.focused).toBe(lab.client.panes[0]!.id)
  })
})
