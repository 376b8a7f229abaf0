import { expect, test, vi } from 'vitest'

vi.hoisted(() => {
  process.env['FORCE_COLOR'] = '3'
  process.env['COLORTERM'] = 'truecolor'
})

import fc from 'fast-check'
import { Box, render, Text } from 'ink'
import { createElement as h } from 'react'
import { createGrid } from '../../../src/core/grid.ts'
import { createCompositor } from '../../../src/ui/panes/compositor.ts'
import { paneColour, regionOf, slotColour } from '../../../src/ui/panes/key-colour.ts'
import { asWriteStream, createVirtualTerminal } from '../../../src/ui/panes/virtual-terminal.ts'
import { createOuterTerminal, gridOf } from './outer-terminal.ts'

interface RoomProps {
  readonly label: string
  readonly cols: number
  readonly rows: number
  readonly overlay?: boolean
}

function room({ label, cols, rows, overlay = false }: RoomProps) {
  const tile = (index: number) =>
    h(
      Box,
      { key: index, flexGrow: 1, flexBasis: 0, borderStyle: 'round', flexDirection: 'column' },
      h(
        Box,
        { justifyContent: 'space-between' },
        h(Text, { bold: true, wrap: 'truncate' }, `${label} 漢字 ⚠️ ${index}`),
        h(Box, { width: 4, height: 1, backgroundColor: slotColour(index) }),
      ),
      h(Box, { flexGrow: 1, backgroundColor: paneColour(index) }),
    )
  return h(
    Box,
    { width: cols, height: rows, flexDirection: 'column' },
    h(Text, { inverse: true }, ' signalbox '),
    h(Box, { flexGrow: 1 }, tile(1), tile(2)),
    overlay &&
      h(
        Box,
        {
          position: 'absolute',
          marginLeft: 14,
          marginTop: 2,
          width: 14,
          height: 4,
          borderStyle: 'double',
          backgroundColor: '#202040',
        },
        h(Text, null, 'help'),
      ),
  )
}

async function openRoom(cols: number, rows: number) {
  const virtual = createVirtualTerminal(cols, rows)
  const outer = createOuterTerminal(cols, rows)
  const compositor = createCompositor({ cols, rows, depth: 'truecolor', write: outer.write })
  compositor.setChrome(virtual.screen)
  compositor.setPane(1, { grid: gridOf('first pane', 40, 10), top: 0, left: 0 })
  compositor.setPane(2, { grid: gridOf('second pane', 40, 10), top: 0, left: 0 })
  const ink = render(room({ label: 'a', cols, rows }), {
    stdout: asWriteStream(virtual),
    patchConsole: false,
    exitOnCtrlC: false,
    interactive: true,
    maxFps: 1000,
  })
  await ink.waitUntilRenderFlush()
  return { virtual, outer, compositor, ink }
}

test('Ink draws the chrome, the compositor fills the key-coloured boxes', async () => {
  const { virtual, outer, compositor, ink } = await openRoom(44, 8)
  compositor.setSlot(1, { text: '12s' })
  compositor.frame()
  const text = outer.text()
  expect(text[0]).toBe(' signalbox')
  expect(text[2]).toMatch(/^│a 漢字 ⚠️ 1 +12s ││a 漢字 ⚠️ 2 +│$/)
  expect(text[3]).toMatch(/^│first pane +││second pane +│$/)
  expect(text[7]).toMatch(/^╰─+╯╰─+╯$/)
  expect(compositor.paneRect(1)).toEqual({ x: 1, y: 3, cols: 20, rows: 4 })
  ink.rerender(room({ label: 'b', cols: 44, rows: 8, overlay: true }))
  await ink.waitUntilRenderFlush()
  compositor.frame()
  expect(outer.text()[2]).toContain('b 漢字')
  expect(outer.text()[3]).toMatch(/first pane +║help/)
  ink.rerender(room({ label: 'c', cols: 44, rows: 8 }))
  await ink.waitUntilRenderFlush()
  compositor.frame()
  expect(outer.text()[3]).toMatch(/^│first pane +││second pane +│$/)
  ink.unmount()
  virtual.dispose()
})

