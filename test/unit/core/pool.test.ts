import { describe, expect, test } from 'vitest'
import { EMPTY_FLEET, type Fleet } from '../../../src/core/fleet.ts'
import { type SessionId, sessionId, workId } from '../../../src/core/ids.ts'
import { type BackendOption, type PoolView, planPool } from '../../../src/core/pool.ts'
import type { Session } from '../../../src/core/session.ts'
import { queuedUnit, type WorkPlace, type WorkUnit } from '../../../src/core/work.ts'
import { aSession } from '../../harness/sessions.ts'

const PLACE: WorkPlace = { rig: 'api', role: 'crew', workDir: '/tmp', backend: null, agentName: null, args: [] }
const CLAUDE: BackendOption = { backend: 'claude', why: 'asked', limit: 2 }
const OPENCODE: BackendOption = { backend: 'opencode', why: 'instead', limit: 2 }
const RULES = { memoryFloorMb: 100, startsPerMinute: 10 }

function unit(id: string, about: Partial<WorkUnit> = {}): WorkUnit {
  const order = { id: workId(id), type: 'task' as const, description: id, payload: {}, priority: 0 }
  return { ...queuedUnit(order, PLACE, { at: 1 }), ...about }
}

function session(id: string, about: Partial<Session> = {}): Session {
  return aSession({ id: sessionId(id), agentName: id, ...about })
}

interface Given extends Partial<Omit<PoolView, 'fleet' | 'terms'>> {
  readonly units: readonly WorkUnit[]
  readonly sessions?: readonly Session[]
  readonly options?: readonly BackendOption[]
}

function plan({ units, sessions = [], options = [CLAUDE], ...view }: Given) {
  const fleet: Fleet = {
    ...EMPTY_FLEET,
    work: Object.fromEntries(units.map((each) => [each.id, each])),
    sessions: Object.fromEntries(sessions.map((each) => [each.id, each])),
  }
  return planPool({
    fleet,
    terms: new Map(units.map(({ id }) => [id, { options, rules: RULES }])),
    warm: [],
    underWay: [],
    startsInLastMinute: 0,
    freeMb: 10_000,
    sessionMb: { claude: 500 },
    drafts: new Set<SessionId>(),
    ending: new Set<SessionId>(),
    ...view,
  })
}

describe('who gets work', () => {
  test('a session that is idle, of the same rig, role and backend, before a new one', () => {
    const { assign, start } = plan({ units: [unit('a'), unit('b')], sessions: [session('s')] })
    expect(assign).toMatchObject([{ workId: 'a', sessionId: 's' }])
    expect(start).toMatchObject([{ workId: 'b', backend: 'claude' }])
  })

  test.each([
    ['works', { activity: 'working' }],
    ['starts', { state: 'starting' }],
    ['is of another rig', { rig: 'web' }],
    ['has another role', { role: 'mayor' }],
    ['runs on another backend', { backend: 'opencode' }],
    ['was started with other arguments', { args: ['--fast'] }],
    ['has a message coming', { queuedMessages: 1 }],
    ['has open work', { workUnits: [unit('x', { status: 'accepted' })] }],
  ] as const)('not one that %s', (_, about) => {
    expect(plan({ units: [unit('a')], sessions: [session('s', about)] }).assign).toEqual([])
  })

  test('not one in which the operator is typing', () => {
    const { assign } = plan({ units: [unit('a')], sessions: [session('s')], drafts: new Set([sessionId('s')]) })
    expect(assign).toEqual([])
  })

  test('another backend only when the first one cannot, or when work is to be spread', () => {
    const full = [session('s', { activity: 'working' }), session('t', { activity: 'working' })]
    expect(plan({ units: [unit('a')], sessions: full, options: [CLAUDE, OPENCODE] }).start).toEqual([])
    const limited = { ...CLAUDE, problem: 'claude is limited' }
    const instead = [{ backend: 'opencode' }]
    expect(plan({ units: [unit('a')], options: [limited, OPENCODE] }).start).toMatchObject(instead)
    const spread = plan({ units: [unit('a')], sessions: full, options: [CLAUDE, OPENCODE], isSpreading: true })
    expect(spread.start).toMatchObject(instead)
  })
})

