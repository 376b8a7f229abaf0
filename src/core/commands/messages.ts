import { type Command, needsLive } from './command.ts'
import { argument, FILTER_OPTIONS, option } from './verb.ts'

const WAIT = option('--wait <stage>', 'block until the receipt is submitted or seen, or fail')
const TIMEOUT = option('--timeout <seconds>', 'longest time to wait (default 60)')

/** Telling sessions things. */
export const MESSAGES = {
  'message.nudge': {
    title: 'Nudge',
    help: 'Send a short message to the selected session, or to the marked ones; it goes in when the agent is free.',
    keys: ['n'],
    scope: 'selection',
    footer: 30,
    short: 'nudge',
    disabled: needsLive,
    verb: {
      name: 'nudge',
      help: 'Send a short message to a session; prints its receipt.',
      arguments: [argument('session', 'agent name, rig/name or id prefix'), argument('text', 'what to say')],
      options: [WAIT, TIMEOUT],
      examples: ['signalbox nudge toast "Please run the tests" --wait seen'],
      json: 'one Receipt',
    },
  },
  'message.broadcast': {
    title: 'Broadcast',
    help: 'Send one message to the marked sessions, or to all shown; the recipients are listed before it is sent.',
    keys: ['b'],
    scope: 'room',
    footer: 31,
    short: 'broadcast',
    disabled: (context) => (context.shown === 0 ? 'There are no sessions to send to' : undefined),
    verb: {
      name: 'broadcast',
      help: 'Send one message to every live session that matches; prints a receipt for each.',
      arguments: [argument('text', 'what to say')],
      options: [...FILTER_OPTIONS, WAIT, TIMEOUT],
      examples: ['signalbox broadcast --role polecat "Commit what you have"'],
      json: 'an array of Receipt',
    },
  },
} as const satisfies Record<string, Command>
