import { describe, expect, it } from 'vitest'
import { observe } from '../../../src/backends/claude/activity.ts'
import { type Observation, startState } from '../../../src/backends/claude/activity-state.ts'
import { hookReply } from '../../../src/backends/claude/answers.ts'
import { type HookEvent, readHook } from '../../../src/backends/claude/hooks.ts'
import { readRequest } from '../../../src/backends/claude/needs.ts'
import { nothingTold, reportOn } from '../../../src/backends/claude/report.ts'
import type { Signal } from '../../../src/core/signals.ts'

const status = (word: string | undefined, conversation = 'c1', waitingFor?: string): Observation => ({
  type: 'status',
  reading: { kind: 'found', status: word, waitingFor, conversation },
})
const lost = (kind: 'absent' | 'broken'): Observation => ({ type: 'status', reading: { kind } })
const hook = (event: HookEvent): Observation => ({ type: 'hook', event })
const screen = (hasPrompt: boolean): Observation => ({ type: 'screen', hasPrompt, dialog: undefined, body: '' })
const settled = { type: 'settled', body: 'the screen', dialog: undefined, isJustAnswered: false } as const
const prompted = hook({ type: 'prompted', prompt: 'go' })
const stopped = hook({ type: 'stopped', text: 'done', background: [] })
const tool = (name: string, input: Record<string, unknown> = {}, subagent?: string) =>
  hook({ type: 'tool-started', tool: name, input, subagent })
const asks = (key: string, subagent?: string) => {
  const body = { tool_name: 'Bash', tool_input: { command: 'touch x' }, agent_id: subagent }
  return hook({ type: 'asked', request: readRequest(body, { key, callId: `call-${key}`, workDir: '/w' }) })
}
const ended = (callId: string) => hook({ type: 'tool-ended', callId, subagent: undefined })
const start = [screen(true), status('idle')]

/** What the host hears, in few words. */
function words(signal: Signal): string {
  switch (signal.type) {
    case 'activity':
      return `${signal.activity}${signal.isTurnOver === true ? ', turn over' : ''}: ${signal.why} (${signal.source})`
    case 'need':
      return `need ${signal.need.key} ${signal.need.kind}: ${signal.need.title}`
    case 'need-gone':
      return `gone ${signal.key} ${signal.outcome}`
    case 'identified':
      return `identified ${signal.resumeId}`
    default:
      return signal.type
  }
}

function heard(...seen: readonly Observation[]): readonly string[] {
  let state = startState('c1', '/w', false)
  let told = nothingTold('c1')
  return seen.flatMap((each) => {
    state = observe(state, each)
    const report = reportOn(told, state)
    told = report.told
    return report.signals.map(words)
  })
}

const atRest = ['ready', 'idle: ready for a prompt (status-file)']

