import { beforeEach, describe, expect, test } from 'vitest'
import type { SessionId } from '../../../src/core/ids.ts'
import { selectedIn, shownIn } from '../../../src/ui/store/select.ts'
import { initialState, type RoomState } from '../../../src/ui/store/state.ts'
import { applyFleet, changeConnection } from '../../../src/ui/store/transitions/facts.ts'
import { enterFocus } from '../../../src/ui/store/transitions/focus.ts'
import { toggleAllMarks, toggleMark } from '../../../src/ui/store/transitions/marks.ts'
import {
  advanceFrom,
  select,
  selectBy,
  selectGroup,
  selectNeed,
  touch,
} from '../../../src/ui/store/transitions/selection.ts'
import { changeFilter, scrollBy } from '../../../src/ui/store/transitions/view.ts'
import { type FleetBuilder, fleetBuilder } from '../../harness/fleets.ts'

let builder: FleetBuilder
let ids: Record<'ask' | 'ask2' | 'work' | 'idle', SessionId>
let state: RoomState

beforeEach(() => {
  builder = fleetBuilder()
  ids = {
    idle: builder.session('idle'),
    work: builder.session('work'),
    ask: builder.session('ask'),
    ask2: builder.session('ask2'),
  }
  builder.working(ids.work, 'editing')
  builder.asks(ids.ask)
  builder.asks(ids.ask2, { kind: 'question' })
  state = touch(applyFleet(initialState({ cols: 120, rows: 40 }), builder.fleet, 1))
})

function order(of: RoomState): readonly string[] {
  return shownIn(of).sessions.map((session) => session.agentName)
}

describe('selection', () => {
  test('the first in the order of attention is selected at first', () => {
    expect(order(state)).toEqual(['ask', 'ask2', 'work', 'idle'])
    expect(state.selectedId).toBe(ids.ask)
  })

  test('follows the most urgent session until the operator does something', () => {
    const fresh = applyFleet(initialState({ cols: 120, rows: 40 }), builder.fleet, 1)
    builder.apply({
      type: 'session.exited',
      id: ids.ask,
      exit: { code: 0, signal: undefined },
      why: 'exited',
      failed: false,
    })
    expect(applyFleet(fresh, builder.fleet, 2).selectedId).toBe(ids.ask2)
    expect(applyFleet(touch(fresh), builder.fleet, 2).selectedId).toBe(ids.ask)
  })

  test('stays on its session when the order changes', () => {
    const there = select(state, ids.idle, 2)
    builder.asks(ids.idle)
    const after = applyFleet(there, builder.fleet, 3)
    expect(order(after)).toEqual(['ask', 'ask2', 'idle', 'work'])
    expect(after.selectedId).toBe(ids.idle)
  })

  test.each([
    ['work', 'idle'],
    ['idle', 'work'],
  ] as const)('goes to a neighbour when %s vanishes', (gone, neighbour) => {
    const there = select(state, ids[gone], 2)
    builder.apply({ type: 'session.removed', id: ids[gone] })
    expect(applyFleet(there, builder.fleet, 3).selectedId).toBe(ids[neighbour])
  })

  test('moves along the list and stops at its ends', () => {
    expect(selectBy(state, 1, 2).selectedId).toBe(ids.ask2)
    expect(selectBy(state, -1, 2).selectedId).toBe(ids.ask)
    expect(selectBy(state, 99, 2).selectedId).toBe(ids.idle)
    expect(selectGroup(state, 1, 2).selectedId).toBe(ids.work)
  })

  test('goes round the sessions that need the operator', () => {
    const second = selectNeed(state, 1, 2)
    expect(second.selectedId).toBe(ids.ask2)
    expect(selectNeed(second, 1, 3).selectedId).toBe(ids.ask)
    expect(selectNeed(state, -1, 2).selectedId).toBe(ids.ask2)
    expect(selectNeed(select(state, ids.idle, 2), 1, 3).selectedId).toBe(ids.ask)
  })

  test('an answer leads on to the next need, unless the operator has moved on', () => {
    expect(advanceFrom(state, ids.ask, 2).selectedId).toBe(ids.ask2)
    expect(advanceFrom(select(state, ids.idle, 2), ids.ask, 3).selectedId).toBe(ids.idle)
  })

  test('notes when a question came by itself, and not when the operator went to it', () => {
    builder.asks(ids.ask, { body: 'another' })
    const came = applyFleet(state, builder.fleet, 500)
    expect(came.shownNeed).toEqual({ id: builder.fleet.sessions[ids.ask]!.need!.id, at: 500 })
    expect(select(state, ids.ask2, 600).shownNeed?.at).toBe(0)
    expect(advanceFrom(state, ids.ask, 700).shownNeed?.at).toBe(700)
  })
})

describe('what follows the fleet', () => {
  test('focus ends with its session, and says so', () => {
    const focused = enterFocus(select(state, ids.work, 2))
    builder.apply({
      type: 'session.exited',
      id: ids.work,
      exit: { code: 1, signal: undefined },
      why: 'exit 1',
      failed: true,
    })
    const after = applyFleet(focused, builder.fleet, 3)
    expect(after.focusedId).toBeUndefined()
    expect(after.toast).toMatchObject({ kind: 'text', tone: 'warning' })
  })

  test('marks of sessions that have gone are forgotten', () => {
    const marked = toggleAllMarks(state)
    expect(marked.marked.size).toBe(4)
    builder.apply({ type: 'session.removed', id: ids.idle })
    expect(applyFleet(marked, builder.fleet, 3).marked.size).toBe(3)
    expect(toggleAllMarks(marked).marked.size).toBe(0)
    expect([...toggleMark(state).marked]).toEqual([ids.ask])
  })

  test('a lost connection makes what live sessions do unknown, and brings it back', () => {
    const lost = changeConnection(state, { status: 'lost', since: 9 }, 9)
    expect(shownIn(lost).needy).toEqual([])
    expect(selectedIn(lost)).toMatchObject({ activity: 'unknown', since: 9 })
    expect(lost.selectedId).toBe(ids.ask)
    expect(shownIn(changeConnection(lost, { status: 'live' }, 10)).needy).toHaveLength(2)
  })

  test('a filter keeps the selection if it can', () => {
    expect(changeFilter(state, 'state:working', 2).selectedId).toBe(ids.work)
    expect(changeFilter(state, 'ask', 2).selectedId).toBe(ids.ask)
    expect(changeFilter(state, 'nobody', 2).selectedId).toBeUndefined()
    const untouched = { ...state, isUntouched: true }
    const found = changeFilter(untouched, 'state:working', 2)
    expect(changeFilter(found, '', 3).selectedId).toBe(ids.work)
  })

  test('scrolling stays between the live screen and the oldest line', () => {
    const lines = { liveTop: 125, scrollLength: 25 }
    expect(scrollBy(state, 10, lines).scrollTop).toBe(115)
    expect(scrollBy(state, 99, lines).scrollTop).toBe(100)
    expect(scrollBy(scrollBy(state, 10, lines), -99, lines).scrollTop).toBeUndefined()
  })

  test('scrolling goes on from the line at the top, however much has come in below it', () => {
    const back = scrollBy(state, 10, { liveTop: 125, scrollLength: 125 })
    expect(scrollBy(back, 10, { liveTop: 500, scrollLength: 500 }).scrollTop).toBe(105)
    expect(scrollBy(back, -20, { liveTop: 500, scrollLength: 500 }).scrollTop).toBe(135)
  })
})
