import { type ErrorEntry, EXIT_CODES as EXIT, text } from './error-entry.ts'

/** Failures because there is too much of something already. */
export const LIMIT_ERRORS = {
  'message.too-many': {
    message: (data) => `${text(data['count'])} messages wait for ${text(data['to'])} already; this one was not taken.`,
    hint: () => 'See what waits with `signalbox mail list`, and cancel what nobody needs any more.',
    exit: EXIT.refused,
  },
  'work.too-many': {
    message: (data) => `${text(data['count'])} pieces of work are open already; this one was not queued.`,
    hint: () => 'See them with `signalbox work list`, and cancel what nobody needs any more.',
    exit: EXIT.refused,
  },
  'host.out-of-files': {
    message: (data) =>
      `The host has ${text(data['open'])} of ${text(data['limit'])} files open and keeps the rest for its clients; nothing was started.`,
    hint: () => 'Stop a session, or raise the limit (`ulimit -n`) and start the host again.',
    exit: EXIT.refused,
  },
} as const satisfies Record<string, ErrorEntry>
