import { type Command, type CommandContext, needsLive } from './command.ts'
import { argument, option, variadic } from './verb.ts'

/** Holding sessions, letting them go on, and going on from them in another one. */
export const STEERING = {
  'session.pause': {
    title: 'Pause or go on',
    help: 'Pause sessions: the agent is left alone, nothing is delivered and no work is given to it. Again: let them go on.',
    keys: ['p'],
    scope: 'selection',
    disabled: (context) => (context.selected?.isPaused === true ? undefined : needsLive(context)),
    verb: {
      name: 'pause',
      help: 'Pause sessions: the agent and its running turn are left alone, messages wait, no work is given to it, and nobody starts it again or calls it stalled. Needs can still be answered.',
      arguments: [variadic('session', 'agent names, rig/name or id prefixes')],
      options: [],
      examples: ['signalbox pause toast nux'],
      json: 'an array of {id, name, ok, error}',
    },
  },
  'session.unpause': {
    title: 'Go on',
    help: 'End the pause of sessions: what waited is delivered.',
    keys: [],
    scope: 'selection',
    verb: {
      name: 'unpause',
      help: 'End the pause of sessions: what waited is delivered at once.',
      arguments: [variadic('session', 'agent names, rig/name or id prefixes')],
      options: [],
      examples: ['signalbox unpause toast nux'],
      json: 'an array of {id, name, ok, error}',
    },
  },
  'session.fork': {
    title: 'Fork',
    help: 'Start another session with a copy of the conversation of the selected one, in the same directory.',
    keys: ['C'],
    scope: 'selection',
    disabled: needsOne,
    verb: {
      name: 'fork',
      help: 'Start another session with a copy of the conversation of this one, in the same directory; this one goes on as it is.',
      arguments: [argument('session', 'agent name, rig/name or id prefix')],
      options: [
        option('--name <name>', 'name of the new agent (default: the old one with -fork)'),
        option('--prompt <text>', 'first prompt of the copy'),
      ],
      examples: ['signalbox fork toast --name toast-2 --prompt "Now try it without the cache"'],
      json: 'one SessionInfo',
    },
  },
} as const satisfies Record<string, Command>

function needsOne({ selected }: CommandContext): string | undefined {
  return selected === undefined ? 'There is no session to act on' : undefined
}
