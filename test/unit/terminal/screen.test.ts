import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { createGrid, PLAIN_MODES } from '../../../src/core/grid.ts'
import type { Progress } from '../../../src/host/terminal/notices.ts'
import { createScreen, type Screen, type ScreenOptions } from '../../../src/host/terminal/screen.ts'

const open = new Set<Screen>()

function screen(options: Partial<ScreenOptions> = {}): Screen & { readonly replies: string[] } {
  const replies: string[] = []
  const made = createScreen({ cols: 20, rows: 4, reply: (bytes) => replies.push(bytes), ...options })
  open.add(made)
  return Object.assign(made, { replies })
}

afterEach(() => {
  for (const each of open) each.dispose()
  open.clear()
})

describe('drawing', () => {
  test('what is written is there at once', () => {
    const made = screen()
    made.write('one\r\n')
    made.write(Buffer.from('zwei ✅ 漢'))
    expect(made.text()).toEqual(['one', 'zwei ✅ 漢', '', ''])
    expect(made.cursor).toEqual({ x: 10, y: 1, visible: true })
  })

  test.each(['é漢🚀', '… — • ‘x’', '👨‍👩‍👧 ⚠️ 🇫🇷 👍🏽', '─│┌ ✳ ⠋'])('%j may be cut anywhere', (text) => {
    const bytes = Buffer.from(`${text}|`)
    const whole = screen()
    whole.write(bytes)
    for (let cut = 1; cut < bytes.length; cut += 1) {
      const made = screen()
      made.write(bytes.subarray(0, cut))
      made.write(bytes.subarray(cut))
      expect([made.text()[0], made.cursor.x]).toEqual([`${text}|`, whole.cursor.x])
    }
    const slow = screen()
    for (const byte of bytes) slow.write(Uint8Array.of(byte))
    expect(slow.text()[0]).toBe(`${text}|`)
  })

  test('any bytes in any chunks give the same screen', () => {
    const piece = fc.oneof(
      fc.constantFrom('…', '—', '漢', '🚀', 'e\u0301', '⚠️', '\r\n', '\x1b[31m', '\x1b[3;5H', '\x1b]0;t…\x07'),
      fc.string({ maxLength: 5 }),
      fc.uint8Array({ maxLength: 4 }),
    )
    const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), cuts, (pieces, sizes) => {
        const bytes = Buffer.concat(pieces.map((each) => Buffer.from(each as string)))
        const whole = screen()
        const parts = screen()
        whole.write(bytes)
        for (let at = 0, part = 0; at < bytes.length; part += 1) {
          const size = sizes[part % sizes.length]!
          parts.write(bytes.subarray(at, at + size))
          at += size
        }
        // Whatever is held back at the end is let go by the same byte.
        for (const each of [whole, parts]) each.write('.')
        expect([...parts.snapshot().cells]).toEqual([...whole.snapshot().cells])
        expect([...parts.snapshot().combined]).toEqual([...whole.snapshot().combined])
        for (const each of [whole, parts]) each.dispose()
      }),
      { numRuns: 200 },
    )
  })

  test('the cursor never lies outside of the screen', () => {
    const made = screen({ cols: 5 })
    made.write('12345')
    expect(made.cursor.x).toBe(4)
  })

  test('the revision grows and listeners hear of it', () => {
    const made = screen()
    const seen: number[] = []
    const stop = made.onChange((revision) => seen.push(revision))
    made.write('a')
    made.resize(30, 5)
    stop()
    made.write('b')
    expect(seen.length).toBe(2)
    expect(made.revision).toBeGreaterThan(seen[1]!)
  })

  test('a new size is taken, small ones are raised to the least', () => {
    const made = screen()
    made.resize(33, 7)
    expect([made.cols, made.rows, made.snapshot().cols]).toEqual([33, 7, 33])
    made.resize(0, 0)
    expect([made.cols, made.rows]).toEqual([2, 1])
  })
})

