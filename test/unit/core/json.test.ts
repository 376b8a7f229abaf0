import { describe, expect, it } from 'vitest'
import { JsonSyntaxError, parseJsonSource } from '../../../src/config/json-source.ts'
import { parseObject } from '../../../src/core/json.ts'

const nested = (levels: number): string => `{"a":${'['.repeat(levels)}1${']'.repeat(levels)}}`

describe('an object that is nested', () => {
  it('a few levels deep is read', () => {
    expect(parseObject(nested(20))).toMatchObject({ a: expect.any(Array) })
    expect(parseJsonSource(nested(20)).value).toMatchObject({ a: expect.any(Array) })
  })

  it('without end is refused, and nothing overflows', () => {
    expect(parseObject(nested(200_000))).toBeUndefined()
    expect(() => parseJsonSource(nested(200_000))).toThrow(JsonSyntaxError)
    expect(() => parseJsonSource(nested(200_000))).toThrow('nested more than 100 levels deep')
  })
})
