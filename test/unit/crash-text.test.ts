import { expect, test } from 'vitest'
import { crashText } from '../../src/ui/crash-text.ts'

test('a crash over what an agent wrote is told without its escape sequences', () => {
  const error = new Error('no such line: \x1b]52;c;RVZJTA==\x07\x1b[?1049h\x1b[31mred\u202e')
  error.stack = `Error: ${error.message}\r\n    at paint (room.ts:1:2)`
  expect(crashText(error)).toBe(
    'signalbox: the room crashed; sessions go on.\nError: no such line: red\n    at paint (room.ts:1:2)\n',
  )
  expect(crashText('\x1b[2Jgone')).toBe('signalbox: the room crashed; sessions go on.\ngone\n')
})
