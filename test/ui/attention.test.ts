import { afterEach, describe, expect, test } from 'vitest'
import { ControlError } from '../../src/core/errors.ts'
import type { NeedQuestion } from '../../src/core/need.ts'
import { crowd, fleetBuilder } from '../harness/fleets.ts'
import { type Lab, type LabOptions, openLab } from './room-lab.ts'

let lab: Lab

async function open(options: LabOptions): Promise<Lab> {
  lab = await openLab(options)
  return lab
}

const calls = (name: string) => lab.client.calls.filter(([call]) => call === name)

afterEach(async () => {
  await lab.press('\x1b')
  await lab.quit()
})

const COLOURS: NeedQuestion = {
  title: 'Colours',
  body: 'Which colours?',
  options: [
    { key: '1', label: 'Red' },
    { key: '2', label: 'Green' },
    { key: '3', label: 'Blue' },
  ],
  isMulti: true,
  takesText: true,
}
const SIZE: NeedQuestion = {
  title: 'Size',
  body: 'Which size?',
  options: [
    { key: '1', label: 'Small' },
    { key: '2', label: 'Large' },
  ],
  isMulti: false,
  takesText: true,
}

describe('a reply in words', () => {
  test('denies a permission with the reason', async () => {
    const builder = fleetBuilder()
    const id = builder.session('toast')
    builder.asks(id)
    await open({ builder })
    lab.clock.advance(500)
    expect(lab.text()).toContain('r deny with reason')
    await lab.press('r')
    expect(lab.text()).toContain('Deny api/toast, and say why')
    expect(lab.text()).toContain('rm -rf dist')
    await lab.press('use npm run clean')
    await lab.press('\r')
    const answer = { kind: 'deny', text: 'use npm run clean' }
    expect(lab.client.calls).toContainEqual(['answer', id, expect.anything(), answer])
    await lab.settled()
    expect(lab.text()).toContain('Denied: api/toast')
    expect(lab.text()).not.toContain('say why')
  })

  test('answers a question that takes words', async () => {
    const builder = fleetBuilder()
    const id = builder.session('nux')
    builder.asks(id, { kind: 'question', title: 'Name?', body: '', options: [], answers: ['text'] })
    await open({ builder })
    lab.clock.advance(500)
    await lab.press('r')
    await lab.press('\r')
    expect(lab.text()).toContain('Write the answer first')
    await lab.press('signalbox')
    await lab.press('\r')
    expect(lab.client.calls).toContainEqual(['answer', id, expect.anything(), { kind: 'text', text: 'signalbox' }])
  })

  test('keeps what was written, and says so, when the question has changed meanwhile', async () => {
    const builder = fleetBuilder()
    builder.asks(builder.session('nux'), { kind: 'question', title: 'Name?', answers: ['text'] })
    await open({ builder })
    lab.clock.advance(500)
    lab.client.answer = () => Promise.reject(new ControlError('need.gone', { name: 'nux' }))
    await lab.press('r')
    await lab.press('a long answer')
    await lab.press('\r')
    await lab.settled()
    expect(lab.text()).toContain('a long answer')
    expect(lab.text()).toContain(new ControlError('need.gone', { name: 'nux' }).message.slice(0, 30))
  })

  test('is a message for a session that asks nothing', async () => {
    const builder = fleetBuilder()
    const id = builder.session('calm')
    await open({ builder })
    await lab.press('r')
    await lab.press('go on')
    await lab.press('\r')
    expect(lab.client.calls).toContainEqual(['send', id, 'go on'])
  })
})

