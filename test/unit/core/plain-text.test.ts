import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { plainLine, plainText, shortLine } from '../../../src/core/plain-text.ts'

describe('text of a program', () => {
  test.each([
    ['\x1b[31mred\x1b[0m', 'red'],
    ['\x1b]0;title\x07text', 'text'],
    ['\x1b]52;c;YQ==\x1b\\copy', 'copy'],
    ['one\r\ntwo\rthree', 'one\ntwo\nthree'],
    ['a\tb', 'a    b'],
    ['bell\x07 c1\x9b31m', 'bell c131m'],
    ['left\u202eright\u2066', 'leftright'],
    ['\u2066isolate\u2069\u200b\ufeff\u2028', 'isolate'],
    ['half \ud83d surrogate', 'half  surrogate'],
    ['✳ née 漢字 🚀 👩‍💻 ⚠️', '✳ née 漢字 🚀 👩‍💻 ⚠️'],
    ['می\u200cخواهم', 'می\u200cخواهم'],
  ])('%j is shown as %j', (written, shown) => {
    expect(plainText(written)).toBe(shown)
  })

  test('has no control character left but line ends, and is not changed again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = plainText(text)
        expect(shown).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/)
        expect(plainText(shown)).toBe(shown)
      }),
    )
  })

  test('is one line where only one has room', () => {
    expect(plainLine(' two\nlines\tand   spaces ')).toBe('two lines and spaces')
    expect(shortLine('  a\n\n b  c ', 4)).toBe('a b…')
    expect(shortLine('🚀🚀🚀', 3)).toBe('🚀🚀🚀')
    expect([...shortLine('🚀'.repeat(100_000), 200)]).toHaveLength(200)
  })
})
