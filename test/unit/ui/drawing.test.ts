import { describe, expect, test } from 'vitest'
import type { LiveSlot } from '../../../src/ui/panes/compositor.ts'
import { paneSource } from '../../../src/ui/room/pane-source.ts'
import { createSlots } from '../../../src/ui/room/slots.ts'
import { formatAge, untilAgeChange } from '../../../src/ui/theme/ages.ts'
import { UNICODE } from '../../../src/ui/theme/glyphs.ts'
import { DARK } from '../../../src/ui/theme/theme.ts'
import { fieldSpans } from '../../../src/ui/views/field-line.ts'
import { branchWords } from '../../../src/ui/views/session-line.ts'
import { share } from '../../../src/ui/views/share.ts'
import { columnsOf, cut, pad, plain, wrapLines } from '../../../src/ui/widgets/plain-text.ts'
import { fitLine, lineWidth, span, spread } from '../../../src/ui/widgets/spans.ts'
import { stringWidth } from '../../../src/ui/widgets/string-width.ts'
import { START } from '../../harness/fleets.ts'
import { aSession } from '../../harness/sessions.ts'
import { labClock, pictureOf } from '../../ui/room-lab.ts'

describe('live texts', () => {
  function slots() {
    const clock = labClock(START)
    const shown = new Map<number, string>()
    let changes = 0
    const keeper = createSlots({
      clock,
      theme: DARK,
      glyphs: UNICODE,
      compositor: {
        setSlot: (slot: number, { text }: LiveSlot) => void shown.set(slot, text),
        removeSlot: (slot: number) => void shown.delete(slot),
      },
      onChange: () => {
        changes += 1
      },
    })
    const age = (slot: number, since: number) =>
      ({ slot, live: { kind: 'age', since }, width: 3, tone: 'muted', background: undefined }) as const
    return { clock, shown, keeper, age, changes: () => changes }
  }

  test('ages change each second under a minute, then each minute', () => {
    const { clock, shown, keeper, age, changes } = slots()
    keeper.show([age(1, START)])
    expect(shown.get(1)).toBe(' 0s')
    clock.advance(5000)
    expect([shown.get(1), changes()]).toEqual([' 5s', 5])
    clock.advance(55_000)
    expect([shown.get(1), changes()]).toEqual([' 1m', 60])
    clock.advance(600_000)
    expect([shown.get(1), changes()]).toEqual(['11m', 70])
  })

  test('ages of different sessions change together: the room wakes up once a second, not once for each', () => {
    const { clock, shown, keeper, age, changes } = slots()
    keeper.show([0, 90, 350, 990].map((phase, slot) => age(slot, START - phase)))
    clock.advance(10_000)
    expect([...shown.values()]).toEqual(['10s', '10s', '10s', '10s'])
    expect(changes()).toBe(10)
  })

  test('nothing wakes up when nothing ticks', () => {
    const { clock, shown, keeper, age, changes } = slots()
    keeper.show([age(1, START)])
    keeper.show([])
    clock.advance(3_600_000)
    expect([shown.size, changes()]).toEqual([0, 0])
  })

  test.each([
    [0, '0s'],
    [59_999, '59s'],
    [60_000, '1m'],
    [3_599_999, '59m'],
    [86_400_000, '1d'],
    [400 * 86_400_000, '99d'],
    [-5, '0s'],
  ])('an age of %i ms is %s and never wider than its place', (elapsed, text) => {
    expect(formatAge(elapsed)).toBe(text)
    expect(untilAgeChange(elapsed)).toBeGreaterThan(0)
  })
})

