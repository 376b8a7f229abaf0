import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rawSignal } from '../../../src/core/raw-signal.ts'

function kept(detail: string): string {
  return rawSignal({ source: 'hook', what: 'StopFailure', detail }, 7).detail
}

describe('what was heard', () => {
  test('keeps its time, source and name, and an empty detail', () => {
    expect(rawSignal({ source: 'server', what: 'session.status' }, 7)).toEqual({
      at: 7,
      source: 'server',
      what: 'session.status',
      detail: '',
    })
  })

  test.each([
    ['error=rate_limit resets 3pm'],
    ['tool_name=Bash tool_use_id=toolu_01A09q90qw90lq917835lq9'],
    ['git update-index --skip-worktree, then pkg-config'],
    ['status=waiting waitingFor=permission prompt'],
    ['background_tasks=shell:running,subagent:running'],
    ['01ARZ3NDEKTSV4RRFFQ69G5FAV 3f2504e0-4f89-11d3-9a0c-0305e82c3301'],
  ])('keeps %j as it is', (detail) => {
    expect(kept(detail)).toBe(detail)
  })

  test.each([
    ['Authorization: Bearer abc.def-ghi', 'abc.def-ghi'],
    ['x-api-key: 0123', '0123'],
    ['"api_key": "hunter2"', 'hunter2'],
    ['ANTHROPIC_API_KEY=hunter2', 'hunter2'],
    ['password=hunter2 and more', 'hunter2'],
    ['the key sk-ant-api03-AbCdEf_12345 is wrong', 'AbCdEf_12345'],
    ['sk_live_AbCdEf123456', 'AbCdEf123456'],
    ['ghp_AbCdEf0123456789', 'AbCdEf0123456789'],
    ['github_pat_11AbCdEf0123456789', '11AbCdEf0123456789'],
    ['xoxb-12345678-abcdef', '12345678'],
    ['AKIAIOSFODNN7EXAMPLE', 'IOSFODNN7EXAMPLE'],
    ['https://me:hunter2@example.org/x', 'hunter2'],
    ['eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9abcdefghij', 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9abcdefghij'],
  ])('hides the secret in %j', (detail, secret) => {
    expect(kept(detail)).not.toContain(secret)
    expect(kept(detail)).toContain('***')
  })

  test('is one line of a bearable length, whatever came', () => {
    expect(kept('one\r\ntwo\tthree\x1b')).toBe('one two three')
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 4_000 }), (text) => {
        const { what, detail } = rawSignal({ source: 'hook', what: text, detail: text }, 0)
        expect(what.length).toBeLessThanOrEqual(160)
        expect(detail).not.toMatch(/[\x00-\x1f\x7f-\x9f]/)
      }),
    )
  })

  test('may be huge', () => {
    expect(kept('a b=c: '.repeat(1_000_000)).length).toBe(160)
  })
})
