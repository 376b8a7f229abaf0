import { expect, test } from 'vitest'
import { scrolledBy } from '../../../src/ui/overlays/scrolling.ts'

test.each([
  ['pagedown', 0, 18],
  ['space', 18, 36],
  ['pageup', 36, 18],
  ['pagedown', 95, 100],
  ['j', 0, 1],
  ['end', 0, 100],
  ['home', 70, 0],
  ['x', 3, undefined],
])('%s goes from line %i to %s, where 19 lines are seen at once', (key, from, to) => {
  expect(scrolledBy(from, key, { last: 100, rows: 19 })).toBe(to)
})