test('after a resize the terminal shows the new layout and nothing of the old', async () => {
  const { virtual, outer, compositor, ink } = await openRoom(44, 8)
  compositor.frame()
  for (const [cols, rows] of [
    [60, 12],
    [36, 7],
    [50, 9],
  ] as const) {
    outer.terminal.resize(cols, rows)
    virtual.resize(cols, rows)
    compositor.resize(cols, rows)
    ink.rerender(room({ label: 'r', cols, rows }))
    await ink.waitUntilRenderFlush()
    compositor.frame()
    const text = outer.text()
    expect(text).toEqual(compositor.frameSnapshot())
    expect(text).toHaveLength(rows)
    expect(text[0]).toBe(' signalbox')
    expect(text[3]).toMatch(/^│first pane +││second pane +│$/)
    expect(text.at(-1)).toMatch(/^╰─+╯╰─+╯$/)
  }
  ink.unmount()
  virtual.dispose()
})

test('a line feed starts a new line at its beginning, and the changed rows are told once', () => {
  const virtual = createVirtualTerminal(10, 4)
  virtual.screen.takeDirty()
  const drawn = vi.fn()
  const stop = virtual.onDrawn(drawn)
  virtual.write('ab\ncd\r\nef')
  expect(virtual.screen.text()).toEqual(['ab', 'cd', 'ef', ''])
  expect(virtual.screen.takeDirty()).toEqual({ start: 0, end: 2 })
  expect(virtual.screen.takeDirty()).toBeUndefined()
  expect(drawn).toHaveBeenCalledOnce()
  stop()
  virtual.write(new TextEncoder().encode('漢'))
  expect(drawn).toHaveBeenCalledOnce()
  expect(virtual.screen.takeDirty()).toEqual({ start: 2, end: 2 })
  virtual.dispose()
})

test('a write calls back after it returned', async () => {
  const virtual = createVirtualTerminal(10, 4)
  const order: string[] = []
  const called = new Promise<void>((resolve) => {
    virtual.write('x', () => {
      order.push('called')
      resolve()
    })
  })
  order.push('returned')
  await called
  expect(order).toEqual(['returned', 'called'])
  virtual.dispose()
})

test('a resize is told to whoever listens', () => {
  const virtual = createVirtualTerminal(10, 4)
  const listener = vi.fn()
  virtual.on('resize', listener)
  virtual.resize(20, 6)
  expect([virtual.columns, virtual.rows]).toEqual([20, 6])
  virtual.off('resize', listener)
  virtual.resize(10, 4)
  expect(listener).toHaveBeenCalledOnce()
  virtual.dispose()
})

test('every row of the screen exists after any resizes', () => {
  const size = fc.record({
    cols: fc.integer({ min: 2, max: 40 }),
    rows: fc.integer({ min: 1, max: 12 }),
    isFull: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(size, { minLength: 1, maxLength: 6 }), (sizes) => {
      const virtual = createVirtualTerminal(20, 6)
      for (const { cols, rows, isFull } of sizes) {
        if (isFull) virtual.write(`\x1b[H${'x'.repeat(virtual.columns * virtual.rows)}`)
        virtual.resize(cols, rows)
      }
      const { columns, rows } = virtual
      const lines = Array.from({ length: rows }, (_, row) => `${row}`.slice(0, columns))
      virtual.write(`\x1b[2J${lines.map((line, row) => `\x1b[${row + 1};1H${line}`).join('')}`)
      expect(virtual.screen.text()).toEqual(lines)
      expect(virtual.screen.row(rows - 1).length).toBe(columns)
      virtual.dispose()
    }),
  )
})

test('key colours name their region and survive the way through the chrome', () => {
  const virtual = createVirtualTerminal(10, 1)
  virtual.write('\x1b[48;2;254;1;2m \x1b[48;2;253;255;255m \x1b[48;2;252;0;0m ')
  const { cells } = virtual.screen.row(0)
  expect(paneColour(0x0102)).toBe('#fe0102')
  expect(slotColour(0xffff)).toBe('#fdffff')
  expect(regionOf(cells[2]!)).toEqual({ kind: 'pane', index: 0x0102 })
  expect(regionOf(cells[5]!)).toEqual({ kind: 'slot', index: 0xffff })
  expect(regionOf(cells[8]!)).toBeUndefined()
  expect(() => paneColour(0x10000)).toThrow(RangeError)
  expect(createGrid(1, 1).cells).toHaveLength(3)
  virtual.dispose()
})
