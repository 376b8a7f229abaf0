import { expect, test } from 'vitest'
import { workId } from '../../src/core/ids.ts'
import { DEFAULT_RULES } from '../../src/core/rules.ts'
import { passTerms } from '../../src/host/pass-terms.ts'
import { createUnitTries } from '../../src/host/unit-tries.ts'
import { createProcessClock } from '../harness/process-clock.ts'
import { startStandInHost } from '../harness/stand-in-host.ts'

test('a long queue asks for the settings once for each place that differs, and a failure stays with its unit', async () => {
  await using host = await startStandInHost()
  const { facts, workDir } = host.running
  const asked: string[] = []
  const tries = createUnitTries(createProcessClock())
  const terms = passTerms({
    ...{ facts, tries, now: () => 0 },
    backends: { 'stand-in': host.standIn.backend },
    rules(place) {
      asked.push(place)
      return DEFAULT_RULES
    },
  })
  const place = { rig: 'api', workDir, backend: 'stand-in', agentName: null, args: [] }
  const unit = (id: string, role = 'crew') => terms({ ...place, role, id: workId(id) })
  const first = unit('a')
  expect(first.options).toMatchObject([{ backend: 'stand-in', limit: 50 }])
  expect([unit('b'), unit('c')]).toEqual([first, first])
  expect(asked).toEqual([workDir])
  unit('d', 'polecat')
  expect(asked).toHaveLength(2)
  tries.note(workId('b'), 'stand-in', { why: 'it did not start', isFinal: true })
  expect(unit('b').options).toMatchObject([{ problem: 'it did not start' }])
  expect(unit('c')).toEqual(first)
})
