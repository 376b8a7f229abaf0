import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { createMemoryGauge, type MeasuredSession } from '../../src/host/memory-gauge.ts'
import { eventually } from '../harness/eventually.ts'
import { createProcessClock } from '../harness/process-clock.ts'

test.runIf(process.platform === 'linux')('what was measured once stands until it is measured again', async () => {
  const clock = createProcessClock()
  // The leader of a session of its own, as the program in a terminal is.
  const child = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' })
  const ended = once(child, 'exit')
  let sessions: readonly MeasuredSession[] = [{ backend: 'one', pid: child.pid! }]
  const gauge = createMemoryGauge(() => sessions, clock.now)
  try {
    expect(gauge.sessionMb()).toEqual({})
    const measured = await eventually('a measurement', () => gauge.sessionMb()['one'])
    sessions = [{ backend: 'two', pid: child.pid! }]
    clock.pass(11_000)
    await eventually('another measurement', () => gauge.sessionMb()['two'])
    expect(gauge.sessionMb()['one']).toBe(measured)
  } finally {
    child.kill('SIGKILL')
    await ended
  }
})
