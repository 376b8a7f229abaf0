import { describe, expect, it } from 'vitest'
import { failureNeed } from '../../../src/backends/claude/failures.ts'

describe('how a turn failed', () => {
  it.each([
    ['limited', 'rate limit', 'rate_limit', 'API Error: Request rejected (429)'],
    ['limited', 'server error', 'server_error', 'API Error: Repeated 529 Overloaded errors. The API is at capacity'],
    ['limited', 'rate limit, until 3pm (UTC)', 'rate_limit', "You've hit your limit · resets 3pm (UTC)"],
    ['limited', 'The turn failed', 'unknown', 'Credit balance is too low'],
    ['login', 'authentication failed', 'authentication_failed', 'Please run /login · API Error: 401'],
    ['login', 'The turn failed', 'unknown', 'API Error: 403 forbidden'],
    ['error', 'invalid request', 'invalid_request', 'API Error: 400 bad'],
    ['error', 'The turn failed', 'unknown', 'API Error: Connection error'],
  ])('is %s, in words: %s', (kind, title, error, text) => {
    const need = failureNeed('failure-0', { error, text })
    expect(need).toMatchObject({ key: 'failure-0', kind, title, body: text, isAfterTurn: true, answers: [] })
  })
})
