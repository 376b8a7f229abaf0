import { expect, test } from 'vitest'
import { BG, COLOUR, FG } from '../../../src/core/grid.ts'
import { colourBits, textGrid } from '../../../src/ui/panes/cell-style.ts'
import { colourDepthOf, reduceColour, rgbOf256 } from '../../../src/ui/panes/colour-depth.ts'

test('default colours stay default at every depth', () => {
  for (const depth of ['truecolor', '256', '16', 'none'] as const) expect(reduceColour(0, depth)).toBe(0)
})

test('a terminal with all colours gets them unchanged', () => {
  expect(reduceColour(COLOUR.rgb | 0x123456, 'truecolor')).toBe(COLOUR.rgb | 0x123456)
})

test('every colour of the 256 palette is its own nearest, or one that looks the same', () => {
  for (let index = 16; index < 256; index++) {
    const reduced = reduceColour(COLOUR.rgb | rgbOf256(index), '256')
    const difference = (shift: number) =>
      Math.abs(((rgbOf256(reduced & 0xff) >> shift) & 0xff) - ((rgbOf256(index) >> shift) & 0xff))
    expect(reduced & COLOUR.modeMask).toBe(COLOUR.indexed256)
    expect(Math.max(difference(16), difference(8), difference(0))).toBeLessThanOrEqual(10)
  }
})

test.each([
  [COLOUR.rgb | 0xff0000, 9],
  [COLOUR.rgb | 0x000000, 0],
  [COLOUR.rgb | 0xffffff, 15],
  [COLOUR.rgb | 0x808080, 8],
  [COLOUR.indexed256 | 3, 3],
  [COLOUR.indexed256 | 46, 10],
  [COLOUR.indexed16 | 12, 12],
])('%i becomes one of 16 colours', (colour, expected) => {
  expect(reduceColour(colour, '16')).toBe(COLOUR.indexed16 | expected)
})

test('without colours every colour is the default', () => {
  expect(reduceColour(COLOUR.rgb | 0xff0000, 'none')).toBe(0)
  expect(reduceColour(COLOUR.indexed16 | 3, 'none')).toBe(0)
})

test.each([
  [{ TERM: 'xterm-256color', COLORTERM: 'truecolor' }, 'truecolor'],
  [{ TERM: 'xterm-kitty' }, 'truecolor'],
  [{ TERM: 'screen-256color' }, '256'],
  [{ TERM: 'xterm' }, '16'],
  [{ TERM: 'dumb' }, 'none'],
  [{ TERM: 'xterm', COLORTERM: 'truecolor', NO_COLOR: '1' }, 'none'],
  [{}, '16'],
] as const)('the environment %j means %s', (environment, depth) => {
  expect(colourDepthOf(environment)).toBe(depth)
})

test('colours of a style by value and by name', () => {
  expect(colourBits('#0aF01b')).toBe(COLOUR.rgb | 0x0af01b)
  expect(colourBits('cyan')).toBe(COLOUR.indexed16 | 6)
  expect(colourBits('redBright')).toBe(COLOUR.indexed16 | 9)
  expect(colourBits('gray')).toBe(COLOUR.indexed16 | 8)
  expect(colourBits('ansi256(200)')).toBe(COLOUR.indexed256 | 200)
  expect(colourBits('no such colour')).toBe(0)
  expect(colourBits(undefined)).toBe(0)
})

test('a text becomes cells with its style, wide and joined glyphs included', () => {
  const grid = textGrid('a漢e\u0301', { colour: 'red', bold: true, dim: true })
  expect(grid).toMatchObject({ cols: 4, rows: 1 })
  expect([...grid.cells].filter((_, index) => index % 3 === 0).map((content) => content >>> 22)).toEqual([1, 2, 0, 1])
  expect(grid.combined).toEqual(new Map([[3, 'e\u0301']]))
  expect(grid.cells[1]).toBe((COLOUR.indexed16 | 1 | FG.bold) >>> 0)
  expect(grid.cells[11]).toBe(BG.dim)
})
