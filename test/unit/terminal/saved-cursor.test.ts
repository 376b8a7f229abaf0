import { expect, test } from 'vitest'
import { createScreen } from '../../../src/host/terminal/screen.ts'

const SIZE = { cols: 12, rows: 4 }
const SCROLL = '\x1b[4;1H\n\n'

function shownAfter(output: string, size = SIZE): readonly string[] {
  const screen = createScreen({ ...size, reply: () => undefined })
  screen.write(output)
  const rows = screen.text()
  screen.dispose()
  return rows
}

test.each([
  ['DECSC and DECRC', '\x1b7', '\x1b8'],
  ['the same by CSI', '\x1b[s', '\x1b[u'],
  ['mode 1048', '\x1b[?1048h', '\x1b[?1048l'],
])('%s: the row is a row of the screen, whatever scrolled meanwhile', (_, save, restore) => {
  expect(shownAfter(`\x1b[2;3H${save}${SCROLL}${restore}here`)).toEqual(['', '  here', '', ''])
})

test('the place is the same when it is gone to twice', () => {
  expect(shownAfter(`\x1b[3;1H\x1b7${SCROLL}\x1b8one${SCROLL}\x1b8two`)).toEqual(['one', '', 'two', ''])
})

test('each screen has its own place', () => {
  const output = `\x1b[2;2H\x1b7${SCROLL}\x1b[?47h\x1b[4;4H\x1b7${SCROLL}\x1b8x\x1b[?47l\x1b8here`
  expect(shownAfter(output)).toEqual(['', ' here', '', ''])
})

test.each([
  ['a full reset', '\x1bc'],
  ['a soft reset', '\x1b[!p'],
])('after %s the place is the top left corner', (_, reset) => {
  expect(shownAfter(`\x1b[3;3H\x1b7${SCROLL}${reset}\x1b[4;1H\n\x1b8here`)[0]).toMatch(/^here/)
})

test('a place that was never saved is the top left corner', () => {
  expect(shownAfter(`${SCROLL}\x1b8here`)[0]).toBe('here')
})

test('the place moves with its line when the screen gets lower', () => {
  const screen = createScreen({ ...SIZE, reply: () => undefined })
  screen.write('one\r\ntwo\r\nthree\r\n\x1b7four')
  screen.resize(12, 2)
  screen.write('\x1b8FOUR')
  expect(screen.text()).toEqual(['three', 'FOUR'])
  screen.dispose()
})
