import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AgentPort } from '../../../src/backends/backend.ts'
import { createHeldRequests } from '../../../src/backends/claude/held-requests.ts'
import { createHookHandler } from '../../../src/backends/claude/hook-handler.ts'
import type { Reading } from '../../../src/backends/claude/status-file.ts'
import { createTypingGate, type TypingGate } from '../../../src/backends/claude/typing-gate.ts'
import { createEmitter } from '../../../src/core/emitter.ts'

const reading = (status: string): Reading => ({ kind: 'found', status, waitingFor: undefined, conversation: 'c1' })
const TOOL = 'it is about to use a tool and may ask first'
const CLOSING = 'its dialog is being closed'

let gate: TypingGate
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  gate = createTypingGate()
})
afterEach(() => {
  gate.dispose()
  vi.useRealTimers()
})

describe('the gate between keys and dialogs', () => {
  it('is open until a tool begins, and again when it is known what came of it', async () => {
    expect(gate.whyNotType()).toBeUndefined()
    await gate.letBegin('a')
    expect(gate.whyNotType()).toBe(TOOL)
    gate.toolDecided('b')
    expect(gate.whyNotType()).toBe(TOOL)
    gate.toolDecided('a')
    expect(gate.whyNotType()).toBeUndefined()
  })

  it('opens by itself when a tool has neither asked nor ended for long', async () => {
    const listener = vi.fn()
    gate.onChange(listener)
    await gate.letBegin('a')
    listener.mockClear()
    vi.advanceTimersByTime(2999)
    expect(gate.whyNotType()).toBe(TOOL)
    vi.advanceTimersByTime(1)
    expect(listener).toHaveBeenCalled()
    expect(gate.whyNotType()).toBeUndefined()
  })

  it('keeps a tool from beginning while a key is on its way', async () => {
    gate.keyWritten()
    const begun = vi.fn()
    const beginning = gate.letBegin('a').then(begun)
    await vi.advanceTimersByTimeAsync(1400)
    expect(begun).not.toHaveBeenCalled()
    expect(gate.whyNotType()).toBeUndefined()
    gate.typed()
    expect(gate.whyNotType()).toBe(TOOL)
    await beginning
  })

  it('lets a tool begin when nothing was heard of the key for long', async () => {
    gate.keyWritten()
    const beginning = gate.letBegin('a')
    await vi.advanceTimersByTimeAsync(1500)
    await beginning
    expect(gate.whyNotType()).toBe(TOOL)
  })

  it.each<[string, () => void]>([
    [
      'the status file has waited and waits no more',
      () => {
        gate.status(reading('waiting'))
        gate.status(reading('busy'))
      },
    ],
    ['the agent goes on', () => gate.goesOn(undefined)],
    ['enough time has passed', () => vi.advanceTimersByTime(1500)],
  ])('is closed after an answer until %s', (_what, happens) => {
    gate.asked(undefined)
    gate.answered()
    gate.status(reading('busy'))
    gate.goesOn('another agent')
    expect(gate.whyNotType()).toBe(CLOSING)
    happens()
    expect(gate.whyNotType()).toBeUndefined()
  })

  it('knows a status that waited before the answer', () => {
    gate.asked('sub')
    gate.status(reading('waiting'))
    gate.answered()
    expect(gate.whyNotType()).toBe(CLOSING)
    gate.status(reading('busy'))
    expect(gate.whyNotType()).toBeUndefined()
  })
})

describe('the hook before a tool', () => {
  it('is replied to only when no key is on its way, so that no dialog can come up under it', async () => {
    const hooks = createHookHandler({
      workDir: '/w',
      held: createHeldRequests(),
      gate,
      // Nothing of the host is needed here but that it hears what was heard.
      port: { trace: () => undefined, emit: () => undefined } as unknown as AgentPort,
      prompted: createEmitter<string>(),
      refresh: () => undefined,
      apply: () => undefined,
      onProgress: () => undefined,
    })
    const before = { hook_event_name: 'PreToolUse', tool_name: 'Bash', tool_use_id: 'a', tool_input: {} }
    const replied = vi.fn()
    gate.keyWritten()
    const reply = hooks(before, new AbortController().signal).then(replied)
    await vi.advanceTimersByTimeAsync(100)
    expect(replied).not.toHaveBeenCalled()
    gate.typed()
    await reply
    expect(gate.whyNotType()).toBe(TOOL)
    await hooks({ ...before, hook_event_name: 'PostToolUse' }, new AbortController().signal)
    expect(gate.whyNotType()).toBeUndefined()
  })
})
