import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CONTENT, createGrid } from '../../../src/core/grid.ts'
import { putCell } from './outer-terminal.ts'
import { createRoom } from './small-room.ts'

const HOSTILE = [
  0x1b, 0x07, 0x00, 0x0a, 0x0d, 0x7f, 0x80, 0x9b, 0x9d, 0x9f, 0x202e, 0x2066, 0x2069, 0xd800, 0x1fffff, 0x10ffff,
]

/** Control characters of a frame that are not part of what the compositor itself writes. */
function foreignControls(frame: string): string[] {
  return (
    frame.replace(/\x1b\[\??[0-9;]*[A-Za-z]/g, '').match(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu) ?? []
  )
}

test.each(HOSTILE)('code point %i writes no escape', (codePoint) => {
  const { outer, compositor, show } = createRoom()
  const grid = createGrid(16, 2)
  putCell(grid, { x: 0, y: 0 }, { content: (1 << CONTENT.widthShift) | codePoint })
  putCell(grid, { x: 1, y: 0 }, { text: ']52;c;x' })
  putCell(grid, { x: 4, y: 0 }, { content: (2 << CONTENT.widthShift) | codePoint })
  putCell(grid, { x: 5, y: 0 }, { content: 0 })
  putCell(grid, { x: 8, y: 0 }, { text: 'z' })
  show(grid)
  compositor.frame()
  expect(foreignControls(outer.written[0]!)).toEqual([])
  expect(outer.cells()[1]![10]!.text).toBe('z')
})

test.each(['\x1b]0;owned\x07', 'e\x1b[2J', '\u202egnp', '\x9b31m', 'a\u0301\x00\x0d'])('text %j', (text) => {
  const { outer, compositor, show } = createRoom()
  const grid = createGrid(16, 2)
  putCell(grid, { x: 0, y: 0 }, { content: (1 << CONTENT.widthShift) | CONTENT.combined })
  grid.combined.set(0, text)
  show(grid)
  compositor.frame()
  expect(foreignControls(outer.written[0]!)).toEqual([])
})

test('any words at all leave the frame clean and the chrome whole', () => {
  fc.assert(
    fc.property(fc.uint32Array({ minLength: 96, maxLength: 96 }), fc.string({ unit: 'binary' }), (words, text) => {
      const { outer, compositor, show } = createRoom()
      const combined = new Map(Array.from({ length: 32 }, (_, index) => [index, text]))
      show({ cols: 16, rows: 2, cells: words, combined })
      compositor.frame()
      expect(foreignControls(outer.written[0]!)).toEqual([])
      expect(outer.text()[0]).toBe('title')
      expect(outer.text()[3]).toBe('end')
    }),
    { numRuns: 100 },
  )
})

test('a title of the chrome is cleaned too', () => {
  const { chrome, outer, compositor } = createRoom()
  chrome.write('\x1b[1;1Ha\u202eb')
  compositor.frame()
  expect(foreignControls(outer.written[0]!)).toEqual([])
})

test('texts without end do not fill the memory, and the screen stays right', () => {
  const { outer, compositor, show } = createRoom()
  const grid = createGrid(16, 2)
  for (let round = 0; round < 2300; round++) {
    for (let cell = 0; cell < 32; cell++) {
      const text = `e${String.fromCodePoint(0x300 + (cell % 60))}${String.fromCodePoint(0xe0100 + (round % 200), 0x300 + Math.floor(round / 200))}`
      putCell(grid, { x: cell % 16, y: cell >> 4 }, { text })
    }
    show(grid)
    compositor.frame()
  }
  expect(outer.cells()[1]![2]!.text).toBe(grid.combined.get(0))
  expect(compositor.frame()).toBe(0)
})
