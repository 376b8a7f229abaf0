import { describe, expect, it } from 'vitest'
import { advance } from '../../../src/backends/opencode/activity.ts'
import { type ActivityInput, initialActivity } from '../../../src/backends/opencode/activity-state.ts'
import { announce, NOTHING_SAID, withoutNews } from '../../../src/backends/opencode/announce.ts'
import type { MessageInfo, Part, Request, Status } from '../../../src/backends/opencode/bus-event.ts'
import type { Usage } from '../../../src/core/session.ts'

const ROOT = 'ses_root'
const NOW = 1_000_000

/** Feeds inputs and gives what the host hears, each signal in a few words. */
function hear(...inputs: readonly ActivityInput[]): readonly string[] {
  let state = initialActivity(ROOT)
  let said: typeof NOTHING_SAID = { ...NOTHING_SAID, activity: 'idle', why: 'ready for a prompt' }
  return inputs.flatMap((input) => {
    state = advance(state, input, NOW)
    const told = announce(said, state)
    said = told.said
    return told.signals.map((signal) => {
      if (signal.type === 'activity') return `${signal.activity}: ${signal.why}`
      if (signal.type === 'need') return `need ${signal.need.kind} ${signal.need.key}`
      if (signal.type === 'need-gone') return `gone ${signal.key} ${signal.outcome}`
      if (signal.type === 'replied') return `replied ${signal.text}`
      return signal.type === 'used' ? `used ${JSON.stringify(signal.usage)}` : signal.type
    })
  })
}

const status = (now: Status, session = ROOT): ActivityInput => ({ type: 'status', session, status: now })
const busy = status({ type: 'busy' })
const idle = status({ type: 'idle' })
const retry = (attempt: number): ActivityInput =>
  status({ type: 'retry', attempt, message: 'overloaded', nextAt: NOW + 4000 })
const message = (id: string, extra: Partial<MessageInfo> = {}, session = ROOT): ActivityInput => ({
  type: 'message',
  session,
  message: { id, role: 'assistant', inputTokens: 0, outputTokens: 0, costUsd: 0, isComplete: false, ...extra },
})
const part = (piece: Part, session = ROOT): ActivityInput => ({ type: 'part', session, part: piece })
const text = (id: string, words: string): ActivityInput =>
  part({ kind: 'text', id: `p${id}`, message: id, text: words, isHidden: false })
const tool = (state: 'running' | 'completed', session = ROOT): ActivityInput =>
  part(
    {
      kind: 'tool',
      id: 'p',
      message: 'm1',
      tool: 'bash',
      state,
      input: { command: 'npm test' },
      title: '',
      output: '',
    },
    session,
  )
const permission = (id: string, session = ROOT): Request => ({
  kind: 'permission',
  id,
  session,
  permission: 'bash',
  patterns: ['npm test'],
  always: ['npm *'],
  details: { command: 'npm test' },
})
const asked = (request: Request): ActivityInput => ({ type: 'asked', session: request.session, request })
const replied = (request: string, session = ROOT): ActivityInput => ({
  type: 'replied',
  session,
  request,
  reply: 'once',
})
const failed = (name: string): ActivityInput => ({ type: 'failed', session: ROOT, name, message: 'bad request' })
const stateRead = (
  statuses: Record<string, Status>,
  { requests = [], isNews = true }: { readonly requests?: readonly Request[]; readonly isNews?: boolean } = {},
): ActivityInput => ({ type: 'state-read', statuses, requests, children: [], isNews })
const user = (id: string): ActivityInput => message(id, { role: 'user' })
const complete = { isComplete: true }