describe('reading', () => {
  test('the scrollback is read from the bottom, blank rows below aside', () => {
    const made = screen()
    for (let line = 1; line <= 10; line += 1) made.write(`line ${line}\r\n`)
    expect(made.text({ lines: 3, fromBottom: true })).toEqual(['line 8', 'line 9', 'line 10'])
    expect(made.text({ lines: 100, fromBottom: true }).length).toBe(10)
    expect(made.text({ lines: 2 })).toEqual(['line 8', 'line 9'])
    expect(made.scrollbackLength).toBe(7)
  })

  test('a scrolled view stays where it is by the count of scrolled lines, also when old lines fall off', () => {
    const made = screen({ scrollback: 5 })
    for (let line = 1; line <= 8; line += 1) made.write(`line ${line}\r\n`)
    const grid = createGrid(20, 4)
    const first = (): string =>
      String.fromCodePoint(...Array.from({ length: 6 }, (_, x) => grid.cells[x * 3]! & 0x1fffff))
    made.copyInto(grid, { scrollOffset: 2 })
    expect(first()).toBe('line 4')
    const before = made.linesScrolled
    made.write('line 9\r\nline 10\r\n')
    made.copyInto(grid, { scrollOffset: 2 + made.linesScrolled - before })
    expect(first()).toBe('line 4')
    made.copyInto(grid, { scrollOffset: 1000 })
    expect(first()).toBe('line 3')
  })

  test('a copy may be larger or smaller than the screen', () => {
    const made = screen()
    made.write('abcdef\r\nx')
    const small = createGrid(3, 1)
    made.copyInto(small)
    expect([0, 1, 2].map((x) => String.fromCodePoint(small.cells[x * 3]! & 0x1fffff)).join('')).toBe('abc')
    const large = createGrid(30, 6)
    large.combined.set(5, 'left over')
    made.copyInto(large)
    expect(large.combined.size).toBe(0)
    expect(large.cells[(5 * 30 + 29) * 3]).toBe(1 << 22)
  })

  test('lines with colours draw the same screen again', () => {
    const made = screen({ cols: 40 })
    made.write(
      'a\x1b[1;31mbold red\x1b[0m \x1b[38;5;200m\x1b[48;2;1;2;3mx\x1b[7;4;9;3;2;53my\x1b[0m漢e\u0301\x1b[44m  \x1b[0m\r\n\x1b[95;100mbright',
    )
    const again = screen({ cols: 40 })
    again.write(made.ansi().join('\r\n'))
    expect([...again.snapshot().cells]).toEqual([...made.snapshot().cells])
    expect(made.ansi()[2]).toBe('')
    expect(made.ansi()[0]).toContain('\x1b[0;1;31mbold red')
  })
})

describe('modes', () => {
  test('are those the program set, and gone after a reset', () => {
    const made = screen()
    expect(made.modes).toEqual(PLAIN_MODES)
    made.write('\x1b[?1h\x1b=\x1b[?2004h\x1b[?1004h\x1b[?1002h\x1b[?1006h\x1b[?1049h\x1b[>5u\x1b[?25l\x1b[?2026h')
    expect(made.modes).toEqual({
      applicationCursor: true,
      applicationKeypad: true,
      bracketedPaste: true,
      sendFocus: true,
      mouse: 'drag',
      mouseSgr: true,
      kittyKeyboard: 5,
      alternateScreen: true,
    })
    expect(made.cursor.visible).toBe(false)
    expect(made.synchronizedOutput).toBe(true)
    expect(made.scrollbackLength).toBe(0)
    made.write('\x1bc')
    expect(made.modes).toEqual(PLAIN_MODES)
    expect(made.cursor.visible).toBe(true)
    expect(made.synchronizedOutput).toBe(false)
  })
})

describe('what leaves the screen', () => {
  test('titles are made safe, and told only when they change', () => {
    const titles: string[] = []
    const made = screen({ onTitle: (title) => titles.push(title) })
    made.write('\x1b]0;✳ fix\u202e\u200bit\x07\x1b]2;✳ fixit\x07')
    made.write(`\x1b]2;${'x'.repeat(500)}\x07\x1b]2;\x07`)
    expect(titles).toEqual(['✳ fixit', `${'x'.repeat(199)}…`, ''])
    expect(made.title).toBe('')
  })

  test('the bell, notifications and progress are told; the rest ends here', () => {
    const heard: unknown[] = []
    const made = screen({
      onBell: () => heard.push('bell'),
      onNotify: (text) => heard.push(text),
      onProgress: (progress: Progress) => heard.push(progress),
    })
    made.write('\x07\x1b]9;build\u202e done\x07\x1b]777;notify;Title;Body\x07\x1b]777;other;x\x07')
    made.write(
      '\x1b]9;4;3\x07\x1b]9;4;1;150\x07\x1b]9;4;9\x07\x1b]52;c;c2VjcmV0\x07\x1b]8;;http://x\x07link\x1b]8;;\x07',
    )
    expect(heard).toEqual([
      'bell',
      'build done',
      'Title: Body',
      { state: 'indeterminate', percent: 0 },
      { state: 'normal', percent: 100 },
    ])
    expect(made.text()[0]).toBe('link')
    expect(made.replies).toEqual([])
  })
})

describe('a flood', () => {
  test('is parsed in slices that let the loop go on, in order and to the end', async () => {
    const made = screen({ cols: 100, rows: 30 })
    const lines = Array.from(
      { length: 60_000 },
      (_, index) => `\x1b[3${index % 8}mline ${index} of the flood\x1b[0m\r\n`,
    )
    const bytes = Buffer.from(`${lines.join('')}THE END`)
    const started = performance.now()
    made.write(bytes)
    const blockedMs = performance.now() - started
    expect(made.pendingBytes).toBeGreaterThan(0)
    made.write('!')
    await new Promise<void>((resolve) => {
      const stop = made.onDrained((pending) => {
        if (pending > 0) return
        stop()
        resolve()
      })
    })
    const wholeMs = performance.now() - started
    expect(blockedMs).toBeLessThan(wholeMs / 2)
    expect(made.pendingBytes).toBe(0)
    expect(made.text({ lines: 1, fromBottom: true })).toEqual(['THE END!'])
  })

  test('is forgotten when the screen is disposed', () => {
    const made = screen()
    made.write(Buffer.alloc(4 << 20, 'x\r\n'))
    made.dispose()
    expect(made.pendingBytes).toBe(0)
  })
})
