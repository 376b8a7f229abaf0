import xterm, { type Terminal } from '@xterm/headless'
import { afterEach, describe, expect, test } from 'vitest'
import { createGrid, type Grid } from '../../../src/core/grid.ts'
import { applyWidths } from '../../../src/host/terminal/widths.ts'
import {
  CELL_TEXT_LIMIT,
  copyLine,
  countTrimmedLines,
  isCursorVisible,
  isMouseSgr,
  limitMemory,
  missingInternals,
  PAYLOAD_LIMIT,
  parseNow,
} from '../../../src/host/terminal/xterm-internals.ts'

const open = new Set<Terminal>()

function terminal(cols = 20, rows = 4, scrollback = 5): Terminal {
  const made = new xterm.Terminal({ cols, rows, scrollback, allowProposedApi: true, logLevel: 'off' })
  applyWidths(made)
  limitMemory(made)
  open.add(made)
  return made
}

afterEach(() => {
  for (const each of open) each.dispose()
  open.clear()
})

const feed = (to: Terminal, text: string): void => parseNow(to, Buffer.from(text))

/** The same terminal as an upgrade could leave it: nothing but the public interface. */
function publicOnly(of: Terminal): Terminal {
  const line = (view: object | undefined): object | undefined =>
    view && new Proxy(view, { get: (target, key) => (key === '_line' ? undefined : bound(target, key)) })
  const active = new Proxy(of.buffer.active, {
    get: (target, key) => (key === 'getLine' ? (y: number) => line(target.getLine(y)) : bound(target, key)),
  })
  return new Proxy(of, {
    get: (target, key) => {
      if (key === '_core') return undefined
      return key === 'buffer' ? { active, normal: active } : bound(target, key)
    },
  })
}

function bound(target: object, key: string | symbol): unknown {
  const value: unknown = Reflect.get(target, key)
  return typeof value === 'function' ? value.bind(target) : value
}

function gridOf(of: Terminal): Grid {
  const grid = createGrid(of.cols, of.rows)
  for (let y = 0; y < of.rows; y += 1) copyLine(of.buffer.active.getLine(of.buffer.active.baseY + y), grid, y)
  return grid
}

const DRAWING = 'plain \x1b[1;31mred \x1b[48;2;1;2;3m漢e\u0301👍🏽\x1b[0m\r\n\x1b[4:3mcurly\x1b[0m ⚠️ end'

describe('what this program reads behind the public interface', () => {
  test('is all there in the pinned version', () => {
    expect(missingInternals(terminal())).toEqual([])
  })

  test('is missed when an upgrade moves it', () => {
    expect(missingInternals(publicOnly(terminal())).length).toBeGreaterThan(8)
  })

  test('gives the same cells as the public interface', () => {
    const made = terminal()
    feed(made, DRAWING)
    const slow = gridOf(publicOnly(made))
    const fast = gridOf(made)
    expect([...slow.cells]).toEqual([...fast.cells])
    expect([...slow.combined]).toEqual([...fast.combined])
    expect([...fast.combined.values()]).toEqual(['e\u0301', '👍🏽', '⚠️'])
  })

  test('parsing is done when the call returns, both ways', () => {
    const made = terminal()
    feed(publicOnly(made), 'public')
    feed(made, ' internal')
    expect(made.buffer.active.getLine(0)?.translateToString(true)).toBe('public internal')
  })

  test('tells the cursor and the mouse encoding', () => {
    const made = terminal()
    expect([isCursorVisible(made), isMouseSgr(made)]).toEqual([true, false])
    feed(made, '\x1b[?25l\x1b[?1000h\x1b[?1006h')
    expect([isCursorVisible(made), isMouseSgr(made)]).toEqual([false, true])
    expect([isCursorVisible(publicOnly(made)), isMouseSgr(publicOnly(made))]).toEqual([true, true])
  })

  test('counts the lines that fell off the scrollback, also after a reset', () => {
    const made = terminal()
    const count = countTrimmedLines(made)
    count()
    feed(made, 'x\r\n'.repeat(20))
    expect(count()).toBe(20 - 3 - 5)
    feed(made, '\x1bc')
    count()
    feed(made, 'x\r\n'.repeat(20))
    expect(count()).toBe(2 * (20 - 3 - 5))
  })
})

describe('what a program can make the terminal remember is bounded', () => {
  const megabyte = 'x'.repeat(1 << 20)

  test.each([
    ['a title', '\x1b]0;', '\x07'],
    ['an unknown command', '\x1b]7777;', '\x1b\\'],
    ['a device control string', '\x1bP$q', '\x1b\\'],
    ['an application string', '\x1b_G', '\x1b\\'],
  ])('%s that never ends is not kept', (_, begin, end) => {
    const made = terminal()
    const titles: string[] = []
    made.onTitleChange((title) => titles.push(title))
    feed(made, begin)
    const before = process.memoryUsage()
    for (let round = 0; round < 64; round += 1) feed(made, megabyte)
    const after = process.memoryUsage()
    expect(after.heapUsed - before.heapUsed).toBeLessThan(48 << 20)
    feed(made, `${end}\x1b]0;short\x07after`)
    expect(titles).toEqual(['short'])
    expect(made.buffer.active.getLine(0)?.translateToString(true)).toContain('after')
  })

  test('a payload just within the limit is taken', () => {
    const made = terminal()
    const titles: string[] = []
    made.onTitleChange((title) => titles.push(title))
    feed(made, `\x1b]2;${'t'.repeat(PAYLOAD_LIMIT - 2)}\x07`)
    feed(made, `\x1b]2;${'u'.repeat(PAYLOAD_LIMIT)}\x07`)
    expect(titles.map((title) => title.length)).toEqual([PAYLOAD_LIMIT - 2])
  })

  test('accents without end stay within their cell and its limit', () => {
    const made = terminal()
    feed(made, `a${'\u0301'.repeat(100_000)}b`)
    const grid = gridOf(made)
    expect(grid.combined.get(0)?.length).toBeLessThanOrEqual(CELL_TEXT_LIMIT + 2)
    expect(made.buffer.active.cursorX).toBe(2)
  })
})

describe('lines arrive clean', () => {
  test('a wide character at the edge of a smaller grid becomes a blank', () => {
    const made = terminal(6, 1)
    feed(made, 'abc漢d')
    const grid = createGrid(4, 1)
    copyLine(made.buffer.active.getLine(0), grid, 0)
    expect(grid.cells[3 * 3]).toBe(1 << 22)
  })

  test('a line shorter than the grid, or none, is filled with blanks', () => {
    const made = terminal(4, 1)
    feed(made, 'abcd')
    const grid = createGrid(6, 2)
    grid.cells.fill(7)
    copyLine(made.buffer.active.getLine(0), grid, 0)
    copyLine(undefined, grid, 1)
    expect([...grid.cells.subarray(4 * 3)]).toEqual(Array.from({ length: 8 }, () => [1 << 22, 0, 0]).flat())
  })

  test('characters without a width never stand alone', () => {
    const made = terminal(8, 1)
    feed(made, '\u200b\x1b[1mx\x1b[3G\x1b[0m\u0301y')
    const grid = gridOf(made)
    for (let x = 0; x < 8; x += 1) expect(grid.cells[x * 3]! >>> 22).toBeGreaterThanOrEqual(1)
  })
})
