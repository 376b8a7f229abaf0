import type { AnswerKind, Need } from '../need.ts'
import { WORK_TYPES } from '../work.ts'
import { type Command, type CommandContext, needsLive, needsSelection } from './command.ts'
import { argument, FILTER_OPTIONS, option, optional, variadic } from './verb.ts'

const answers =
  (kind: AnswerKind) =>
  (context: CommandContext): string | undefined => {
    const need = context.selected?.need
    if (need === undefined) return 'The selected session asks nothing'
    return need.answers.includes(kind) ? undefined : whyNotThat(need)
  }

const ANSWER_WORDS: Readonly<Record<AnswerKind, string>> = {
  allow: 'allow',
  always: 'always allow',
  deny: 'deny',
  option: 'an option',
  options: 'options',
  text: 'a reply in words',
}

function whyNotThat({ kind, answers: taken }: Need): string {
  if (taken.length === 0) return `Focus the session to answer this ${kind}`
  return `This ${kind} takes: ${taken.map((each) => ANSWER_WORDS[each]).join(', ')}`
}

const SPAWN_OPTIONS = [
  option(
    '--backend <backend>',
    'claude, opencode or shell (default: what the config says, else the first one installed)',
  ),
  option('--role <role>', 'role of the agent (default crew)'),
  option('--rig <rig>', 'project it belongs to (default: name of the directory)'),
  option('--dir <dir>', 'working directory (default: the current one)'),
  option('--name <name>', 'name of the agent (default: one that is free)'),
  option('--prompt <text>', 'first prompt'),
  option('--host <host>', 'machine to start it on (default: this one)'),
  option('--size <COLSxROWS>', 'terminal size until a room says otherwise (default 120x40)'),
]

