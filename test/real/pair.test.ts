import { describe, vi } from 'vitest'
import { failureCases } from './failure-cases.ts'
import { needCases } from './need-cases.ts'
import { sharedPair } from './pair.ts'

vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 })

describe('Claude Code (ada) and Opencode (otto)', () => {
  const pair = sharedPair()
  describe('what they ask', () => needCases(pair))
  describe('what goes wrong, and what goes on behind', () => failureCases(pair))
})