describe('what the host hears', () => {
  it.each<[string, readonly Observation[], readonly string[]]>([
    ['nothing while it starts', [status(undefined)], []],
    ['not ready without a prompt', [status('idle')], []],
    ['not ready without a status', [screen(true)], []],
    ['ready at the prompt', start, atRest],
    ['ready once', [...start, status('idle'), screen(true)], atRest],
    ['ready by its first prompt', [status('busy')], ['ready', 'working: thinking (status-file)']],
    [
      'a whole turn',
      [...start, prompted, status('busy'), tool('Bash', { command: 'npm test' }), stopped, status('idle')],
      [...atRest, 'working: thinking (hook)', 'working: running npm (hook)', 'idle: finished its turn (status-file)'],
    ],
    [
      'a turn too short for the status file',
      [...start, prompted, stopped],
      [...atRest, 'working: thinking (hook)', 'idle: finished its turn (status-file)'],
    ],
    [
      'an interrupt, which fires no hook',
      [...start, prompted, status('busy'), status('idle')],
      [...atRest, 'working: thinking (hook)', 'idle: turn interrupted (status-file)'],
    ],
    [
      'the next queued prompt after a Stop',
      [...start, prompted, status('busy'), stopped, settled, tool('Read', { file_path: '/w/a.ts' })],
      [...atRest, 'working: thinking (hook)', 'working: reading a.ts (hook)'],
    ],
    [
      'a need, answered from outside',
      [
        ...start,
        prompted,
        status('busy'),
        asks('n1'),
        status('waiting'),
        { type: 'answered', key: 'n1' },
        status('busy'),
      ],
      [
        ...atRest,
        'working: thinking (hook)',
        'need n1 permission: Bash',
        'gone n1 answered',
        'working: thinking (hook)',
      ],
    ],
    [
      'a need, answered in the pane',
      [...start, prompted, status('busy'), asks('n1'), status('waiting'), status('busy')],
      [
        ...atRest,
        'working: thinking (hook)',
        'need n1 permission: Bash',
        'gone n1 answered-elsewhere',
        'working: thinking (hook)',
      ],
    ],
    [
      'a need whose waiting the status file never showed',
      [...start, prompted, status('busy'), asks('n1'), ended('call-n1')],
      [
        ...atRest,
        'working: thinking (hook)',
        'need n1 permission: Bash',
        'gone n1 answered-elsewhere',
        'working: thinking (hook)',
      ],
    ],
    [
      'a need that outlives another call of the same agent',
      [...start, prompted, status('busy'), asks('n1'), status('waiting'), ended('other')],
      [...atRest, 'working: thinking (hook)', 'need n1 permission: Bash'],
    ],
    [
      'an Esc at a need that nobody saw coming',
      [...start, prompted, status('busy'), asks('n1'), status('idle'), settled],
      [
        ...atRest,
        'working: thinking (hook)',
        'need n1 permission: Bash',
        'gone n1 answered-elsewhere',
        'idle: turn interrupted (status-file)',
      ],
    ],
    [
      'the requests of two agents, one after the other',
      [
        ...start,
        prompted,
        status('busy'),
        asks('n1'),
        status('waiting'),
        asks('n2', 'sub'),
        { type: 'answered', key: 'n1' },
        status('busy'),
      ],
      [
        ...atRest,
        'working: thinking (hook)',
        'need n1 permission: Bash',
        'gone n1 answered',
        'need n2 permission: Bash (a subagent)',
      ],
    ],
    [
      'a dialog without a hook',
      [...start, status('waiting', 'c1', 'dialog open'), settled, status('idle')],
      [
        ...atRest,
        'need dialog-0 question: dialog open',
        'gone dialog-0 answered-elsewhere',
        'idle: ready for a prompt (status-file)',
      ],
    ],
    [
      'no dialog of its own while the one that was answered from outside closes slowly',
      [
        ...start,
        prompted,
        status('busy'),
        asks('n1'),
        { type: 'answered', key: 'n1' },
        status('waiting', 'c1', 'permission prompt'),
        { ...settled, isJustAnswered: true },
        status('busy'),
      ],
      [
        ...atRest,
        'working: thinking (hook)',
        'need n1 permission: Bash',
        'gone n1 answered',
        'working: thinking (hook)',
      ],
    ],
    [
      'a dialog before the prompt',
      [
        {
          ...(screen(false) as Extract<Observation, { type: 'screen' }>),
          dialog: { kind: 'login', title: 'Log in', pattern: /x/ },
        },
        ...start,
      ],
      ['need dialog-0 login: Log in', 'gone dialog-0 answered-elsewhere', ...atRest],
    ],
    [
      'a failed turn, and the prompt after it',
      [
        ...start,
        prompted,
        status('busy'),
        hook({ type: 'failed', error: 'rate_limit', text: 'no' }),
        status('idle'),
        prompted,
      ],
      [
        ...atRest,
        'working: thinking (hook)',
        'need failure-0 limited: rate limit',
        'idle: its turn failed (status-file)',
        'gone failure-0 withdrawn',
        'working: thinking (hook)',
      ],
    ],
    [
      'the end of a failure when a turn begins of which no hook told',
      [
        ...start,
        prompted,
        status('busy'),
        hook({ type: 'failed', error: 'rate_limit', text: 'no' }),
        status('idle'),
        status('busy'),
        status('idle'),
      ],
      [
        ...atRest,
        'working: thinking (hook)',
        'need failure-0 limited: rate limit',
        'idle: its turn failed (status-file)',
        'gone failure-0 withdrawn',
        'working: thinking (status-file)',
        'idle: turn interrupted (status-file)',
      ],
    ],
    [
      'what goes on behind a turn while the status file still says that it is busy',
      [
        ...start,
        prompted,
        status('busy'),
        hook({ type: 'stopped', text: '', background: [{ words: 'look', isShell: false }] }),
        status('idle'),
      ],
      [
        ...atRest,
        'working: thinking (hook)',
        'working: in the background: look (hook)',
        'working, turn over: in the background: look (hook)',
      ],
    ],
    [
      'what it does, not that a message was queued behind it',
      [...start, prompted, status('busy'), tool('Bash', { command: 'npm test' }), prompted, stopped, status('idle')],
      [...atRest, 'working: thinking (hook)', 'working: running npm (hook)', 'idle: finished its turn (status-file)'],
    ],
    [
      'no rest between the end of a background shell and the turn that it wakes',
      [
        ...start,
        prompted,
        status('busy'),
        hook({ type: 'stopped', text: '', background: [{ words: 'wait', isShell: true }] }),
        status('shell'),
        prompted,
        status('idle'),
        status('busy'),
        stopped,
        status('idle'),
      ],
      [
        ...atRest,
        'working: thinking (hook)',
        'working: in the background: wait (hook)',
        'working, turn over: in the background: wait (hook)',
        'working: thinking (hook)',
        'idle: finished its turn (status-file)',
      ],
    ],
    [
      'nothing new from a status file that was read before',
      [...start, prompted, status('idle'), status('busy'), stopped, status('idle')],
      [...atRest, 'working: thinking (hook)', 'idle: finished its turn (status-file)'],
    ],
    [
      'rest all the same when no turn came after the wake',
      [
        ...start,
        prompted,
        status('busy'),
        hook({ type: 'stopped', text: '', background: [{ words: 'wait', isShell: true }] }),
        status('shell'),
        prompted,
        status('idle'),
        settled,
      ],
      [
        ...atRest,
        'working: thinking (hook)',
        'working: in the background: wait (hook)',
        'working, turn over: in the background: wait (hook)',
        'working: thinking (hook)',
        'idle: turn interrupted (status-file)',
      ],
    ],
    [
      'a background shell, behind its turn',
      [...start, status('shell')],
      [...atRest, 'working, turn over: a background shell runs (status-file)'],
    ],
    [
      'a subagent that works on behind a finished turn',
      [
        ...start,
        prompted,
        status('busy'),
        hook({ type: 'stopped', text: '', background: [{ words: 'look', isShell: false }] }),
        status('idle'),
        hook({ type: 'subagent-stopped', background: [] }),
      ],
      [
        ...atRest,
        'working: thinking (hook)',
        'working: in the background: look (hook)',
        'working, turn over: in the background: look (hook)',
        'idle: finished in the background (status-file)',
      ],
    ],
    ['a new conversation', [...start, status('idle', 'c2')], [...atRest, 'identified c2']],
    [
      'a lost status file, never as idle',
      [...start, lost('absent'), lost('broken'), status('idle')],
      [
        ...atRest,
        'unknown: its status file is gone (status-file)',
        'unknown: its status file cannot be read (status-file)',
        'idle: ready for a prompt (status-file)',
      ],
    ],
  ])('%s', (_what, seen, expected) => {
    expect(heard(...seen)).toEqual(expected)
  })
})

