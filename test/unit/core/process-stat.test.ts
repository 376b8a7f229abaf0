import { expect, it } from 'vitest'
import { parseProcessStat } from '../../../src/core/process-stat.ts'

it('reads past a name that holds brackets, spaces and numbers', () => {
  const text = '4711 (a) b) 1 Z) S 1 4710 4709 34816 4708 4194304 1 2 3 4 50 7 0 0 20 0 1 0 987654 1000 200\n'
  expect(parseProcessStat(text)).toEqual({
    isZombie: false,
    group: 4710,
    terminalSession: 4709,
    foregroundGroup: 4708,
    cpuTicks: 57,
    start: '987654',
  })
})

it('knows what is only left of a process', () => {
  expect(parseProcessStat('7 (node) Z 1 7 7 0 -1').isZombie).toBe(true)
})
