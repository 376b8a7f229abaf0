import { describe, expect, test } from 'vitest'
import { workId } from '../../../src/core/ids.ts'
import { backoffMs, massDeath, restartVerdict, workAfterEnd } from '../../../src/core/supervision.ts'

describe('what is done about a session that ended', () => {
  test('each failure waits twice as long as the one before, ten minutes at most', () => {
    expect([1, 2, 3, 4, 5, 6, 20].map(backoffMs)).toEqual([30_000, 60_000, 120_000, 240_000, 480_000, 600_000, 600_000])
  })

  test.each([
    { policy: 'never', isFailure: true, type: 'rest' },
    { policy: 'on-failure', isFailure: false, type: 'rest' },
    { policy: 'on-failure', isFailure: true, type: 'restart' },
    { policy: 'always', isFailure: false, type: 'restart' },
  ] as const)('$policy, failed: $isFailure', ({ policy, isFailure, type }) => {
    expect(restartVerdict({ policy, isFailure, endsMs: [1000], nowMs: 1000 })).toMatchObject({ type })
  })

  test('five ends within a quarter of an hour are a loop; old ones are forgotten', () => {
    const minute = 60_000
    const at = (minutes: readonly number[]) =>
      restartVerdict({
        policy: 'always',
        isFailure: true,
        endsMs: minutes.map((each) => each * minute),
        nowMs: 14 * minute,
      })
    expect(at([0, 1, 2, 3, 14])).toMatchObject({ type: 'loop' })
    expect(at([-10, 1, 2, 3, 14])).toEqual({ type: 'restart', afterMs: 240_000 })
  })

  test('three ends within half a minute are one trouble', () => {
    expect(massDeath([0, 10_000, 29_000], 29_000)).toBe('3 sessions ended unexpectedly within 30 s')
    expect(massDeath([0, 10_000, 31_000], 31_000)).toBeUndefined()
  })

  test('its work goes back into the queue until it was tried three times', () => {
    const end = { name: 'api/nux', why: 'exited with code 1', isDone: false }
    expect(workAfterEnd({ id: workId('gt-1'), attempts: 2 }, end)).toEqual({
      type: 'work.requeued',
      workId: 'gt-1',
      why: 'api/nux ended (exited with code 1), attempt 2 of 3',
    })
    expect(workAfterEnd({ id: workId('gt-1'), attempts: 3 }, end)).toMatchObject({
      type: 'work.ended',
      status: 'failed',
    })
    expect(workAfterEnd({ id: workId('gt-1'), attempts: 1 }, { ...end, isDone: true })).toMatchObject({
      status: 'done',
    })
  })
})
