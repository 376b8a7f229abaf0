import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { advance } from '../../../src/backends/opencode/activity.ts'
import {
  type ActivityInput,
  type ActivityState,
  initialActivity,
} from '../../../src/backends/opencode/activity-state.ts'
import { createUnanswered } from '../../../src/backends/opencode/unanswered.ts'

const ROOT = 'ses_root'
const busy: ActivityInput = { type: 'status', session: ROOT, status: { type: 'busy' } }
const idle: ActivityInput = { type: 'status', session: ROOT, status: { type: 'idle' } }
const stopped: ActivityInput = { type: 'failed', session: ROOT, name: 'MessageAbortedError', message: '' }
const answer: ActivityInput = {
  type: 'message',
  session: ROOT,
  message: { id: 'msg_2', role: 'assistant', inputTokens: 0, outputTokens: 0, costUsd: 0, isComplete: false },
}

describe('a prompt that the server took', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    waitedMs = 60_000
  })
  afterEach(() => vi.useRealTimers())

  let waitedMs = 60_000
  function watch(...inputs: readonly ActivityInput[]): readonly string[] {
    const told: string[] = []
    const unanswered = createUnanswered()
    unanswered.watch('msg_1', { again: () => told.push('again'), giveUp: () => told.push('given up') })
    inputs.reduce<ActivityState>((state, input) => {
      const next = advance(state, input, 0)
      unanswered.after(input, next)
      return next
    }, initialActivity(ROOT))
    vi.advanceTimersByTime(waitedMs)
    unanswered.dispose()
    expect(vi.getTimerCount()).toBe(0)
    return told
  }

  it('and left lying is given again, then given up', () => {
    expect(watch()).toEqual(['again', 'again', 'again', 'given up'])
    expect(watch(busy, idle)).toEqual(['again', 'again', 'again', 'given up'])
  })

  it('is waited for longer each time: a server that has just started takes its time', () => {
    waitedMs = 59_000
    expect(watch()).toEqual(['again', 'again', 'again'])
    waitedMs = 11_000
    expect(watch()).toEqual(['again'])
  })

  it('is left alone while a turn runs, when it is answered, and after a stop', () => {
    expect(watch(busy)).toEqual([])
    expect(watch(busy, answer, idle)).toEqual([])
    expect(watch(busy, stopped, idle)).toEqual([])
  })
})
