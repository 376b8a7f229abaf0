import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { outputOf, readRecordings } from '../oracle/recording.ts'

const FIXTURES = join(import.meta.dirname, '../fixtures')
const SLICE_BYTES = 300

/** What real agents and vttest printed, in slices. */
export function recordedOutput(): readonly Buffer[] {
  return readRecordings().flatMap((recording) => {
    const bytes = Buffer.from(outputOf(recording))
    const count = Math.ceil(bytes.length / SLICE_BYTES)
    return Array.from({ length: count }, (_, at) => bytes.subarray(at * SLICE_BYTES, (at + 1) * SLICE_BYTES))
  })
}

/** Settings files that are right. */
export function settingsFiles(): readonly string[] {
  const folder = join(FIXTURES, 'settings')
  return readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'))
}

/** Bodies of Claude Code's hooks, as the program sends them. */
export const HOOK_BODIES: readonly Readonly<Record<string, unknown>>[] = [
  { hook_event_name: 'UserPromptSubmit', prompt: 'fix the tests', session_id: 'c1', transcript_path: '/t.jsonl' },
  {
    hook_event_name: 'PreToolUse',
    tool_name: 'Bash',
    tool_use_id: 'toolu_1',
    tool_input: { command: 'npm test', description: 'Run the tests' },
  },
  { hook_event_name: 'PostToolUse', tool_name: 'Bash', tool_use_id: 'toolu_1', tool_response: { stdout: 'ok' } },
  {
    hook_event_name: 'PermissionRequest',
    tool_name: 'Edit',
    tool_input: { file_path: '/w/a.ts', old_string: 'a\nb', new_string: 'c', edits: [{ old_string: 'x' }] },
    permission_suggestions: [
      { type: 'addRules', destination: 'session', rules: [{ toolName: 'Edit', ruleContent: '/w/**' }] },
      { type: 'addDirectories', directories: ['/w'], destination: 'localSettings' },
      { type: 'setMode', mode: 'acceptEdits' },
    ],
  },
  {
    hook_event_name: 'PermissionRequest',
    tool_name: 'AskUserQuestion',
    agent_id: 'agent-1',
    tool_input: {
      questions: [
        {
          question: 'Which colour?',
          header: 'Colour',
          multiSelect: false,
          options: [{ label: 'Red', description: 'loud' }, { label: 'Blue' }],
        },
        { question: 'How many?', header: 'Number', multiSelect: true, options: [{ label: 'One' }] },
      ],
    },
  },
  { hook_event_name: 'PermissionRequest', tool_name: 'ExitPlanMode', tool_input: { plan: '1. do it\n2. rest' } },
  {
    hook_event_name: 'Stop',
    last_assistant_message: 'done',
    background_tasks: [{ id: 't1', type: 'shell', status: 'running', command: 'sleep 9', description: 'a nap' }],
  },
  { hook_event_name: 'StopFailure', error: 'rate_limit', last_assistant_message: 'You have hit a limit, resets 3pm' },
  { hook_event_name: 'SubagentStop', agent_id: 'agent-1', background_tasks: [] },
  { hook_event_name: 'PreCompact', trigger: 'auto' },
  { hook_event_name: 'SessionEnd', reason: 'logout' },
]

const event = (type: string, properties: unknown) => ({ directory: '/w', payload: { type, properties } })
const ofMessage = { sessionID: 'ses_1', messageID: 'msg_1' }

/** Events of Opencode's stream, as the server sends them. */
export const OPENCODE_EVENTS: readonly unknown[] = [
  event('session.status', { sessionID: 'ses_1', status: { type: 'busy' } }),
  event('session.status', { sessionID: 'ses_1', status: { type: 'retry', attempt: 2, message: 'slow', next: 17e11 } }),
  event('session.idle', { sessionID: 'ses_1' }),
  event('session.error', { sessionID: 'ses_1', error: { name: 'APIError', data: { message: 'no', statusCode: 529 } } }),
  event('session.created', { info: { id: 'ses_2', parentID: 'ses_1' } }),
  event('message.updated', {
    sessionID: 'ses_1',
    info: {
      id: 'msg_1',
      role: 'assistant',
      modelID: 'main',
      providerID: 'scripted',
      cost: 0.01,
      tokens: { input: 1, output: 2, reasoning: 0, cache: { read: 3, write: 4 } },
      time: { created: 1, completed: 2 },
    },
  }),
  event('message.part.updated', { part: { ...ofMessage, id: 'prt_1', type: 'text', text: 'hello\n\n- **one**\n' } }),
  event('message.part.updated', {
    part: {
      ...ofMessage,
      id: 'prt_2',
      type: 'tool',
      tool: 'bash',
      state: { status: 'completed', input: { command: 'ls' }, title: 'ls', output: 'a\nb' },
    },
  }),
  event('message.part.delta', { ...ofMessage, partID: 'prt_1', field: 'text', delta: ' world' }),
  event('message.part.removed', { ...ofMessage, partID: 'prt_1' }),
  event('permission.asked', {
    id: 'per_1',
    sessionID: 'ses_1',
    permission: 'bash',
    patterns: ['touch x'],
    always: ['touch *'],
    metadata: { command: 'touch x' },
  }),
  event('question.asked', {
    id: 'que_1',
    sessionID: 'ses_1',
    questions: [{ question: 'Which?', header: 'H', options: [{ label: 'A', description: 'a' }], multiple: false }],
  }),
  event('permission.replied', { sessionID: 'ses_1', requestID: 'per_1', reply: 'once' }),
  event('question.replied', { sessionID: 'ses_1', requestID: 'que_1', answers: [['A']] }),
]

/** An operator's own settings that are right. */
export const USER_SETTINGS: readonly string[] = [
  '{ "keys": { "focus.leave": ["ctrl+]"], "message.nudge": ["N", "alt+n"] }, "theme": "light" }',
  '{\n  "theme": { "base": "dark", "colours": { "accent": "#ff8800" } },\n  "notifications": { "bell": true, "quietHours": { "from": "22:00", "to": "07:30" } },\n  "stall": { "minutes": 5, "roles": { "polecat": 2 } }\n}',
]

/** Keys as an operator writes them. */
export const KEYS: readonly string[] = [
  ...[
    'ctrl+]',
    'Shift+Tab',
    'alt+x',
    'N',
    'PgUp',
    'ctrl+alt+delete',
    'f12',
    'F35',
    'é',
    '漢',
    '+',
    'ctrl++',
    'shift+é',
  ],
  ...['ctrl+shift+a', 'SHIFT+ß', 'alt+', 'ctrl', '', ' ', 'ctrl+ctrl+a', '😀', 'shift+ǆ', 'return'],
]
