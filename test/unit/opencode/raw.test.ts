import { describe, expect, it } from 'vitest'
import { advance } from '../../../src/backends/opencode/activity.ts'
import { type ActivityInput, initialActivity } from '../../../src/backends/opencode/activity-state.ts'
import { inputRaw } from '../../../src/backends/opencode/raw.ts'

const ROOT = 'ses_root'

/** What `explain` shows of these inputs. */
function heard(...inputs: readonly ActivityInput[]): readonly string[] {
  let state = initialActivity(ROOT)
  return inputs.flatMap((input) => {
    const before = state
    state = advance(before, input, 0)
    const raw = inputRaw(input, before, state)
    return raw === undefined ? [] : [`${raw.source}: ${raw.what} ${raw.detail ?? ''}`.trim()]
  })
}

const busy: ActivityInput = { type: 'status', session: ROOT, status: { type: 'busy' } }
const assistant = (isComplete: boolean): ActivityInput => ({
  type: 'message',
  session: ROOT,
  message: { id: 'm1', role: 'assistant', inputTokens: 0, outputTokens: 0, costUsd: 0, isComplete },
})
const text: ActivityInput = {
  type: 'part',
  session: ROOT,
  part: { kind: 'text', id: 'p1', message: 'm1', text: '', isHidden: false },
}
const delta: ActivityInput = { type: 'delta', session: ROOT, message: 'm1', part: 'p1', text: 'secret words' }

describe('what explain shows of a conversation', () => {
  it('is each change once, and none of what was said', () => {
    const shown = heard(
      { type: 'prompted', message: 'm0' },
      busy,
      busy,
      assistant(false),
      text,
      delta,
      delta,
      assistant(true),
    )
    expect(shown).toEqual([
      'server: prompt_async taken',
      'server: session.status busy',
      'server: message.part streaming',
      'server: message.updated assistant complete',
    ])
  })

  it('names failures, retries and a lost server', () => {
    const retry = { type: 'retry', attempt: 2, message: 'overloaded', nextAt: 1000 } as const
    expect(
      heard(
        { type: 'status', session: ROOT, status: retry },
        busy,
        { type: 'failed', session: ROOT, name: 'APIError', message: 'no', status: 400 },
        { type: 'lost', why: 'it died' },
        { type: 'state-read', statuses: {}, requests: [], children: [], isNews: true },
      ),
    ).toEqual([
      'server: session.status retry attempt=2 overloaded',
      'server: session.status busy',
      'server: session.error APIError 400 no',
      'server: server lost it died',
      'server: state read status=idle requests=0',
    ])
  })
})
