import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NeedId, SessionId } from '../../src/core/ids.ts'
import { beginWatch, isWithin, noticeNeeds, settleNeeds } from '../../src/core/notify.ts'
import { NEED_KINDS } from '../../src/core/room-settings.ts'
import { fleetBuilder } from '../harness/fleets.ts'

const COUNT = 3

const session = fc.nat(COUNT - 1)
const step = fc.oneof(
  fc.record({ do: fc.constant('ask' as const), session, kind: fc.constantFrom(...NEED_KINDS) }),
  fc.record({ do: fc.constant('clear' as const), session }),
  fc.record({ do: fc.constant('snooze' as const), session, on: fc.boolean() }),
  fc.record({ do: fc.constant('focus' as const), session: fc.option(session) }),
  fc.record({ do: fc.constant('settle' as const), minute: fc.nat(1439) }),
)
const rule = fc.record({
  kinds: fc.uniqueArray(fc.constantFrom(...NEED_KINDS)),
  quietHours: fc.record({ from: fc.nat(1439), to: fc.nat(1439) }),
})

test('exactly what is new, stands, is wanted, and is neither focused nor snoozed nor in quiet hours is announced, once', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), rule, fc.nat(COUNT), (steps, wanted, asking) => {
      const builder = fleetBuilder()
      const ids = Array.from({ length: COUNT }, (_, index) => builder.session(`agent-${index}`))
      for (const id of ids.slice(0, asking)) builder.asks(id)
      let watch = beginWatch(builder.fleet)
      let focused: SessionId | undefined
      const moment = () => ({ fleet: builder.fleet, isFocused: (id: SessionId) => id === focused })
      /** Raised since the last time, of sessions that were not focused. */
      let fresh = new Set<NeedId>()
      for (const each of steps) {
        if (each.do === 'focus') focused = each.session === null ? undefined : ids[each.session]
        if (each.do === 'settle') {
          const { minute } = each
          const settled = settleNeeds(watch, moment(), { rule: wanted, minute })
          watch = settled.watch
          const expected = Object.values(builder.fleet.sessions).filter(
            ({ id, need, snooze }) =>
              need !== undefined &&
              fresh.has(need.id) &&
              wanted.kinds.includes(need.kind) &&
              snooze === undefined &&
              id !== focused &&
              !isWithin(wanted.quietHours, minute),
          )
          const announced = settled.calls.map(({ need }) => need.id)
          expect([...announced].sort()).toEqual(expected.map(({ need }) => need!.id).sort())
          fresh = new Set()
          continue
        }
        if (each.do === 'focus') continue
        const id = ids[each.session]!
        if (each.do === 'ask') {
          builder.asks(id, { kind: each.kind })
          const { need } = builder.fleet.sessions[id]!
          if (need !== undefined && id !== focused) fresh.add(need.id)
        }
        const needId = builder.fleet.sessions[id]!.need?.id
        if (each.do === 'clear' && needId !== undefined)
          builder.apply({ type: 'session.need-cleared', id, needId, outcome: 'answered' })
        if (each.do === 'snooze')
          builder.apply({ type: 'session.snoozed', id, ...(each.on ? { snooze: {} } : {}), why: 'test' })
        watch = noticeNeeds(watch, moment())
      }
    }),
  )
})