describe('what the host hears of a turn', () => {
  it('begins, runs a tool, streams, replies and ends once although "idle" comes twice', () => {
    const delta: ActivityInput = { type: 'delta', session: ROOT, message: 'm2', part: 'pm2', text: ' world' }
    expect(
      hear(
        busy,
        busy,
        message('m1'),
        tool('running'),
        tool('completed'),
        busy,
        message('m2'),
        text('m2', 'hello'),
        delta,
        idle,
        idle,
      ),
    ).toEqual([
      'working: starting the turn',
      'working: running bash: npm test',
      'working: thinking',
      'working: streaming',
      'replied hello world',
      'idle: the turn ended',
    ])
  })

  it('ignores other conversations', () => {
    expect(hear(status({ type: 'busy' }, 'ses_other'), asked(permission('per_1', 'ses_other')))).toEqual([])
  })

  it('does not report an old reply as news', () => {
    const state = advance(advance(initialActivity(ROOT), message('m1'), NOW), text('m1', 'old'), NOW)
    const said = withoutNews({ ...NOTHING_SAID, activity: 'idle', why: 'ready for a prompt' }, state)
    expect(announce(said, state).signals).toEqual([])
  })
})

describe('requests', () => {
  it('are shown one at a time in order, and say who answered', () => {
    const answered: ActivityInput = { type: 'answered', request: 'per_1' }
    const both = [asked(permission('per_1')), asked(permission('per_2'))]
    expect(hear(busy, ...both, answered, replied('per_1'), replied('per_2'))).toEqual([
      'working: starting the turn',
      'waiting: permission: bash',
      'need permission per_1',
      'gone per_1 answered',
      'waiting: permission: bash',
      'need permission per_2',
      'gone per_2 answered-elsewhere',
      'working: starting the turn',
    ])
  })

  it('are over as soon as the server took the answer, whenever it says so', () => {
    const taken: ActivityInput = { type: 'answer-taken', request: 'per_1' }
    const answered: ActivityInput = { type: 'answered', request: 'per_1' }
    expect(hear(busy, asked(permission('per_1')), answered, taken, replied('per_1')).slice(3)).toEqual([
      'gone per_1 answered',
      'working: starting the turn',
    ])
  })

  it('are withdrawn when the turn ends without an answer', () => {
    expect(hear(busy, asked(permission('per_1')), idle).slice(-2)).toEqual([
      'gone per_1 withdrawn',
      'idle: the turn ended',
    ])
  })

  it('of a sub-agent are those of its conversation', () => {
    const child: ActivityInput = { type: 'child', session: 'ses_child', parent: ROOT }
    const start = [busy, child, status({ type: 'busy' }, 'ses_child'), tool('running', 'ses_child')]
    expect(hear(...start, asked(permission('per_1', 'ses_child')), replied('per_1', 'ses_child')).slice(1)).toEqual([
      'working: sub-agent: running bash: npm test',
      'waiting: permission: bash',
      'need permission per_1',
      'gone per_1 answered-elsewhere',
      'working: sub-agent: running bash: npm test',
    ])
  })

  it('with several questions ask the next one when one is answered', () => {
    const question = { header: 'Q', text: '?', options: [], isMultiple: false, takesText: true }
    const request: Request = { kind: 'question', id: 'que_1', session: ROOT, questions: [question, question] }
    const first: ActivityInput = { type: 'answered', request: 'que_1', labels: ['A'] }
    const second: ActivityInput = { type: 'answered', request: 'que_1' }
    const needs = hear(busy, asked(request), first, second, replied('que_1')).filter((line) =>
      /^(need|gone)/.test(line),
    )
    expect(needs).toEqual([
      'need question que_1#1',
      'gone que_1#1 answered',
      'need question que_1#2',
      'gone que_1#2 answered',
    ])
  })
})

