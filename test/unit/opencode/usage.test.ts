import { expect, test } from 'vitest'
import type { MessageInfo } from '../../../src/backends/opencode/bus-event.ts'
import { NOTHING_SPENT, spend, usageOf } from '../../../src/backends/opencode/usage.ts'

function answer(id: string, change: Partial<MessageInfo> = {}): MessageInfo {
  const figures = { inputTokens: 100, outputTokens: 10, costUsd: 0.5, model: 'main' }
  return { id, role: 'assistant', isComplete: true, ...figures, ...change }
}

test('a message that is told again, or read again, counts once, as it was told last', () => {
  const told = [answer('m1', { outputTokens: 1, costUsd: 0 }), answer('m1'), answer('m2'), answer('m1')]
  const spending = told.reduce((sum, message) => spend(sum, message, true), NOTHING_SPENT)
  expect(usageOf(spending)).toMatchObject({ inputTokens: 200, outputTokens: 20, costUsd: 1 })
})

test('a copied conversation has not paid for what it was copied with, but its context is as full', () => {
  const copy = { ...NOTHING_SPENT, since: 1000, contextLimit: 1000, model: 'main' }
  const copied = spend(copy, answer('m1', { createdAt: 999 }), true)
  expect(usageOf(copied)).toBeUndefined()
  const spending = spend(copied, answer('m2', { createdAt: 1001, inputTokens: 190 }), true)
  expect(usageOf(spending)).toMatchObject({ inputTokens: 190, outputTokens: 10, costUsd: 0.5, contextPercent: 20 })
  expect(copied.contextTokens).toBe(110)
})