describe('needs', () => {
  const place = { key: 'k', callId: undefined, workDir: '/w' }

  it.each([
    ['Bash', { command: 'rm -rf dist' }, { kind: 'permission', body: 'rm -rf dist' }],
    ['Write', { file_path: '/w/a.ts', content: 'one\ntwo\n' }, { body: 'a.ts\n+ one\n+ two' }],
    ['Edit', { file_path: '/w/a.ts', old_string: 'x', new_string: 'y' }, { body: 'a.ts\n- x\n+ y' }],
    ['ExitPlanMode', { plan: '# Plan' }, { kind: 'plan', title: 'Plan', body: '# Plan' }],
    ['mcp__db__query', { sql: 'select', limit: 3 }, { title: 'mcp__db__query', body: 'sql: select\nlimit: 3' }],
  ])('describes %s', (tool_name, tool_input, expected) => {
    expect(readRequest({ tool_name, tool_input }, place).need).toMatchObject(expected)
  })

  it('says in words what always would allow, and answers with just that', () => {
    const permission_suggestions = [
      { type: 'addRules', rules: [{ toolName: 'Bash', ruleContent: 'npm test:*' }], destination: 'localSettings' },
      { type: 'setMode', mode: 'acceptEdits', destination: 'session' },
    ]
    const request = readRequest(
      { tool_name: 'Bash', tool_input: { command: 'npm test' }, permission_suggestions },
      place,
    )
    expect(request.need.always).toBe(
      'Bash npm test:* in this project, for you, and file edits and common file commands for this session',
    )
    expect(hookReply(request, { kind: 'always' })).toMatchObject({
      hookSpecificOutput: { decision: { behavior: 'allow', updatedPermissions: permission_suggestions } },
    })
    expect(hookReply(request, { kind: 'option', key: '1' })).toBeUndefined()
  })

  it('offers no always where the agent suggests none', () => {
    const request = readRequest({ tool_name: 'Bash', tool_input: { command: 'x' } }, place)
    expect(request.need).not.toHaveProperty('always')
    expect(hookReply(request, { kind: 'always' })).toBeUndefined()
  })

  it('asks several questions at once, and takes one answer for each', () => {
    const questions = [
      { question: 'A?', header: 'First', options: [{ label: 'x' }, { label: 'y', description: 'why' }] },
      { question: 'B?', multiSelect: true, options: [{ label: 'v' }, { label: 'w' }] },
    ]
    const request = readRequest({ tool_name: 'AskUserQuestion', tool_input: { questions } }, place)
    expect(request.need).toMatchObject({
      kind: 'question',
      options: [],
      answers: ['options', 'deny'],
      body: 'A?\n  - x\n  - y\n\nB?\n  - v\n  - w',
      questions: [
        { title: 'First', body: 'A?', isMulti: false, takesText: true },
        { title: 'Question', body: 'B?', isMulti: true, options: [{ key: '1', label: 'v' }, { key: '2' }] },
      ],
    })
    const keys = [['2'], ['1', '2']]
    expect(hookReply(request, { kind: 'options', keys, texts: ['', 'and u'] })).toMatchObject({
      hookSpecificOutput: { decision: { updatedInput: { questions, answers: { 'A?': 'y', 'B?': 'v, w, and u' } } } },
    })
    expect(hookReply(request, { kind: 'options', keys: [['2']] })).toBeUndefined()
    expect(hookReply(request, { kind: 'option', key: '1' })).toBeUndefined()
  })

  it('takes several options of one question', () => {
    const questions = [{ question: 'A?', multiSelect: true, options: [{ label: 'x' }, { label: 'y' }] }]
    const request = readRequest({ tool_name: 'AskUserQuestion', tool_input: { questions } }, place)
    expect(request.need).toMatchObject({ answers: ['option', 'options', 'text', 'deny'], options: [{}, {}] })
    expect(hookReply(request, { kind: 'options', keys: [['2', '1']] })).toMatchObject({
      hookSpecificOutput: { decision: { updatedInput: { answers: { 'A?': 'x, y' } } } },
    })
  })
})

describe('readHook', () => {
  it.each([
    [
      { hook_event_name: 'UserPromptSubmit', prompt: 'x' },
      { type: 'prompted', prompt: 'x' },
    ],
    [{ hook_event_name: 'SessionEnd', reason: 'other' }, { type: 'ended' }],
    [{ hook_event_name: 'SessionEnd', reason: 'clear' }, undefined],
    [{ hook_event_name: 'Stop' }, { type: 'stopped', text: '', background: [] }],
    [
      { hook_event_name: 'StopFailure', error: 7 },
      { type: 'failed', error: 'unknown', text: '' },
    ],
    [{ hook_event_name: 'Unheard' }, undefined],
    [{}, undefined],
  ])('reads %j', (body, expected) => {
    expect(readHook(body)).toEqual(expected)
  })
})
