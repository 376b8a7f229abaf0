import { describe, expect, it } from 'vitest'
import { ageText, tableText } from '../../../src/cli/table.ts'

describe('a table', () => {
  it('has columns as wide as their widest cell, wide characters included', () => {
    const lines = tableText(
      ['A', 'B', 'C'],
      [
        ['x', '漢字', '1'],
        ['longer', 'y', '2'],
      ],
    ).split('\n')
    expect(lines).toEqual(['A       B     C', 'x       漢字  1', 'longer  y     2'])
  })

  it('lets nothing through that a terminal would obey, or that turns text around', () => {
    expect(tableText(['A'], [['a\x1b]0;title\x07b\r\nc'], ['x\u202ey']])).toBe('A\nab c\nxy')
  })

  it.each([
    [-5, '0s'],
    [59_999, '59s'],
    [60_000, '1m'],
    [3_600_000, '1h'],
    [200_000_000, '2d'],
  ])('shows %d ms as %s', (ms, text) => {
    expect(ageText(ms)).toBe(text)
  })
})
