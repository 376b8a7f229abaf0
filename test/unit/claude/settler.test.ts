import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createSettler } from '../../../src/backends/claude/settler.ts'

describe('a dialog that only the status file tells of', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
  afterEach(() => void vi.useRealTimers())

  const waiting = { kind: 'found', status: 'waiting', waitingFor: undefined, conversation: undefined } as const

  function settling() {
    const told: boolean[] = []
    const settler = createSettler((isJustAnswered) => told.push(isJustAnswered))
    return { settler, told }
  }

  it('is believed after a second of quiet', () => {
    const { settler, told } = settling()
    settler.later()
    vi.advanceTimersByTime(999)
    expect(told).toEqual([])
    vi.advanceTimersByTime(1)
    expect(told).toEqual([false])
  })

  it('may for some seconds be the one that was just answered', () => {
    const { settler, told } = settling()
    settler.answered()
    settler.later()
    vi.advanceTimersByTime(6000)
    expect(told).toEqual([true, true, true, true, false])
  })

  it('is another one as soon as the program has said that the answered one is gone', () => {
    const { settler, told } = settling()
    settler.status(waiting)
    settler.answered()
    settler.status({ ...waiting, status: 'busy' })
    settler.later()
    vi.advanceTimersByTime(1000)
    expect(told).toEqual([false])
    settler.stop()
  })
})