describe('why work waits', () => {
  const whys = (given: Given) => plan(given).explain.map(({ why }) => why)
  const three = [unit('a'), unit('b', { priority: -1 }), unit('c', { priority: -2 })]

  test('for a free session, each with its place', () => {
    const sessions = [session('s', { activity: 'working' }), session('t', { activity: 'working' })]
    expect(whys({ units: three, sessions })).toEqual(
      ['1st', '2nd', '3rd'].map((place) => `${place} in line: waits for a free claude session (2 of 2)`),
    )
  })

  test('starts under way count, whether a session stands for them or not', () => {
    const underWay = [
      { backend: 'claude', place: PLACE, why: '', isRegistered: false },
      { backend: 'claude', place: PLACE, why: '', isRegistered: false },
    ]
    expect(whys({ units: [unit('a')], underWay })).toEqual(['1st in line: waits for a free claude session (2 of 2)'])
  })

  test('for memory: what is lower in line does not take it first', () => {
    const given = { units: [unit('a'), unit('b')], freeMb: 550 }
    expect(plan(given).start).toEqual([])
    expect(whys(given)[1]).toMatch(/^2nd in line: waits for memory/)
    expect(plan({ ...given, freeMb: 650 }).start).toMatchObject([{ workId: 'a' }])
  })

  test('for memory that starting sessions will take, registered or not, each counted once', () => {
    const coming = { backend: 'claude', place: PLACE, why: '', workId: workId('x') }
    const starting = session('s', { state: 'starting' })
    const given = { units: [unit('a')], options: [{ ...CLAUDE, limit: 9 }] }
    const once = [{ ...coming, isRegistered: false }]
    const registered = [{ ...coming, isRegistered: true }]
    expect(plan({ ...given, freeMb: 1099, underWay: once }).start).toEqual([])
    expect(plan({ ...given, freeMb: 1099, sessions: [starting], underWay: registered }).start).toEqual([])
    expect(plan({ ...given, freeMb: 1100, underWay: once }).start).toHaveLength(1)
    expect(plan({ ...given, freeMb: 1100, sessions: [starting], underWay: registered }).start).toHaveLength(1)
  })

  test('for the operator, or for what no backend can do', () => {
    expect(whys({ units: [unit('a')], held: 'the pool is draining' })).toEqual(['1st in line: the pool is draining'])
    const problem = 'claude is unavailable: no program'
    expect(whys({ units: [unit('a')], options: [{ ...CLAUDE, problem }] })).toEqual([`1st in line: ${problem}`])
  })

  test('is not said again while it stays the same', () => {
    const held = 'the pool is draining'
    expect(whys({ units: [unit('a', { why: `1st in line: ${held}` })], held })).toEqual([])
  })
})

describe('room and warmth', () => {
  const idle = (id: string, about: Partial<Session> = {}) => session(id, { rig: 'web', ...about })

  test('an idle session of the pool makes room, one for each unit that waits, longest idle first', () => {
    const given = (isPooled: boolean) => ({
      units: [unit('a')],
      sessions: [idle('s', { since: 5, isPooled }), idle('t', { since: 3, isPooled })],
    })
    expect(plan(given(false)).end).toEqual([])
    expect(plan(given(true)).end).toMatchObject([{ sessionId: 't' }])
    expect(plan({ ...given(true), ending: new Set([sessionId('t')]) }).end).toEqual([])
  })

  test('missing warm sessions are started within the limit, and never before work that waits', () => {
    const warm = [{ backend: 'claude', count: 3, place: PLACE, options: [CLAUDE], rules: RULES }]
    expect(plan({ units: [], warm }).start).toHaveLength(2)
    expect(plan({ units: [], warm, sessions: [session('s')] }).start).toHaveLength(1)
    const sessions = [session('s', { activity: 'working' }), session('t', { activity: 'working' })]
    expect(plan({ units: [unit('a')], warm, sessions }).start).toEqual([])
  })

  test('a session of another role that is coming is none of the warm ones', () => {
    const option = { ...CLAUDE, limit: 9 }
    const warm = [{ backend: 'claude', count: 1, place: PLACE, options: [option], rules: RULES }]
    const coming = (role: string) => [{ backend: 'claude', place: { ...PLACE, role }, why: '', isRegistered: true }]
    expect(plan({ units: [], warm, underWay: coming('polecat') }).start).toHaveLength(1)
    expect(plan({ units: [], warm, underWay: coming('crew') }).start).toEqual([])
  })
})
