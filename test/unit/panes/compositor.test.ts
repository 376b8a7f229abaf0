import { describe, expect, test } from 'vitest'
import { COLOUR, createGrid } from '../../../src/core/grid.ts'
import { createOuterTerminal, gridOf, putCell } from './outer-terminal.ts'
import { COLS, createRoom, ROWS } from './small-room.ts'

test('chrome, pane and slot become one synchronized update', () => {
  const { outer, compositor, show } = createRoom()
  show(gridOf('hello', 16, 2))
  compositor.setSlot(1, { text: '⠋ 12s' })
  const size = compositor.frame()
  expect(outer.text()).toEqual(['title       ⠋ 12s', '  hello', '', 'end'])
  expect(compositor.frameSnapshot()).toEqual(['title       ⠋ 12s', '  hello', '', 'end'])
  expect(outer.written).toHaveLength(1)
  expect(size).toBe(new TextEncoder().encode(outer.written[0]).length)
  expect(outer.written[0]).toMatch(/^\x1b\[\?2026h[\s\S]*\x1b\[\?2026l$/)
  expect(compositor.frame()).toBe(0)
})

test('only what changed is written', () => {
  const { outer, compositor, show } = createRoom()
  const grid = gridOf('hello', 16, 2)
  show(grid)
  compositor.frame()
  putCell(grid, { x: 1, y: 0 }, { text: 'a' })
  show(grid, { dirty: { start: 0, end: 0 } })
  compositor.frame()
  expect(outer.written[1]).toBe('\x1b[?2026h\x1b[2;4Ha\x1b[?2026l')
  expect(outer.text()[1]).toBe('  hallo')
})

test('a change of nothing but a combining mark is seen', () => {
  const { outer, compositor, show } = createRoom()
  const grid = gridOf('e\u0301x', 16, 2)
  show(grid)
  compositor.frame()
  grid.combined.set(0, 'e\u0300')
  show(grid, { dirty: { start: 0, end: 0 } })
  expect(compositor.frame()).toBeGreaterThan(0)
  expect(outer.text()[1]).toBe('  e\u0300x')
})

test('bits of a palette cell that mean nothing cause no output', () => {
  const { compositor, show } = createRoom()
  const grid = createGrid(16, 2)
  putCell(grid, { x: 0, y: 0 }, { text: 'x', fg: COLOUR.indexed16 | 3 })
  show(grid)
  compositor.frame()
  putCell(grid, { x: 0, y: 0 }, { text: 'x', fg: COLOUR.indexed16 | 0xabcd00 | 3 })
  show(grid)
  expect(compositor.frame()).toBe(0)
})

test('a wide glyph cut by the edge of a pane is blank', () => {
  const { outer, compositor, show } = createRoom()
  const grid = gridOf(`${'漢'.repeat(12)}`, 24, 2)
  show(grid, { left: 1 })
  compositor.frame()
  expect(outer.text()[1]).toBe(`   ${'漢'.repeat(7)}`)
})

test('after a glyph of uncertain width the column is set anew', () => {
  const { outer, compositor, show } = createRoom()
  show(gridOf('漢a─b✻c', 16, 2))
  compositor.frame()
  expect(outer.written[0]).toContain('漢\x1b[5Ga─b✻\x1b[9Gc')
})

test('a terminal that measures emoji in another way keeps its columns', () => {
  const { outer, compositor, show } = createRoom()
  outer.terminal.unicode.activeVersion = '6'
  show(gridOf('⚠️a👨‍👩‍👧b✅c', 16, 2))
  compositor.frame()
  const seen = outer.cells()[1]!
  expect([seen[4]?.text, seen[7]?.text, seen[10]?.text]).toEqual(['a', 'b', 'c'])
})

test('an overlay over the corner of a pane does not move its content', () => {
  const { chrome, outer, compositor, pane, show } = createRoom()
  show(gridOf('0123456789abcdef\r\nghijklmnopqrstuv', 16, 2))
  compositor.frame()
  chrome.write('\x1b[2;3H####')
  compositor.frame()
  expect(outer.text().slice(1, 3)).toEqual(['  ####456789abcdef', '  ghijklmnopqrstuv'])
  compositor.holdLayout(true)
  chrome.write('\x1b[3;3H####')
  compositor.frame()
  expect(outer.text().slice(1, 3)).toEqual(['  ####456789abcdef', '  ####klmnopqrstuv'])
  compositor.holdLayout(false)
  chrome.write(pane(2) + pane(3))
  compositor.frame()
  expect(outer.text().slice(1, 3)).toEqual(['  0123456789abcdef', '  ghijklmnopqrstuv'])
})

test('a pane without a source is blank, not the key colour', () => {
  const { outer, compositor } = createRoom()
  compositor.frame()
  expect(outer.cells()[1]![5]).toMatchObject({ text: ' ', bg: 0 })
})

test('a live slot is cropped and keeps its background to the end', () => {
  const { outer, compositor } = createRoom()
  compositor.setSlot(1, { text: 'too long', style: { background: 'blue', bold: true } })
  compositor.frame()
  expect(outer.text()[0]).toBe('title       too lo')
  compositor.setSlot(1, { text: 'ok', style: { background: 'blue' } })
  compositor.frame()
  expect(outer.text()[0]).toBe('title       ok')
  expect(outer.cells()[0]![17]!.bg).toBe(COLOUR.indexed16 | 4)
})

describe('the cursor', () => {
  test('is shown in its pane and hidden elsewhere', () => {
    const { outer, compositor, show } = createRoom()
    show(createGrid(16, 2))
    compositor.cursor({ pane: 7, x: 3, y: 1, visible: true })
    compositor.frame()
    expect(outer.written[0]).toMatch(/\x1b\[3;6H\x1b\[\?25h\x1b\[\?2026l$/)
    expect(compositor.frame()).toBe(0)
    compositor.cursor({ pane: 7, x: 30, y: 1, visible: true })
    compositor.frame()
    expect(outer.written[1]).toBe('\x1b[?2026h\x1b[?25l\x1b[?2026l')
  })

  test('is where it was after other cells were written', () => {
    const { outer, compositor, show } = createRoom()
    show(createGrid(16, 2))
    compositor.cursor({ pane: 7, x: 0, y: 0, visible: true })
    compositor.frame()
    compositor.setSlot(1, { text: 'tick' })
    compositor.frame()
    expect([outer.terminal.buffer.active.cursorX, outer.terminal.buffer.active.cursorY]).toEqual([2, 1])
  })

  test('is hidden while an overlay covers it', () => {
    const { chrome, outer, compositor, show } = createRoom()
    show(createGrid(16, 2))
    compositor.cursor({ pane: 7, x: 1, y: 0, visible: true })
    compositor.frame()
    chrome.write('\x1b[2;3H####')
    compositor.frame()
    expect(outer.written[1]).toContain('\x1b[?25l')
    expect(outer.written[1]).not.toContain('\x1b[?25h')
  })
})

describe('a slow terminal', () => {
  test('gets no frame until it is ready, and then one with everything', () => {
    const outer = createOuterTerminal(COLS, ROWS)
    let takes = false
    const { compositor, show } = createRoom({
      write: (bytes) => {
        outer.write(bytes)
        return takes
      },
    })
    const grid = gridOf('one', 16, 2)
    show(grid)
    expect(compositor.frame()).toBeGreaterThan(0)
    for (const text of ['two', 'six']) {
      show(gridOf(text, 16, 2))
      compositor.setSlot(1, { text })
      expect(compositor.frame()).toBe(0)
    }
    takes = true
    compositor.resume()
    expect(compositor.frame()).toBeGreaterThan(0)
    expect(outer.written).toHaveLength(2)
    expect(outer.text()).toEqual(['title       six', '  six', '', 'end'])
    expect(compositor.frame()).toBe(0)
  })
})

describe('colours', () => {
  const text = '\x1b[38;2;255;0;0;48;5;33;1mx'

  test.each([
    ['truecolor', '\x1b[0;1;38;2;255;0;0;48;5;33mx'],
    ['256', '\x1b[0;1;38;5;196;48;5;33mx'],
    ['16', '\x1b[0;1;91;46mx'],
    ['none', '\x1b[0;1mx'],
  ] as const)('with depth %s', (depth, expected) => {
    const { outer, compositor, show } = createRoom({ depth })
    show(gridOf(text, 16, 2))
    compositor.frame()
    expect(outer.written[0]).toContain(expected)
  })

  test('every attribute arrives', () => {
    const { outer, compositor, show } = createRoom()
    const grid = gridOf('\x1b[1;2;3;4;5;7;8;9;53mx\x1b[0my', 16, 2)
    show(grid)
    compositor.frame()
    expect(outer.written[0]).toContain('\x1b[0;1;4;5;7;8;9;2;3;53mx\x1b[0my')
  })

  test('a dim pane is dim everywhere', () => {
    const { outer, compositor, show } = createRoom()
    show(gridOf('x', 16, 2), { dim: true })
    compositor.frame()
    expect(outer.written[0]).toContain('\x1b[0;2mx')
  })
})

test('the map of the screen tells which pane is where', () => {
  const { compositor } = createRoom()
  expect(compositor.paneRect(7)).toEqual({ x: 2, y: 1, cols: 16, rows: 2 })
  expect(compositor.paneAt(5, 2)).toEqual({ pane: 7, x: 3, y: 1 })
  expect(compositor.paneAt(0, 0)).toBeUndefined()
  expect(compositor.paneAt(13, 0)).toBeUndefined()
  expect(compositor.paneRect(8)).toBeUndefined()
})

test('a full repaint clears the terminal and writes everything', () => {
  const { outer, compositor, show } = createRoom()
  show(gridOf('hello', 16, 2))
  compositor.frame()
  outer.write(new TextEncoder().encode('\x1b[2J\x1b[2;2Hnoise of the shell'))
  compositor.invalidate()
  compositor.frame()
  expect(outer.text()).toEqual(['title', '  hello', '', 'end'])
})