describe('failures', () => {
  it('are a need after the second "idle", which the next turn clears', () => {
    const end = [failed('APIError'), idle, idle, message('m1', { isComplete: true }), idle, idle]
    expect(hear(busy, message('m1'), ...end, busy)).toEqual([
      'working: starting the turn',
      'working: ending the turn',
      'idle: the turn failed',
      'need error error-1',
      'gone error-1 withdrawn',
      'working: starting the turn',
    ])
  })

  it('before the first message end at the first "idle"', () => {
    expect(hear(busy, failed('ProviderAuthError'), idle).slice(-2)).toEqual([
      'idle: the turn failed',
      'need login error-1',
    ])
  })

  it('that are a stop on purpose are none', () => {
    const stop = [failed('MessageAbortedError'), idle, message('m1', { isComplete: true }), idle]
    expect(hear(busy, message('m1'), text('m1', 'half'), asked(permission('per_1')), ...stop).slice(3)).toEqual([
      'need permission per_1',
      'gone per_1 withdrawn',
      'working: ending the turn',
      'idle: the turn was stopped',
    ])
  })

  it('settle when the second "idle" does not come', () => {
    expect(hear(busy, message('m1'), failed('MessageAbortedError'), idle, { type: 'settled' }).at(-1)).toBe(
      'idle: the turn was stopped',
    )
    expect(hear(busy, message('m1'), failed('MessageAbortedError'), idle, busy, { type: 'settled' }).at(-1)).toBe(
      'working: ending the turn',
    )
  })

  it('that are tried again say so, and are a need from the third attempt until something comes', () => {
    expect(hear(busy, retry(1), busy, retry(2), retry(3), busy, retry(4), message('m1'), text('m1', 'ok'))).toEqual([
      'working: starting the turn',
      'working: retrying in 4 s: overloaded',
      'working: trying again (attempt 1)',
      'working: retrying in 4 s: overloaded',
      'need limited retry-1',
      'need limited retry-1',
      'gone retry-1 withdrawn',
      'working: streaming',
    ])
  })
})

describe('the server', () => {
  it('being gone makes the state unknown, and found again what it says', () => {
    const lost: ActivityInput = { type: 'lost', why: 'it died' }
    expect(hear(busy, asked(permission('per_1')), lost, stateRead({})).slice(3)).toEqual([
      'gone per_1 withdrawn',
      'unknown: it died',
      'idle: the turn failed',
      'need error error-1',
    ])
    expect(hear(lost, stateRead({}))).toEqual(['unknown: it died', 'idle: ready for a prompt'])
  })

  it('is believed after a gap: requests answered meanwhile go, new ones come', () => {
    const now = stateRead(
      { [ROOT]: { type: 'busy' } },
      { requests: [permission('per_2'), permission('per_9', 'ses_other')] },
    )
    expect(hear(busy, asked(permission('per_1')), now).slice(3)).toEqual([
      'gone per_1 answered-elsewhere',
      'waiting: permission: bash',
      'need permission per_2',
    ])
  })

  it("lists requests of stopped turns: they are nobody's", () => {
    expect(hear(stateRead({}, { requests: [permission('per_1')] }))).toEqual([])
  })
})

describe('a prompt that was accepted', () => {
  const prompted: ActivityInput = { type: 'prompted', message: 'm1' }

  it('is work at once, whatever comes late from the turn before', () => {
    expect(hear(busy, failed('ProviderAuthError'), idle, prompted, idle, busy).slice(3)).toEqual([
      'need login error-1',
      'gone error-1 withdrawn',
      'working: prompt accepted',
      'working: starting the turn',
    ])
  })

  it('and never begun is a failure', () => {
    expect(hear(prompted, { type: 'unstarted' })).toEqual([
      'working: prompt accepted',
      'idle: the turn failed',
      'need error error-0',
    ])
    expect(hear(prompted, busy, { type: 'unstarted' }).at(-1)).toBe('working: starting the turn')
  })
})

