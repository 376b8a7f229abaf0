import xterm from '@xterm/headless'
import stringWidth from 'string-width'
import { expect, test } from 'vitest'
import { CONTENT, WORDS } from '../../../src/core/grid.ts'
import { textCells, textWidth } from '../../../src/core/widths.ts'
import { applyWidths } from '../../../src/ui/panes/widths.ts'
import { hasFastCells, publicRowCells, rowCells, watchRows, writeNow } from '../../../src/ui/panes/xterm-cells.ts'

const SAMPLES = [
  'a',
  'é',
  'e\u0301',
  '漢',
  '✅',
  '🚀',
  '🧠',
  '⚠️',
  '✔️',
  'ℹ️',
  '⚠',
  '☝🏽',
  '👍🏽',
  '👨‍👩‍👧',
  '👩🏽‍💻',
  '🏳️‍🌈',
  '🇫🇷',
  '1️⃣',
  '#️⃣',
  '⠋',
  '─',
  '●',
  '✻',
  'ﾊ',
  'な',
  '한',
  '𝄞',
  'ก็',
  '❤️',
  '❤️‍🔥',
  '🏴󠁧󠁢󠁥󠁮󠁧󠁿',
]

function createTerminal(cols = 40) {
  const terminal = new xterm.Terminal({ cols, rows: 3, allowProposedApi: true, logLevel: 'off' })
  applyWidths(terminal)
  return terminal
}

test.each(SAMPLES)('%s is as wide as the agents take it to be, in text and on a screen', (sample) => {
  const terminal = createTerminal()
  writeNow(terminal, `${sample}|`)
  expect(textWidth(sample)).toBe(stringWidth(sample))
  expect(terminal.buffer.active.cursorX - 1).toBe(stringWidth(sample))
  expect(textCells(sample).map(({ text }) => text)).toEqual([sample])
})

test.each(['🇫🇷🇩🇪', 'a👍🏽b', '1️⃣2', '👍🏽🏽', '⚠x', '漢\u200d字', '🇫x'])(
  '%j is cut into the same cells everywhere',
  (text) => {
    const terminal = createTerminal()
    writeNow(terminal, text)
    expect(textWidth(text)).toBe(terminal.buffer.active.cursorX)
  },
)

test('the fast way to cells and changed rows works with the installed emulator', () => {
  const terminal = createTerminal(12)
  expect(hasFastCells(terminal)).toBe(true)
  const ranges: unknown[] = []
  watchRows(terminal, (range) => ranges.push(range))
  writeNow(terminal, 'one\r\ntwo')
  writeNow(terminal, '\x1b[2;1Hx')
  expect(ranges).toEqual([
    { start: 0, end: 1 },
    { start: 1, end: 1 },
  ])
})

test('the documented way gives the same cells as the fast one', () => {
  const terminal = createTerminal(12)
  writeNow(terminal, 'a漢e\u0301\x1b[1;31;48;2;1;2;3mx👍🏽\x1b[0;3my')
  const fast = rowCells(terminal, 0)
  const documented = publicRowCells(terminal, 0)
  for (let column = 0; column < 12; column++) {
    const isCombined = (fast.cells[column * WORDS]! & CONTENT.combined) !== 0
    const content = (cells: Uint32Array) =>
      isCombined ? cells[column * WORDS]! & ~CONTENT.codePoint : cells[column * WORDS]
    expect(content(documented.cells)).toBe(content(fast.cells))
    expect(documented.cells[column * WORDS + 1]).toBe(fast.cells[column * WORDS + 1])
    expect(documented.cells[column * WORDS + 2]).toBe(fast.cells[column * WORDS + 2])
    if (isCombined) expect(documented.combined(column)).toBe(fast.combined(column))
  }
})
