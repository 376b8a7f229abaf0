import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSseParser } from '../../../src/backends/opencode/sse.ts'

function parseIn(bytes: Uint8Array, cuts: readonly number[]): readonly string[] {
  const parse = createSseParser()
  const at = [0, ...[...cuts].sort((left, right) => left - right), bytes.length]
  return at.slice(1).flatMap((end, index) => parse(bytes.subarray(at[index], end)))
}

describe('server-sent events', () => {
  it('gives the data of complete events only', () => {
    const parse = createSseParser()
    const text = ': hello\n\nevent: message\nid: 7\ndata: {"a":1}\n\ndata:two\ndata: lines\n\ndata\n\ndata: not yet'
    expect(parse(Buffer.from(text))).toEqual(['{"a":1}', 'two\nlines', ''])
    expect(parse(Buffer.from('\r\n\r\n'))).toEqual(['not yet'])
  })

  it('drops an event that is longer than allowed, and goes on', () => {
    const parse = createSseParser(10)
    expect(parse(Buffer.from('data: 12345678901\n\ndata: short\n\n'))).toEqual(['short'])
  })

  it('gives the same events however the stream is cut', () => {
    const event = fc.array(
      fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\r\n]/g, '')),
      { minLength: 1, maxLength: 3 },
    )
    const lineEnd = fc.constantFrom('\n', '\r\n', '\r')
    fc.assert(
      fc.property(fc.array(event, { maxLength: 5 }), lineEnd, fc.array(fc.nat(400)), (events, end, cuts) => {
        const text = events.map((lines) => lines.map((line) => `data: ${line}${end}`).join('') + end).join('')
        const bytes = Buffer.from(`${text}: the end${end}`)
        const within = cuts.filter((cut) => cut < bytes.length)
        expect(parseIn(bytes, within)).toEqual(events.map((lines) => lines.join('\n')))
      }),
    )
  })

  it('never throws on any bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 })), (chunks) => {
        const parse = createSseParser()
        for (const chunk of chunks) parse(chunk)
      }),
    )
  })
})
