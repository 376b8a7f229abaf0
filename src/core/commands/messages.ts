import { MESSAGE_MODES } from '../message.ts'
import { type Command, needsLive } from './command.ts'
import { argument, FILTER_OPTIONS, option, optional } from './verb.ts'

const WAIT = option('--wait <stage>', 'block until the receipt is submitted or seen, or fail', ['submitted', 'seen'])
const MODE = option(
  '--mode <mode>',
  'boundary (when the turn ends, the default), idle (when nothing goes on), now (into the running turn), interrupt (stops the turn)',
  MESSAGE_MODES,
)
const EXPIRES = option('--expires <time>', 'give up when it could not be delivered by then: 90s, 10m, 2h')
const PRIORITY = option('--priority <number>', 'higher goes first (default 0)')
const TIMEOUT = option('--timeout <seconds>', 'longest time to wait (default 60)')

const MAIL_ACTIONS = ['send', 'list', 'show', 'ack', 'cancel', 'resend']

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
      options: [WAIT, TIMEOUT, MODE, PRIORITY, EXPIRES],
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
      options: [
        ...FILTER_OPTIONS,
        option('--dry-run', 'list who would get it, and send nothing'),
        ...[WAIT, TIMEOUT, MODE, PRIORITY, EXPIRES],
      ],
      examples: ['signalbox broadcast --role polecat "Commit what you have"'],
      json: 'an array of Receipt; with --dry-run of SessionInfo',
    },
  },
  'mail.view': {
    title: 'Mailbox',
    help: 'Messages and where they are: what waits, what was given up, mail and its threads; send again, or take back.',
    keys: ['m'],
    scope: 'room',
    footer: 62,
    short: 'mail',
    verb: {
      name: 'mail',
      help: 'Mail that waits at its address until somebody is there: send, list, show, ack; also cancel and resend for any message.',
      arguments: [
        argument('action', 'send, list, show, ack, cancel or resend', MAIL_ACTIONS),
        optional('subject', 'send: the address (mayor/, rig/witness, rig/name) or a session; else the id of a message'),
        optional('text', 'send: what to say'),
      ],
      options: [
        option('--about <subject>', 'send: the subject'),
        option('--reply <id>', 'send: the message that this answers'),
        ...[WAIT, TIMEOUT, MODE, PRIORITY, EXPIRES],
        option('--for <address>', 'list: only what is for this address or session'),
        option('--thread <id>', 'list: only this conversation'),
        option('--search <text>', 'list: only what holds this text'),
        option('--all', 'list: nudges and broadcasts too, and what was acknowledged'),
      ],
      examples: [
        'signalbox mail send mayor/ "The release is blocked" --about release',
        'signalbox mail list --for api/toast',
        'signalbox mail ack 01M8',
      ],
      json: 'send, cancel, resend: one Receipt; list: an array of {message, receipt, attempts, problem, acknowledgedAt}; show, ack: one of these',
    },
  },
} as const satisfies Record<string, Command>
