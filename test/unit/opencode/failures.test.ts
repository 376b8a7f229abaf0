import { describe, expect, it } from 'vitest'
import { failureIn, failureNeed, retryNeed } from '../../../src/backends/opencode/failures.ts'

const failed = (message: string, status?: number, name = 'APIError') =>
  failureIn({ name, message, ...(status === undefined ? {} : { status }) })

describe('how a turn failed', () => {
  it.each([
    ['error', 'bad request', 400, 'APIError'],
    ['error', 'server error', 500, 'APIError'],
    ['limited', 'slow down', 429, 'APIError'],
    ['limited', 'busy', 529, 'APIError'],
    ['limited', 'You exceeded your current quota', undefined, 'UnknownError'],
    ['limited', 'Too Many Requests', undefined, 'UnknownError'],
    ['login', 'no', 401, 'APIError'],
    ['login', 'no key', undefined, 'ProviderAuthError'],
  ])('is %s: %s %s %s', (kind, message, status, name) => {
    expect(failed(message, status, name)).toEqual({ kind, message })
  })

  it('has the name of the error when it says nothing', () => {
    expect(failed('', undefined, 'UnknownError').message).toBe('UnknownError')
  })

  it('is a need of a session whose prompt is free, answered by the next words', () => {
    const need = failureNeed('error-1', failed('no', 401))
    expect(need).toMatchObject({ kind: 'login', body: 'no', answers: ['text'], isAfterTurn: true })
  })

  it('says when it is tried again, while it is', () => {
    const { body } = retryNeed('retry-1', {
      attempt: 3,
      message: 'overloaded',
      nextAt: new Date(2026, 0, 1, 9, 5, 7).getTime(),
    })
    expect(body).toBe('overloaded\nAttempt 3 failed; opencode tries again by itself, next at 09:05:07.')
  })
})
