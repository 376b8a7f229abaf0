import { afterEach, describe, expect, test } from 'vitest'
import { COST_GROUPS, type CostReport } from '../../src/core/costs.ts'
import { type SessionId, workId } from '../../src/core/ids.ts'
import { queuedUnit, type WorkUnit } from '../../src/core/work.ts'
import type { Handoff, WorkOutcome, WorkRequest } from '../../src/core/work-verbs.ts'
import { type FleetBuilder, fleetBuilder, START } from '../harness/fleets.ts'
import { type Lab, openLab } from './room-lab.ts'

let lab: Lab

afterEach(async () => {
  await lab.press('\x1b')
  await lab.quit()
})

function unit(builder: FleetBuilder, id: string, about: Partial<WorkUnit> = {}): WorkUnit {
  const order = { id: workId(id), type: 'task', description: `do ${id}`, payload: {}, priority: 0 } as const
  const place = { rig: 'api', role: 'polecat', workDir: '/srv/api', backend: null, agentName: null, args: [] }
  const work = { ...queuedUnit(order, place, { at: START }), ...about }
  builder.apply({ type: 'work.queued', work })
  return work
}

describe('the work', () => {
  async function openWork(): Promise<{ readonly builder: FleetBuilder; readonly id: SessionId }> {
    const builder = fleetBuilder()
    const id = builder.session('toast')
    unit(builder, 'issue-1', { why: '1st in line: waits for a free claude session (10 of 10)' })
    unit(builder, 'issue-2', { status: 'failed', why: 'three sessions ended with it', attempts: 3 })
    lab = await openLab({ builder })
    await lab.press('w')
    return { builder, id }
  }

  test('opens at what failed, says why, and tries it again', async () => {
    await openWork()
    const retried: string[] = []
    lab.client.retryWork = async (id) => {
      retried.push(id)
      return {
        ...Object.values(lab.fleet().work).find((each) => each.id === id)!,
        status: 'queued',
        why: 'tried again',
      }
    }
    expect(lab.text()).toMatch(/issue-2 +failed +api/)
    expect(lab.text()).toContain('three sessions ended with it')
    await lab.press('R')
    expect(retried).toEqual(['issue-2'])
    await lab.settled()
    expect(lab.text()).toContain('3 tries')
  })

  test('shows the queue with the reason, cancels, and hands over to the selected session', async () => {
    const { id } = await openWork()
    const ended: [string, WorkOutcome][] = []
    const handed: [string, Handoff][] = []
    const [work] = Object.values(lab.fleet().work)
    lab.client.endWork = async (which, outcome) => {
      ended.push([which, outcome])
      return work!
    }
    lab.client.reassignWork = async (which, handoff) => {
      handed.push([which, handoff])
      return work!
    }
    await lab.press('\x1b[Z')
    await lab.press('\x1b[Z')
    expect(lab.text()).toContain('1st in line: waits for a free claude session')
    await lab.press('h')
    expect(lab.text()).toContain('What must api/toast know of how far issue-1 is?')
    await lab.press('no')
    await lab.press('\x1b')
    expect(lab.text()).toContain('h hand over to api/toast')
    await lab.press('h')
    await lab.press('q: the parser is done')
    await lab.press('\r')
    await lab.press('h')
    await lab.press('\r')
    expect(handed).toEqual([
      ['issue-1', { to: id, note: 'q: the parser is done' }],
      ['issue-1', { to: id }],
    ])
    await lab.press('x')
    expect(ended).toEqual([['issue-1', { status: 'cancelled' }]])
  })

  test('offers no hand-over of what failed: the host refuses that, and a new try does it', async () => {
    await openWork()
    expect(lab.text()).toContain('R try again')
    expect(lab.text()).not.toContain('h hand over')
  })

  test('offers no hand-over to a session that takes no work', async () => {
    const builder = fleetBuilder()
    const id = builder.session('toast')
    builder.apply({ type: 'session.paused', id, why: 'by the operator' })
    unit(builder, 'issue-1')
    lab = await openLab({ builder })
    await lab.press('w')
    expect(lab.text()).toContain('x cancel')
    expect(lab.text()).not.toContain('h hand over')
  })

  test('shows how far the batch of a unit is', async () => {
    const builder = fleetBuilder()
    builder.session('toast')
    for (const [at, status] of (['queued', 'accepted', 'done', 'done', 'cancelled'] as const).entries())
      unit(builder, `issue-${at}`, { batch: 'friday', status })
    unit(builder, 'other', { batch: 'monday' })
    lab = await openLab({ builder })
    await lab.press('w')
    expect(lab.text()).toContain('batch friday: 1 queued, 1 at work, 2 done, 0 failed, 1 cancelled of 5')
  })

  test('is given out with a form', async () => {
    const builder = fleetBuilder()
    builder.session('toast')
    const asked = await openForm(builder)
    await lab.press('\r')
    expect(lab.text()).toContain('Write what is to be done')
    await lab.press('fix the parser')
    await lab.press('\r')
    expect(asked).toMatchObject([
      {
        work: { description: 'fix the parser', priority: 0 },
        place: { rig: 'api', role: 'polecat', workDir: '/srv/api' },
      },
    ])
  })

  test('slung from the room belongs where the rig is, not in the tree of one of its workers', async () => {
    const builder = fleetBuilder()
    builder.session('toast', { workDir: '/trees/toast', sourceDir: '/srv/api' })
    const asked = await openForm(builder)
    await lab.press('fix the parser')
    await lab.press('\r')
    expect(asked.map(({ place }) => place.workDir)).toEqual(['/srv/api'])
  })
})

test('tokens and cost are summed up as chosen, and an unknown price is said', async () => {
  const builder = fleetBuilder()
  builder.session('toast')
  lab = await openLab({ builder })
  lab.client.costs = async ({ by }): Promise<CostReport> => {
    const row = { key: by, name: `a ${by}`, inputTokens: 1200, outputTokens: 300, costUsd: null, unpricedTokens: 1500 }
    return { by, since: null, rows: [row], total: { ...row, costUsd: 1.5 } }
  }
  await lab.press('$')
  await lab.until(() => lab.text().includes('Tokens and cost'))
  expect(lab.text()).toMatch(/a session +1200 +300 +\? +\? 1500/)
  expect(lab.text()).toMatch(/total +1200 +300 +\$1\.50/)
  for (const by of COST_GROUPS.slice(1)) {
    await lab.press('\t')
    expect(lab.text()).toContain(`a ${by}`)
  }
})

test('the header says that no work is given out', async () => {
  const builder = fleetBuilder()
  builder.session('toast')
  lab = await openLab({ builder })
  await lab.publish(builder.apply({ type: 'pool.paused', why: '3 sessions ended within 30 s' }))
  expect(lab.text()).toContain('work paused')
})

/** Opens the form that gives out work; resolves with what it will have asked for. */
async function openForm(builder: FleetBuilder): Promise<readonly WorkRequest[]> {
  lab = await openLab({ builder })
  const asked: WorkRequest[] = []
  lab.client.queueWork = async (request) => {
    asked.push(request)
    return { ...unit(builder, 'x'), why: 'given to api/nux' }
  }
  await lab.press('S')
  return asked
}
