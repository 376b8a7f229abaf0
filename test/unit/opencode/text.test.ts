import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { layoutMarkdown } from '../../../src/backends/opencode/markdown.ts'
import { cutAt, paint, span, wrap } from '../../../src/backends/opencode/spans.ts'
import { plainText } from '../../../src/core/plain-text.ts'
import { textWidth } from '../../../src/core/widths.ts'

const anyText = fc.string({
  unit: fc.oneof(
    fc.constantFrom('a', ' ', '漢', 'é', '👩‍💻', '\u0301', '`', '**', '- '),
    fc.string({ unit: 'binary' }),
  ),
})
const textOf = (lines: ReturnType<typeof wrap>) => lines.map((line) => line.map((piece) => piece.text).join(''))

describe('a text', () => {
  it('cut a text into a head that fits and the rest', () => {
    fc.assert(
      fc.property(
        anyText.filter((text) => text !== ''),
        fc.integer({ min: 1, max: 20 }),
        (text, columns) => {
          const [head, rest] = cutAt(text, columns)
          expect(head + rest).toBe(text)
          expect(head).not.toBe('')
          expect(textWidth(head)).toBeLessThanOrEqual(Math.max(2, columns))
        },
      ),
    )
  })
})

describe('wrapping', () => {
  it('breaks at spaces, keeps indentation, cuts long words', () => {
    expect(textOf(wrap([span('one two three')], 8))).toEqual(['one two', 'three'])
    expect(textOf(wrap([span('  in dented')], 8))).toEqual(['  in', 'dented'])
    expect(textOf(wrap([span('abcdefghij')], 4))).toEqual(['abcd', 'efgh', 'ij'])
    expect(textOf(wrap([span('漢字漢字')], 5))).toEqual(['漢字', '漢字'])
    expect(textOf(wrap([span('')], 5))).toEqual([''])
  })

  it('keeps a word together that changes its style', () => {
    expect(textOf(wrap([span('some '), span('bold', 'bold'), span('ness')], 9))).toEqual(['some', 'boldness'])
  })

  it('never makes a line wider than asked, and loses nothing but spaces', () => {
    fc.assert(
      fc.property(
        anyText.map(plainText).map((text) => text.replaceAll('\n', '')),
        fc.integer({ min: 2, max: 40 }),
        (text, width) => {
          const lines = textOf(wrap([span(text)], width))
          for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width)
          expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''))
        },
      ),
    )
  })
})

describe('markdown', () => {
  const draw = (text: string, width = 40) => layoutMarkdown(text, width).map(paint)

  it('draws headings, strong words, code and fences', () => {
    expect(draw('# Plan')).toEqual(['\x1b[1mPlan\x1b[m'])
    expect(draw('a **b** `c`')).toEqual(['a \x1b[1mb\x1b[m \x1b[36mc\x1b[m'])
    expect(draw('```ts\nx = **1**\n```\nend')).toEqual(['\x1b[2m│ \x1b[mx = **1**', 'end'])
  })

  it('hangs the lines of a list item', () => {
    expect(draw('- one two three', 9)).toEqual(['- one two', '  three'])
    expect(draw('2. * not closed')).toEqual(['2. * not closed'])
  })
})
