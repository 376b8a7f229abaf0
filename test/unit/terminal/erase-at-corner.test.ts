import { expect, test } from 'vitest'
import { createScreen } from '../../../src/host/terminal/screen.ts'

const SIZE = { cols: 6, rows: 3 }

function screenAfter(output: string) {
  const errors: unknown[] = []
  const screen = createScreen({ ...SIZE, reply: () => undefined, onError: (error) => errors.push(error) })
  screen.write(output)
  const seen = { rows: screen.ansi(), cursor: screen.cursor, errors }
  screen.dispose()
  return seen
}

test.each([
  ['on the main screen', ''],
  ['on the alternate screen', '\x1b[?1049h'],
])('erasing up to the last cell %s loses nothing of what follows', (_, enter) => {
  for (const erase of ['\x1b[1J', '\x1b[?1J']) {
    for (const corner of ['\x1b[3;6H', '\x1b[3;1H123456']) {
      const seen = screenAfter(`${enter}one\r\ntwo${corner}${erase}\x1b[2;2Hx`)
      expect(seen).toEqual({ rows: ['', ' x', ''], cursor: { x: 2, y: 1, visible: true }, errors: [] })
    }
  }
})

test('the erased cells have the background that is set', () => {
  const seen = screenAfter('\x1b[3;6H\x1b[44m\x1b[1J\x1b[m')
  expect(seen.rows).toEqual(Array.from({ length: 3 }, () => '\x1b[0;44m      \x1b[0m'))
})

test('above the last row, and before the last column, what is behind the cursor stays', () => {
  expect(screenAfter('123456\r\n123456\r\n123456\x1b[2;6H\x1b[1J').rows).toEqual(['', '', '123456'])
  expect(screenAfter('123456\r\n123456\r\n123456\x1b[3;5H\x1b[1J').rows).toEqual(['', '', '     6'])
})
