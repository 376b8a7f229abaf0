import { describe, expect, test } from 'vitest'
import type { SessionId } from '../../src/core/ids.ts'
import { beginWatch, callText, isWithin, minuteOf, noticeNeeds, settleNeeds } from '../../src/core/notify.ts'
import { DEFAULT_NOTIFICATIONS } from '../../src/core/room-settings.ts'
import { type FleetBuilder, fleetBuilder } from '../harness/fleets.ts'

const NOON = 12 * 60

/** A fleet that is watched; `calls` settles and gives the names of those that are announced. */
function watched(builder: FleetBuilder) {
  let watch = beginWatch(builder.fleet)
  let focused: SessionId | undefined
  const moment = () => ({ fleet: builder.fleet, isFocused: (id: SessionId) => id === focused })
  const notice = (): void => {
    watch = noticeNeeds(watch, moment())
  }
  return {
    notice,
    focus: (id: SessionId | undefined) => {
      focused = id
    },
    waiting: () => watch.waiting.length,
    calls: (rule = {}, minute = NOON) => {
      const settled = settleNeeds(watch, moment(), { rule: { ...DEFAULT_NOTIFICATIONS, ...rule }, minute })
      watch = settled.watch
      return settled.calls.map(({ session, need }) => `${session.agentName} ${need.kind}`)
    },
  }
}

describe('needs that call the operator', () => {
  test('are those raised since the watch began, each once', () => {
    const builder = fleetBuilder()
    const [old, toast, nux] = ['old', 'toast', 'nux'].map((name) => builder.session(name))
    builder.asks(old!)
    const watch = watched(builder)
    builder.asks(toast!)
    watch.notice()
    builder.asks(nux!, { kind: 'question' })
    watch.notice()
    watch.notice()
    expect(watch.calls()).toEqual(['toast permission', 'nux question'])
    watch.notice()
    expect([watch.waiting(), watch.calls()]).toEqual([0, []])
    builder.asks(toast!, { kind: 'plan' })
    watch.notice()
    expect(watch.calls()).toEqual(['toast plan'])
  })

  test('still stand when they are announced', () => {
    const builder = fleetBuilder()
    const id = builder.session('toast')
    const watch = watched(builder)
    builder.asks(id)
    watch.notice()
    const need = builder.fleet.sessions[id]!.need!
    builder.apply({ type: 'session.need-cleared', id, needId: need.id, outcome: 'answered' })
    expect(watch.calls()).toEqual([])
  })

  test('are not those of the focused session, then or later', () => {
    const builder = fleetBuilder()
    const [toast, nux] = ['toast', 'nux'].map((name) => builder.session(name))
    const watch = watched(builder)
    watch.focus(toast!)
    builder.asks(toast!)
    builder.asks(nux!)
    watch.notice()
    watch.focus(nux!)
    expect(watch.calls()).toEqual([])
    watch.focus(undefined)
    watch.notice()
    expect(watch.calls()).toEqual([])
  })

  test('are not those of a snoozed session, but of one that a new question brings back', () => {
    const builder = fleetBuilder()
    const id = builder.session('toast')
    const watch = watched(builder)
    builder.apply({ type: 'session.snoozed', id, snooze: {}, why: 'by the operator' })
    builder.asks(id)
    watch.notice()
    builder.apply({ type: 'session.snoozed', id, why: 'it asks' })
    expect(watch.calls()).toEqual(['toast permission'])
    builder.apply({ type: 'session.snoozed', id, snooze: {}, why: 'by the operator' })
    builder.asks(id)
    watch.notice()
    expect(watch.calls()).toEqual([])
  })

  test('are of the wanted kinds, and outside of quiet hours', () => {
    const builder = fleetBuilder()
    const ids = ['toast', 'nux', 'slit'].map((name) => builder.session(name))
    const watch = watched(builder)
    builder.asks(ids[0]!, { kind: 'unsent' })
    builder.asks(ids[1]!)
    watch.notice()
    expect(watch.calls({ kinds: ['permission'] })).toEqual(['nux permission'])
    builder.asks(ids[2]!)
    watch.notice()
    expect(watch.calls({ quietHours: { from: NOON - 1, to: NOON + 1 } })).toEqual([])
    watch.notice()
    expect(watch.calls()).toEqual([])
  })
})

describe('quiet hours', () => {
  test.each([
    ['09:00', '17:00', ['09:00', '12:00', '16:59'], ['08:59', '17:00', '00:00']],
    ['22:00', '07:00', ['22:00', '23:59', '00:00', '06:59'], ['07:00', '12:00', '21:59']],
    ['22:00', '00:00', ['22:00', '23:59'], ['00:00', '21:59']],
  ])('from %s to %s', (from, to, inside, outside) => {
    const hours = { from: minuteOf(from), to: minuteOf(to) }
    for (const time of inside) expect(isWithin(hours, minuteOf(time)), time).toBe(true)
    for (const time of outside) expect(isWithin(hours, minuteOf(time)), time).toBe(false)
  })

  test('are never without any', () => {
    expect(isWithin(undefined, 0)).toBe(false)
  })
})

describe('the text', () => {
  const callsOf = (builder: FleetBuilder) =>
    Object.values(builder.fleet.sessions).flatMap((session) =>
      session.need === undefined ? [] : [{ session, need: session.need }],
    )

  test('names who needs the operator and what for', () => {
    const builder = fleetBuilder()
    builder.asks(builder.session('toast'))
    expect(callText(callsOf(builder))).toBe('api/toast needs you: permission, Bash')
    builder.asks(builder.session('nux', { rig: 'web' }), { kind: 'question', title: 'Which way?' })
    expect(callText(callsOf(builder))).toBe('2 sessions need you: api/toast permission, web/nux question')
    expect(callText([])).toBe('')
  })

  test('is short and harmless, whatever agents say', () => {
    const builder = fleetBuilder()
    const title = `\x1b]2;evil\x07\x9d52;c;\u202eabc\nline ${'x'.repeat(500)}`
    builder.asks(builder.session('toast'), { title })
    const text = callText(callsOf(builder))
    expect(text).toMatch(/^api\/toast needs you: permission, [^\p{Cc}\p{Cf}]*…$/u)
    expect([...text].length).toBeLessThanOrEqual(160)
    for (let index = 0; index < 40; index++) builder.asks(builder.session(`agent-${index}`))
    expect(callText(callsOf(builder))).toMatch(/^41 sessions need you: api\/toast permission, .*…$/)
  })
})
