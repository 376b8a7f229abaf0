import { describe, expect, it } from 'vitest'
import { loadPrices } from '../../../src/config/prices.ts'
import { costOf, NO_PRICES, type RequestTokens } from '../../../src/core/prices.ts'

const table = loadPrices()

function tokens(model: string, change: Partial<RequestTokens> = {}): RequestTokens {
  return {
    model,
    inputTokens: 1_000_000,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    cacheWriteHourTokens: 0,
    outputTokens: 0,
    webSearches: 0,
    isFast: false,
    ...change,
  }
}

describe('prices', () => {
  it.each([
    ['claude-opus-4-5', 5],
    ['claude-opus-4-5-20251101', 5],
    ['us.anthropic.claude-opus-4-5-20251101-v1:0', 5],
    ['claude-opus-4-5@20251101', 5],
    ['claude-opus-5-5[1m]', 4],
    ['claude-opus-5', 5],
    ['claude-opus-4-20250514', 15],
    ['claude-sonnet-4-20250514', 3],
    ['claude-3-5-haiku-latest', 0.8],
  ])('finds %s', (model, usd) => {
    expect(costOf(table, tokens(model))).toBe(usd)
  })

  it.each(['', 'claude-opus-5-6', 'claude-opus-55', 'my-claude-opus-5', 'gpt-9', 'constructor'])(
    'does not guess what %j costs',
    (model) => {
      expect(costOf(table, tokens(model))).toBeUndefined()
    },
  )

  it('prices every kind of token by itself', () => {
    const used = tokens('claude-opus-5', {
      inputTokens: 100_000,
      cacheReadTokens: 1_000_000,
      cacheWriteTokens: 200_000,
      cacheWriteHourTokens: 100_000,
      outputTokens: 10_000,
      webSearches: 3,
    })
    expect(costOf(table, used)).toBeCloseTo(0.5 + 0.5 + 1.25 + 1 + 0.25 + 0.03, 9)
  })

  it('takes the whole of a long request at its own price, the cache counted in', () => {
    const short = tokens('claude-haiku-5-5', { inputTokens: 1_000, cacheReadTokens: 99_000, outputTokens: 1_000_000 })
    expect(costOf(table, short)).toBeCloseTo(0.0001 + 0.00099 + 0.5, 9)
    const long = { ...short, cacheReadTokens: 99_001 }
    expect(costOf(table, long)).toBeCloseTo(0.0005 + 0.00495005 + 2.5, 9)
  })

  it('does not know the prices of the fast mode, nor any without a table', () => {
    expect(costOf(table, tokens('claude-opus-5', { isFast: true }))).toBeUndefined()
    expect(costOf(NO_PRICES, tokens('claude-opus-5'))).toBeUndefined()
  })

  it('has no price below nothing, reads cheaper than input, and no id twice', () => {
    const ids = table.models.flatMap((each) => each.ids)
    expect(new Set(ids).size).toBe(ids.length)
    for (const each of table.models) {
      expect(each.cacheRead).toBeLessThan(each.input)
      expect(each.cacheWriteHour).toBeGreaterThan(each.cacheWrite)
      expect(each.output).toBeGreaterThan(each.input)
    }
  })
})