/** Starting, looking at, answering and ending sessions. */
export const SESSIONS = {
  'session.focus': {
    title: 'Focus',
    help: 'Type into the selected session: every key goes to the agent until you leave.',
    keys: ['enter'],
    scope: 'selection',
    footer: 15,
    short: 'focus',
    disabled: needsLive,
  },
  'focus.leave': {
    title: 'Leave focus',
    help: 'Give the keys back to the room.',
    keys: ['ctrl+]'],
    scope: 'focus',
    footer: 1,
    short: 'leave focus',
  },
  'need.allow': {
    title: 'Allow',
    help: 'Allow what the selected session asks, once.',
    keys: ['y'],
    scope: 'need',
    footer: 20,
    short: 'allow',
    disabled: answers('allow'),
  },
  'need.always': {
    title: 'Always allow',
    help: 'Allow it, and what the agent says it covers, from now on.',
    keys: ['a'],
    scope: 'need',
    footer: 21,
    short: 'always',
    disabled: answers('always'),
  },
  'need.deny': {
    title: 'Deny',
    help: 'Deny what the selected session asks.',
    keys: ['d'],
    scope: 'need',
    footer: 22,
    short: 'deny',
    disabled: answers('deny'),
  },
  'need.option': {
    title: 'Choose option',
    help: 'Choose that option of the shown question; several questions, or several options, are answered in a form.',
    keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'],
    scope: 'need',
    disabled: (context) => (answers('options')(context) === undefined ? undefined : answers('option')(context)),
  },
  'session.spawn': {
    title: 'Spawn',
    help: 'Start a session: backend, role, rig, name, directory, prompt.',
    keys: ['s'],
    scope: 'room',
    footer: 50,
    short: 'spawn',
    verb: {
      name: 'spawn',
      help: 'Start one session. Everything after -- goes to the program (for the shell backend, it is the program).',
      arguments: [],
      options: SPAWN_OPTIONS,
      examples: [
        'signalbox spawn --backend claude --prompt "Fix the failing test"',
        'signalbox spawn --backend shell --name logs -- tail -f app.log',
      ],
      json: 'one SessionInfo',
    },
  },
  'work.sling': {
    title: 'Sling work',
    help: 'Give work to a rig: to the named session, to an idle one or to a new one; it waits in the queue until then.',
    keys: ['S'],
    scope: 'room',
    footer: 51,
    short: 'sling',
    verb: {
      name: 'sling',
      help: 'Queue or assign work; starts a session for it when needed and says which backend and why. Everything after -- goes to the program of a new session.',
      arguments: [
        argument('work', 'what to do: an id or a text'),
        argument('rig', 'project that it is for: a directory or a known rig'),
      ],
      options: [
        option('--agent <backend>', 'backend of the session (same as --backend)'),
        option('--backend <backend>', 'backend of the session'),
        option('--name <name>', 'session that gets it; started if there is none'),
        option('--role <role>', 'role of the session (default polecat)'),
        option('--host <host>', 'machine of a new session'),
        option('--type <type>', 'issue, formula or task (default task)', WORK_TYPES),
        option('--priority <number>', 'higher goes first (default 0)'),
        option('--message <text>', 'text for the agent, when it should differ from the work'),
        option('--payload <json>', 'a JSON object; the agent is told its members, one a line'),
        option('--batch <name>', 'name for work that belongs together'),
        option('--dry-run', 'say what would happen (assign, spawn or queue), and do nothing'),
      ],
      examples: [
        'signalbox sling issue-1 myproject --agent opencode --name worker-1',
        'signalbox sling issue-2 myproject --batch friday --priority 5',
      ],
      json: 'one SessionInfo; the work unit while it waits in the queue',
    },
  },
  'session.list': {
    title: 'List sessions',
    help: 'Print the table of sessions.',
    keys: [],
    scope: 'room',
    verb: {
      name: 'agents',
      help: 'List the sessions: BACKEND ROLE NAME RIG STATE ACTIVITY WHY AGE.',
      arguments: [],
      options: [...FILTER_OPTIONS, option('--watch', 'go on printing as they change')],
      examples: ['signalbox agents --rig api --state running', 'signalbox agents --json'],
      json: 'an array of SessionInfo; with --watch, one array a line',
    },
  },
  'session.peek': {
    title: 'Peek',
    help: 'Print what a session shows.',
    keys: [],
    scope: 'selection',
    verb: {
      name: 'peek',
      help: 'Print the text a session shows now.',
      arguments: [argument('session', 'agent name, rig/name or id prefix')],
      options: [option('--lines <n>', 'the last n lines, scrollback included'), option('--ansi', 'keep colours')],
      examples: ['signalbox peek toast --lines 20'],
      json: '{id, size, title, lines}',
    },
  },
  'session.attach': {
    title: 'Attach',
    help: 'Type into a session from this terminal.',
    keys: [],
    scope: 'selection',
    verb: {
      name: 'attach',
      help: 'Type into a session from this terminal; Ctrl+] leaves.',
      arguments: [argument('session', 'agent name, rig/name or id prefix')],
      options: [],
      examples: ['signalbox attach toast'],
      json: 'nothing: it needs a terminal',
    },
  },
  'session.interrupt': {
    title: 'Interrupt',
    help: "Stop the agent's turn, not the agent.",
    keys: ['i'],
    scope: 'selection',
    confirm: 'Interrupt the turn of',
    disabled: (context) =>
      needsLive(context) ??
      (context.selected?.activity === 'idle' && context.marked === 0 ? 'The session is idle' : undefined),
    verb: {
      name: 'interrupt',
      help: "Stop an agent's turn, not the agent.",
      arguments: [argument('session', 'agent name, rig/name or id prefix')],
      options: [],
      examples: ['signalbox interrupt toast'],
      json: 'one SessionInfo',
    },
  },
  'session.terminate': {
    title: 'Terminate',
    help: 'End the agent and every process it started; an ended session leaves the list.',
    keys: ['x'],
    scope: 'selection',
    footer: 57,
    short: 'terminate',
    confirm: 'Terminate',
    disabled: needsSelection,
    verb: {
      name: 'stop',
      help: 'End sessions gracefully within 5 s, then by force, with every process they started.',
      arguments: [variadic('session', 'agent names, rig/name or id prefixes')],
      options: [option('--force', 'do not wait for the agent to end by itself')],
      examples: ['signalbox stop toast nux'],
      json: 'an array of {id, ok, error}',
    },
  },
  'session.resume': {
    title: 'Resume',
    help: 'Start an ended session again, with its conversation where the agent can.',
    keys: ['R'],
    scope: 'selection',
    footer: 56,
    short: 'resume',
    disabled: (context) => {
      const state = context.selected?.state
      return state === 'stopped' || state === 'failed' ? undefined : 'The session has not ended'
    },
    verb: {
      name: 'resume',
      help: 'Start an ended session again, with its conversation where the agent can.',
      arguments: [argument('session', 'agent name, rig/name or id prefix')],
      options: [],
      examples: ['signalbox resume toast'],
      json: 'one SessionInfo',
    },
  },
  'need.answer': {
    title: 'Answer',
    help: 'Answer what a session asks, from a script.',
    keys: [],
    scope: 'need',
    verb: {
      name: 'answer',
      help: 'Answer the current need of a session; refused when the need has changed meanwhile.',
      arguments: [
        argument('session', 'agent name, rig/name or id prefix'),
        optional('answer', 'allow, always, deny, or the number of an option; 1,3 for several, 1/2 for two questions', [
          'allow',
          'always',
          'deny',
        ]),
      ],
      options: [
        option('--text <text>', 'answer in words; with deny, the reason; with numbers, for the question without one'),
        option('--need <id>', 'answer only if this is still the need'),
      ],
      examples: [
        'signalbox answer toast allow',
        'signalbox answer nux 2',
        'signalbox answer nux 1,3 --text "and the docs"',
      ],
      json: 'one SessionInfo',
    },
  },
} as const satisfies Record<string, Command>