describe('usage', () => {
  it('tells the share of the context that the newest answer fills', () => {
    const limit: ActivityInput = { type: 'context-limit', tokens: 1000 }
    const spent = { inputTokens: 100, outputTokens: 20, costUsd: 0, model: 'big' }
    const told = hear(message('m1', spent), limit, message('m2', { ...spent, inputTokens: 300 }))
    expect(told.map((line) => /contextPercent":([\d.]+)/.exec(line)?.[1])).toEqual([undefined, '12', '32'])
  })

  it('counts each message once and the sub-agents too', () => {
    const child: ActivityInput = { type: 'child', session: 'ses_child', parent: ROOT }
    const spent = { inputTokens: 10, outputTokens: 1, costUsd: 0.1 }
    const told = hear(
      child,
      message('m1', { ...spent, model: 'big' }),
      message('m1', { ...spent, model: 'big' }),
      message('m2', { ...spent, costUsd: 0.2, model: 'small' }, 'ses_child'),
    )
    const usages = told.map((line) => JSON.parse(line.replace('used ', '')) as Usage)
    expect(usages).toMatchObject([
      { inputTokens: 10, outputTokens: 1, costUsd: 0.1, model: 'big' },
      { inputTokens: 20, outputTokens: 2, costUsd: 0.3, model: 'big' },
    ])
    expect(usages[1]?.parts).toMatchObject([
      { model: 'big', inputTokens: 10, costUsd: 0.1, unpricedTokens: 0 },
      { model: 'small', inputTokens: 10, costUsd: 0.2, unpricedTokens: 0 },
    ])
  })

  it('takes a cost of nothing for an unknown one', () => {
    const [told] = hear(message('m1', { inputTokens: 10, outputTokens: 1, costUsd: 0, model: 'free' }))
    const usage = JSON.parse(told?.replace('used ', '') ?? '') as Usage
    expect(usage).not.toHaveProperty('costUsd')
    expect(usage.parts).toMatchObject([{ model: 'free', unpricedTokens: 11 }])
  })
})

describe('a turn that nobody heard of', () => {
  const prompted: ActivityInput = { type: 'prompted', message: 'm1' }
  const error = { name: 'APIError', message: 'bad request' }

  it('has ended when its answer is read', () => {
    const told = [prompted, user('m1'), message('m2', complete), text('m2', 'done'), stateRead({})]
    expect(hear(...told)).toEqual(['working: prompt accepted', 'replied done', 'idle: the turn ended'])
  })

  it('is waited for until there is an answer to its prompt', () => {
    const before = [busy, user('k0'), message('m0', complete), idle, prompted]
    const heard = hear(...before)
    expect(heard.at(-1)).toBe('working: prompt accepted')
    expect(hear(...before, user('k0'), message('m0', complete), stateRead({}))).toEqual(heard)
    expect(hear(...before, user('m1'), stateRead({}))).toEqual(heard)
    expect(hear(...before, user('m1'), message('m2'), stateRead({})).at(-1)).toBe('idle: the turn ended')
  })

  it('has failed when its error is read, whether or not its beginning was heard', () => {
    const told = [user('m1'), message('m2', { error }), stateRead({})]
    const ends = ['idle: the turn failed', expect.stringMatching(/^need error error-/)]
    expect(hear(prompted, ...told)).toEqual(['working: prompt accepted', ...ends])
    expect(hear(busy, ...told)).toEqual(['working: starting the turn', ...ends])
    expect(hear(...told)).toEqual(ends)
  })

  it('is no news in a conversation that was resumed in peace, nor after the next gap', () => {
    const old = [user('m1'), message('m2', { error })]
    expect(hear(...old, stateRead({}, { isNews: false }), ...old, stateRead({}))).toEqual([])
  })

  it('is told once, however often it is read', () => {
    const told = [user('m1'), message('m2', { error }), stateRead({})]
    expect(hear(prompted, ...told, ...told)).toEqual(hear(prompted, ...told))
  })

  it('takes the place of the failure before it', () => {
    const before = [busy, user('m1'), message('m2', { error, isComplete: true }), failed('APIError'), idle]
    const now = [user('m3'), message('m4', complete), text('m4', 'done'), stateRead({})]
    expect(hear(...before, ...now).slice(-3)).toEqual([
      'gone error-1 withdrawn',
      'replied done',
      'idle: the turn ended',
    ])
  })

  it('is still the one that was cut off with its server', () => {
    const lost: ActivityInput = { type: 'lost', why: 'it died' }
    const before = [busy, user('m1'), message('m2', complete), lost]
    expect(hear(...before, message('m2', complete), stateRead({})).at(-1)).toMatch(/^need error error-/)
    const unheard = [prompted, lost, user('m1'), message('m2'), stateRead({})]
    expect(hear(...unheard).at(-1)).toMatch(/^need error error-/)
    expect(hear(prompted, lost, user('m1'), message('m2', complete), stateRead({})).at(-1)).toBe('idle: the turn ended')
  })

  it('was stopped when that is read: no failure', () => {
    const stopped = message('m2', { error: { name: 'MessageAbortedError', message: 'aborted' } })
    expect(hear(prompted, user('m1'), stopped, stateRead({})).at(-1)).toBe('idle: the turn was stopped')
  })
})