describe('what a pane shows of a screen', () => {
  const lines = Array.from({ length: 30 }, (_, row) => `line ${row}`)
  const size = { cols: 60, rows: 10 }

  test('the bottom-most rows that are not empty', () => {
    expect(paneSource(pictureOf(lines), size)).toMatchObject({ top: 20, left: 0 })
    expect(paneSource(pictureOf(lines.slice(0, 5)), size).top).toBe(0)
  })

  test('the row with the cursor, even above what is drawn below it', () => {
    const picture = { ...pictureOf(lines), cursor: { x: 0, y: 3, visible: true } }
    expect(paneSource(picture, size).top).toBe(3)
    expect(paneSource({ ...picture, cursor: { x: 0, y: 3, visible: false } }, size).top).toBe(20)
  })

  test('a dialog, and not the frame that an agent draws far below it', () => {
    const dialog = [
      ...lines.slice(0, 18),
      '1. Yes',
      '2. No',
      ...Array<string>(19).fill(''),
      `${'─'.repeat(110)} toast ─`,
    ]
    const picture = { ...pictureOf(dialog), cursor: { x: 0, y: 0, visible: false } }
    expect(paneSource(picture, size).top).toBe(10)
  })

  test('all of a screen that fits, and the end of one that is scrolled', () => {
    expect(paneSource(pictureOf(lines), { cols: 200, rows: 60 }).top).toBe(0)
    expect(paneSource({ ...pictureOf([]), scrollOffset: 5 }, size).top).toBe(30)
  })
})

describe('texts', () => {
  test('what an agent wrote cannot move the cursor or colour anything', () => {
    expect(plain('a\x1b[31mb\rc\td\u202ee\x9b2J')).toBe('ab c    de2J')
  })

  test('cut and padded to columns, wide characters included', () => {
    expect(cut('日本語', 5)).toBe('日本…')
    expect(pad('日本語', 5)).toBe('日本…')
    expect(columnsOf(pad('日本語', 4))).toBe(4)
    expect(pad('ab', 4)).toBe('ab  ')
  })

  test('wrapped between words where that is possible', () => {
    expect(wrapLines('one two three', 8)).toEqual(['one two', 'three'])
    expect(wrapLines('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij'])
    expect(wrapLines('a\n\nb', 4)).toEqual(['a', '', 'b'])
    expect(wrapLines('日本語日本語', 5).every((line) => columnsOf(line) <= 5)).toBe(true)
  })

  test('lines are always exactly as wide as their place', () => {
    const line = [span('left'), { slot: 1, width: 3 }, span('日本語')]
    for (let width = 0; width < 20; width++) {
      expect(lineWidth(fitLine(line, width))).toBe(width)
      expect(lineWidth(spread(line, [span('right')], width))).toBe(width)
    }
  })

  test('a field is exactly as wide as its place and shows where typing goes', () => {
    for (let cursor = 0; cursor <= 12; cursor++) {
      const spans = fieldSpans({ text: 'a日b語cdefghij', cursor }, { width: 8, isActive: true, background: '#000000' })
      expect(lineWidth(spans)).toBe(8)
    }
  })
})

describe('sharing', () => {
  test('what is equal stays the same object', () => {
    const before = { a: [1, { b: 2 }], c: { d: 3 } }
    expect(share(before, { a: [1, { b: 2 }], c: { d: 3 } })).toBe(before)
    const after = share(before, { a: [1, { b: 2 }], c: { d: 4 } })
    expect(after).toEqual({ a: [1, { b: 2 }], c: { d: 4 } })
    expect(after.a).toBe(before.a)
  })
})

describe('the branch of a session', () => {
  test.each([
    [{}, ''],
    [{ branch: 'issue-1' }, 'issue-1'],
    [{ branch: 'issue-1', changes: { dirtyFiles: 0, ahead: 0 } }, 'issue-1'],
    [{ branch: 'issue-1', changes: { dirtyFiles: 2, ahead: 0 } }, 'issue-1 (2 uncommitted)'],
    [{ branch: 'issue-1', changes: { dirtyFiles: 2, ahead: 3 } }, 'issue-1 (2 uncommitted, 3 ahead)'],
  ])('%j is shown as "%s"', (about, words) => {
    expect(branchWords(aSession(about))).toBe(words)
  })
})

describe('the columns that Ink is told of', () => {
  test.each([
    ['plain', 5],
    ['\x1b[1m\x1b[38;2;1;2;3mbold\x1b[0m', 4],
    ['▌● 日本 ✓', 9],
    ['👩‍💻 e\u0301', 4],
    ['', 0],
  ])('of %j are %i', (text, columns) => {
    expect(stringWidth(text)).toBe(columns)
  })

  test('count escape sequences only when that is asked for', () => {
    expect(stringWidth('\x1b[1mx')).toBe(1)
    expect(stringWidth('ab', { countAnsiEscapeCodes: true })).toBe(2)
  })
})
