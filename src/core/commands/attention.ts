import { whyNoReply } from '../reply.ts'
import { type Command, type CommandContext, needsSelection } from './command.ts'

/** Deciding what the operator looks at, and reading what sessions have said. */
export const ATTENTION = {
  'session.reply': {
    title: 'Reply',
    help: 'Reply in words: answer the question, deny with a reason, or send a message to a session that asks nothing.',
    keys: ['r'],
    scope: 'selection',
    footer: 23,
    short: 'reply',
    disabled: (context) => {
      const { selected } = context
      return selected === undefined ? needsOne(context) : whyNoReply(selected)
    },
  },
  'reader.open': {
    title: 'Read',
    help: 'Read the whole of what the selected session asks, or of its last reply, which counts as read then.',
    keys: ['o'],
    scope: 'selection',
    footer: 24,
    short: 'read',
    disabled: ({ selected }) => {
      if (selected === undefined) return 'There is no session to act on'
      const hasText = selected.need !== undefined || selected.lastReply !== undefined
      return hasText ? undefined : 'The session has not replied yet'
    },
  },
  'pane.copy': {
    title: 'Copy',
    help: 'Copy what the selected session shows to the clipboard; in an opened reply, the reply.',
    keys: ['c'],
    scope: 'selection',
    disabled: (context) => needsOne(context),
  },
  'session.snooze': {
    title: 'Snooze',
    help: 'Put sessions aside for a time or until they change; a new question brings them back. Again: bring them back now.',
    keys: ['Z'],
    scope: 'selection',
    footer: 58,
    short: 'snooze',
    disabled: needsSelection,
  },
  'session.unread': {
    title: 'Unread or read',
    help: 'Mark the session as not looked at, or as read when it is unread.',
    keys: ['u'],
    scope: 'selection',
    disabled: needsSelection,
  },
  'session.favourite': {
    title: 'Favourite',
    help: 'Put the session first among those that want as much attention, or back.',
    keys: ['!'],
    scope: 'selection',
    disabled: needsSelection,
  },
  'session.urgent': {
    title: 'Urgent',
    help: 'Put the session before all others, whatever it does, or back.',
    keys: ['U'],
    scope: 'selection',
    disabled: needsSelection,
  },
  'list.quiet': {
    title: 'Hide or show idle',
    help: 'Put idle, paused and stopped sessions away in one line, or bring them back.',
    keys: ['I'],
    scope: 'room',
    disabled: (context) => (context.sessions === 0 ? 'There are no sessions here' : undefined),
  },
} as const satisfies Record<string, Command>

function needsOne(context: CommandContext): string | undefined {
  return context.selected === undefined ? 'There is no session to act on' : undefined
}
