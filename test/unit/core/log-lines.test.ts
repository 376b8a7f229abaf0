import { expect, test } from 'vitest'
import type { Fact } from '../../../src/core/facts.ts'
import { EMPTY_FLEET } from '../../../src/core/fleet.ts'
import { workId } from '../../../src/core/ids.ts'
import { orchestrationLines } from '../../../src/core/log-lines.ts'
import { reduce } from '../../../src/core/reduce.ts'
import { aSession } from '../../harness/sessions.ts'

const session = aSession({ state: 'starting', activity: 'unknown', why: 'starting', source: 'operator' })
const { id } = session

test('a session that is spawned, works, gets work and ends leaves one line for each change, with its reason', () => {
  const facts: readonly Fact[] = [
    { type: 'session.registered', session },
    { type: 'session.launched', id, generation: 1, pid: 7 },
    { type: 'session.ready', id, why: 'its prompt is there', source: 'status-file' },
    { type: 'work.assigned', id, workId: workId('gt-1'), why: 'given by the operator' },
    { type: 'session.activity-changed', id, activity: 'working', why: 'reading', source: 'hook' },
    { type: 'session.activity-changed', id, activity: 'working', why: 'writing', source: 'hook' },
    { type: 'session.exited', id, exit: { code: 1, signal: undefined }, why: 'exited with code 1', failed: true },
    { type: 'session.removed', id },
  ]
  let fleet = EMPTY_FLEET
  const lines = facts.flatMap((fact) => {
    const before = fleet
    fleet = reduce(fleet, { seq: fleet.seq + 1, at: 5_000, fact })
    return orchestrationLines(before, fleet, fact)
  })
  expect(lines.map(({ line }) => line)).toEqual([
    `[orchestration] session ${id} state: none → starting`,
    `[orchestration] spawned claude session ${id} for rig api`,
    `[orchestration] session ${id} state: starting → idle`,
    `[orchestration] assigned work gt-1 to session ${id}`,
    `[orchestration] session ${id} state: idle → working`,
    `[orchestration] session ${id} state: working → failed`,
  ])
  expect(lines[1]?.data).toEqual({ backend: 'claude', session: id, rig: 'api', generation: 1 })
  expect(lines[3]?.data).toEqual({ work: 'gt-1', session: id, why: 'given by the operator' })
  expect(lines[4]?.data).toEqual({ session: id, from: 'idle', to: 'working', why: 'reading', source: 'hook' })
})
