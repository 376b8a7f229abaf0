import { expect, test } from 'vitest'
import { openPoolLab, type PoolLab } from '../harness/pool-lab.ts'

const IDS = ['gt-1', 'gt-2', 'gt-3', 'gt-4', 'gt-5', 'gt-6']

/** Six units that wait for nothing but the word to begin. */
async function queueSix(lab: PoolLab): Promise<void> {
  await lab.running.host.drainPool()
  await Promise.all(IDS.map((id) => lab.queue(id)))
}

test('starts under way have memory that nobody else gets: what does not fit waits until there is more', async () => {
  await using lab = await openPoolLab({ pool: { memoryFloorMb: 500 } })
  lab.memory.freeMb = 750
  await queueSix(lab)
  await lab.running.host.resumePool()
  for (const id of ['gt-1', 'gt-2']) await lab.until(id, ({ status }) => status === 'accepted')
  await lab.until('gt-3', ({ why }) => why.includes('550 MB free, 500 MB are kept, one takes 100 MB'))
  lab.clock.pass(5_000)
  expect(lab.live()).toHaveLength(2)
  expect(IDS.slice(2).map((id) => lab.unit(id).status)).toEqual(['queued', 'queued', 'queued', 'queued'])
  lab.memory.freeMb = 5000
  lab.clock.pass(5_000)
  for (const id of IDS) await lab.until(id, ({ status }) => status === 'accepted')
})

test('until a session has been measured, one is taken for as large as a coding agent usually is', async () => {
  await using lab = await openPoolLab({ pool: { memoryFloorMb: 500 } })
  Object.assign(lab.memory, { freeMb: 1050, sessionMb: 250, isMeasured: false })
  await queueSix(lab)
  await lab.running.host.resumePool()
  for (const id of ['gt-1', 'gt-2']) await lab.until(id, ({ status }) => status === 'accepted')
  await lab.until('gt-3', ({ why }) => why.includes('550 MB free, 500 MB are kept, one takes 300 MB'))
  expect(lab.live()).toHaveLength(2)
})