describe('several questions, or several options', () => {
  async function openForm(): Promise<void> {
    const builder = fleetBuilder()
    const questions = [COLOURS, SIZE]
    builder.asks(builder.session('nux'), { kind: 'question', title: 'Two', body: '', answers: ['options'], questions })
    await open({ builder })
    lab.clock.advance(500)
  }
  const sent = () => calls('answer').map(([, , , answer]) => answer)

  test('are shown with their options and answered together', async () => {
    await openForm()
    expect(lab.text()).toContain('Which colours?  (any number)')
    expect(lab.text()).toContain('1 Red   2 Green   3 Blue')
    await lab.press('1')
    expect(lab.text()).toContain('[x] 1  Red')
    await lab.press('3')
    await lab.press('\t')
    await lab.press('2')
    expect(lab.text()).toContain('[x] 2  Large')
    await lab.press('\r')
    expect(sent()).toEqual([{ kind: 'options', keys: [['1', '3'], ['2']], texts: ['', ''] }])
  })

  test('are not sent before each has an answer', async () => {
    await openForm()
    await lab.press('1')
    await lab.press('\r')
    expect(lab.text()).toContain('Choose an answer first: Size')
    expect(sent()).toEqual([])
    await lab.press('1')
    await lab.press('\r')
    expect(sent()).toEqual([{ kind: 'options', keys: [['1'], ['1']], texts: ['', ''] }])
  })

  test('take own words: beside options where several are allowed, instead of one where not', async () => {
    await openForm()
    await lab.press('r')
    await lab.press('2')
    await lab.press('\x1b[B')
    await lab.press('\x1b[B')
    await lab.press('and a bit of 1')
    await lab.press('\t')
    await lab.press('1')
    await lab.press('\x1b[B')
    await lab.press('\x1b[B')
    await lab.press('medium')
    expect(lab.text()).not.toContain('[x] 1  Small')
    await lab.press('\r')
    expect(sent()).toEqual([{ kind: 'options', keys: [['2'], []], texts: ['and a bit of 1', 'medium'] }])
  })
})

describe('reading', () => {
  test('a long question is read whole, and answered from there', async () => {
    const builder = fleetBuilder()
    const id = builder.session('toast')
    builder.asks(id, { body: Array.from({ length: 90 }, (_, line) => `line-${line}.`).join('\n') })
    await open({ builder })
    lab.clock.advance(500)
    expect(lab.text()).toMatch(/\d+ more lines: o reads them/)
    await lab.press('o')
    expect(lab.text()).toContain('api/toast: permission')
    expect(lab.text()).not.toContain('line-89.')
    await lab.press('\x1b[F')
    expect(lab.text()).toContain('line-89.')
    expect(lab.text()).toContain('y allow   a always   d deny')
    await lab.press('y')
    expect(lab.client.calls).toContainEqual(['answer', id, expect.anything(), { kind: 'allow' }])
  })

  test('the last reply is read without attaching, and counts as read', async () => {
    const builder = fleetBuilder()
    const id = builder.session('done')
    builder.apply({ type: 'session.replied', id, text: `All tests pass.\n${'word '.repeat(400)}` })
    await open({ builder, cols: 80, rows: 24 })
    await lab.press('o')
    expect(lab.text()).toContain('Reply of api/done')
    expect(lab.text()).toContain('All tests pass.')
    expect(lab.client.calls).toContainEqual(['read', id])
    await lab.press('c')
    expect(lab.written).toContain(`\x1b]52;c;${Buffer.from('All tests pass.').toString('base64').slice(0, 18)}`)
  })

  test('what happened is shown with its source and reason, and why it is what it is', async () => {
    const builder = fleetBuilder()
    builder.working(builder.session('toast'), 'editing src/main.ts')
    await open({ builder })
    await lab.press('e')
    await lab.until(() => lab.text().includes('Events: api/toast'))
    expect(lab.text()).toMatch(/working +hook +editing src\/main\.ts/)
    await lab.press('\t')
    expect(lab.text()).toContain('Why: api/toast')
    expect(lab.text()).toContain('Now: running, working')
  })

  test('what a session shows is copied', async () => {
    const builder = fleetBuilder()
    builder.session('toast')
    await open({ builder })
    lab.client.screen = async () => ({ size: { cols: 80, rows: 2 }, title: '', lines: ['first', 'second', ''] })
    await lab.press('c')
    await lab.settled()
    expect(lab.written).toContain(`\x1b]52;c;${Buffer.from('first\nsecond').toString('base64')}\x1b\\`)
    expect(lab.text()).toContain('Copied 2 lines')
  })
})

