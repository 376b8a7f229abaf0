import { expect, test } from 'vitest'
import { createScreen } from '../../../src/host/terminal/screen.ts'

const SIZE = { cols: 10, rows: 4 }
const FILLED = '\x1b[44mabcdefghij\r\nklm\r\nnop\r\nqrs\x1b[2;3H'

/** Sequences with a count, and a count that already does all there is to do. */
const COUNTED: readonly (readonly [string, number])[] = [
  ...['L', 'M', 'S', 'T'].map((final) => [final, SIZE.rows] as const),
  ...['@', 'P', 'X', 'I', 'Z', ' @', ' A', "'}", "'~"].map((final) => [final, SIZE.cols] as const),
  ['b', SIZE.cols * SIZE.rows],
]

function screenAfter(output: string) {
  const errors: unknown[] = []
  const screen = createScreen({ ...SIZE, reply: () => undefined, onError: (error) => errors.push(error) })
  screen.write(`${FILLED}漢${output}`)
  const seen = { rows: screen.ansi(), cursor: screen.cursor, errors }
  screen.dispose()
  return seen
}

test.each(COUNTED)('CSI %s takes a number without bounds for all there is', (final, all) => {
  for (const count of [all + 1, 65_535, 2_147_483_647]) {
    expect(screenAfter(`\x1b[${count}${final}`)).toEqual(screenAfter(`\x1b[${all}${final}`))
  }
})

test('a program may ask for it as often as it likes', () => {
  const output = COUNTED.map(([final]) => `\x1b[2147483647${final}`).join('')
  expect(screenAfter(output.repeat(200)).errors).toEqual([])
})
