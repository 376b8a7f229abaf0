import type { Command, CommandContext } from './command.ts'
import { argument, option, optional } from './verb.ts'

const COMPLETIONS = ['bash', 'zsh', 'fish', 'sessions']

/** Looking after the room's own parts, and automation. */
export const OPERATIONS = {
  'host.stop': {
    title: 'Quit and stop the host',
    help: 'Close the room, end every session and stop the host.',
    keys: ['Q'],
    scope: 'room',
    confirm: 'Stop the host and end',
  },
  'wait.for': {
    title: 'Wait',
    help: 'Block until something is true of a session.',
    keys: [],
    scope: 'selection',
    verb: {
      name: 'wait',
      help: 'Block until a session is idle, has a need or has exited, or until it has seen every message that is on its way to it.',
      arguments: [argument('session', 'agent name, rig/name or id prefix')],
      options: [
        option('--for <what>', 'idle, need, exit or seen (default idle)', ['idle', 'need', 'exit', 'seen']),
        option('--message <id>', 'seen: only this message'),
        option('--timeout <seconds>', 'longest time to wait (default: no limit)'),
      ],
      examples: ['signalbox wait toast --for idle --timeout 300', 'signalbox wait toast --for seen'],
      json: 'one SessionInfo',
    },
  },
  'events.show': {
    title: 'Events',
    help: 'What happened to the selected session: when, who says so, and why.',
    keys: ['e'],
    scope: 'selection',
    disabled: needsOne,
    verb: {
      name: 'events',
      help: 'Print facts as they are journalled: the recent ones, then with --follow the new ones.',
      arguments: [optional('session', 'only this session')],
      options: [
        option('--follow', 'go on as they happen'),
        option('--since <seq>', 'only facts after this sequence number'),
      ],
      examples: ['signalbox events --follow --json'],
      json: 'NDJSON: {seq, at, fact}',
    },
  },
  'session.explain': {
    title: 'Explain',
    help: 'Why the selected session is what it is: its last changes, each with who says so and what was heard.',
    keys: ['E'],
    scope: 'selection',
    disabled: needsOne,
    verb: {
      name: 'explain',
      help: 'Say why a session is what it is: its last changes, each with who says so, why, and the raw signal it was concluded from.',
      arguments: [argument('session', 'agent name, rig/name or id prefix')],
      options: [],
      examples: ['signalbox explain toast', 'signalbox explain toast --json'],
      json: '{session: SessionInfo, settingsNotes: [string], transitions: [{seq, at, generation, became, source, why, raw}], heard: [raw]}, raw being {at, source, what, detail} or null',
    },
  },
  'doctor.run': {
    title: 'Doctor',
    help: 'Check programs, versions, directories and the host.',
    keys: [],
    scope: 'room',
    verb: {
      name: 'doctor',
      help: 'Check programs, versions, directories and the host; says what is wrong and what to do.',
      arguments: [],
      options: [option('--fix', 'end the processes that ended sessions left behind')],
      examples: ['signalbox doctor', 'signalbox doctor --fix'],
      json: '{ok, checks: [{name, status, detail, hint}]}',
    },
  },
  'host.manage': {
    title: 'Host',
    help: 'Start, stop or look at the background host.',
    keys: [],
    scope: 'room',
    verb: {
      name: 'host',
      help: 'The background process that owns the sessions: start, stop, status, or a unit file that starts it at login.',
      arguments: [argument('action', 'start, stop, status or unit', ['start', 'stop', 'status', 'unit'])],
      options: [],
      examples: ['signalbox host status --json', 'signalbox host unit'],
      json: '{running, pid, version, socket, sessions, uptimeMs}; unit: {unit}',
    },
  },
  'role.manage': {
    title: 'Role',
    help: 'Attach to, start or stop the session of a role.',
    keys: [],
    scope: 'room',
    verb: {
      name: 'role',
      help: 'For every configured role: `signalbox mayor attach`, `signalbox refinery start --agent claude`, `signalbox witness stop`.',
      arguments: [argument('action', 'attach, start or stop', ['attach', 'start', 'stop'])],
      options: [
        option('--agent <backend>', 'backend of a started session'),
        option('--rig <rig>', 'project of the session (default: name of the directory)'),
        option('--dir <dir>', 'working directory'),
        option('--prompt <text>', 'first prompt'),
      ],
      examples: ['signalbox mayor attach', 'signalbox refinery start --agent claude'],
      json: 'one SessionInfo',
    },
  },
  'shell.complete': {
    title: 'Completion',
    help: 'A script with which a shell completes verbs, options and names of sessions.',
    keys: [],
    scope: 'room',
    verb: {
      name: 'completion',
      help: 'Print a script with which a shell completes verbs, options, their values and the names of sessions. Bash: `source <(signalbox completion bash)` in ~/.bashrc; zsh: as `_signalbox` in a directory of $fpath; fish: as ~/.config/fish/completions/signalbox.fish.',
      arguments: [argument('shell', 'bash, zsh or fish; or sessions: the names that the scripts offer', COMPLETIONS)],
      options: [],
      examples: ['signalbox completion bash', 'signalbox completion fish'],
      json: 'one string, the script; sessions: an array of strings',
    },
  },
  'demo.run': {
    title: 'Demo',
    help: 'A room full of live sessions that needs no account; by its key from an empty room.',
    keys: ['d'],
    scope: 'room',
    disabled: (context) =>
      context.sessions > 0 ? 'The demo starts from an empty room; run `signalbox demo`' : undefined,
    verb: {
      name: 'demo',
      help: 'Open a room full of live sessions against a scripted model on loopback: no account, no network, temporary directories only.',
      arguments: [],
      options: [option('--no-room', 'start the sessions and print their state instead of opening the room')],
      examples: ['signalbox demo'],
      json: 'with --no-room, an array of SessionInfo',
    },
  },
} as const satisfies Record<string, Command>

function needsOne({ selected }: CommandContext): string | undefined {
  return selected === undefined ? 'There is no session to act on' : undefined
}