describe('a pause', () => {
  test('is made and ended with p, and the session stands under a heading of its own meanwhile', async () => {
    const builder = fleetBuilder()
    const id = builder.session('toast')
    builder.working(id, 'editing')
    await open({ builder })
    await lab.press('p')
    expect(calls('pause')).toEqual([['pause', id]])
    await lab.publish(builder.apply({ type: 'session.paused', id, why: 'by the operator' }))
    expect(lab.text()).toMatch(/PAUSED/)
    expect(lab.text()).toMatch(/‖ +api\/toast +paused/)
    await lab.press('p')
    expect(calls('unpause')).toEqual([['unpause', id]])
    await lab.publish(builder.apply({ type: 'session.unpaused', id, why: 'by the operator' }))
    expect(lab.text()).not.toMatch(/PAUSED/)
  })
})

describe('a fork', () => {
  test('is made with C and selected when it is ready', async () => {
    const builder = fleetBuilder()
    const id = builder.session('toast')
    await open({ builder })
    await lab.press('C')
    expect(calls('fork')).toEqual([['fork', id]])
    await lab.settled()
    expect(lab.text()).toMatch(/▌.+api\/forked/)
  })
})

describe("the operator's own order", () => {
  test('snooze asks how long, and brings back what is snoozed', async () => {
    const builder = crowd(1)
    await open({ builder })
    const [session] = Object.values(builder.fleet.sessions)
    await lab.press('Z')
    expect(lab.text()).toContain('Snooze api/agent-0')
    await lab.press('2')
    expect(calls('snooze')).toEqual([['snooze', session!.id, { ms: 1_800_000 }]])
    const until = Date.UTC(2026, 0, 5, 10, 0)
    await lab.publish(
      builder.apply({ type: 'session.snoozed', id: session!.id, snooze: { until }, why: 'by the operator' }),
    )
    expect(lab.text()).toContain('SNOOZED 1')
    expect(lab.text()).toMatch(/api\/agent-0 +until \d\d:\d\d/)
    expect(lab.text()).not.toContain('NEEDS YOU')
    await lab.press('Z')
    expect(calls('snooze').at(-1)).toEqual(['snooze', session!.id, undefined])
  })

  test('unread, favourite and urgent are set and taken back', async () => {
    const builder = fleetBuilder()
    const id = builder.session('toast')
    await open({ builder })
    await lab.press('u')
    await lab.press('!')
    await lab.press('U')
    expect(calls('unread')).toEqual([['unread', id]])
    expect(calls('favour')).toEqual([['favour', id, true]])
    expect(calls('urge')).toEqual([['urge', id, true]])
    await lab.publish(builder.apply({ type: 'session.favoured', id, isFavourite: true }))
    expect(lab.text()).toContain('★api/toast')
    await lab.press('!')
    expect(calls('favour').at(-1)).toEqual(['favour', id, false])
  })

  test('idle sessions are put away in one line and brought back', async () => {
    const builder = crowd(12)
    await open({ builder })
    expect(lab.text()).toContain('IDLE 4')
    await lab.press('I')
    expect(lab.text()).not.toContain('IDLE')
    expect(lab.text()).toContain('4 quiet, put away: I shows them')
    await lab.press('I')
    expect(lab.text()).toContain('IDLE 4')
  })

  test('with 60 sessions the needs are on top and Tab goes through all of them', async () => {
    const builder = crowd(60)
    await open({ builder, cols: 80, rows: 24 })
    expect(lab.text()).toMatch(/60 sessions +12 need you/)
    const seen = new Set<string>()
    for (let need = 0; need < 12; need += 1) {
      seen.add(lab.client.panes[0]!.id)
      await lab.press('\t')
    }
    expect(seen.size).toBe(12)
    expect(seen).toContain(lab.client.panes[0]!.id)
  })
})
