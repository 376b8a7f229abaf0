import { expect, test } from 'vitest'
import { workId } from '../../../src/core/ids.ts'
import { reduce } from '../../../src/core/reduce.ts'
import { queuedUnit, type WorkUnit, workPrompt } from '../../../src/core/work.ts'
import { handedOver } from '../../../src/core/work-handoff.ts'
import { fleetBuilder, START } from '../../harness/fleets.ts'

const ORDER = { id: workId('gt-1'), type: 'task', description: 'fix it', payload: {}, priority: 0 } as const

test('an agent is told the text, the payload line by line and within bounds, then the note', () => {
  const told = (payload: WorkUnit['payload']) =>
    workPrompt({ ...ORDER, payload, note: 'half of it is done' }).split('\n')
  expect(told({ branch: 'main', text: 'two\nlines', files: ['a', 'b'], none: null, work: 'own words' })).toEqual([
    ...['fix it', 'branch: main', 'text: two lines', 'files: ["a","b"]', 'none: null'],
    'Note from the hand-off: half of it is done',
  ])
  const many = told(Object.fromEntries(Array.from({ length: 43 }, (_, at) => [`n${at}`, 'x'.repeat(2000)])))
  expect(many).toHaveLength(43)
  expect(many.at(-2)).toBe('… and 3 more')
  expect(Math.max(...many.map((line) => line.length))).toBe(500)
})

test('work that is handed over from the queue is begun once, and belongs to the session that has it', () => {
  const builder = fleetBuilder()
  const id = builder.session('next', { workDir: '/trees/next', sourceDir: '/srv/api', args: ['--fast'] })
  const place = { rig: 'web', role: 'polecat', workDir: '/srv/web', backend: 'one', agentName: 'before', args: [] }
  builder.apply({ type: 'work.queued', work: queuedUnit(ORDER, place, { at: START }) })
  builder.apply(handedOver(ORDER, builder.fleet.sessions[id]!, { why: 'handed over', note: 'half of it is done' }))
  const handed = {
    rig: 'api',
    role: 'crew',
    workDir: '/srv/api',
    backend: 'claude',
    agentName: 'next',
    args: ['--fast'],
  }
  expect(builder.fleet.work[ORDER.id]).toMatchObject({ ...handed, attempts: 1, sessionId: id, status: 'assigned' })
  const fact = { type: 'work.requeued', workId: ORDER.id, why: 'it crashed' } as const
  const later = reduce(builder.fleet, { seq: builder.fleet.seq + 1, at: START, fact })
  expect(later.work[ORDER.id]).toMatchObject({ ...handed, attempts: 1, status: 'queued', note: 'half of it is done' })
})
