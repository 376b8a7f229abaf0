import { type ErrorEntry, EXIT_CODES as EXIT, text } from './error-entry.ts'

/** Failures around pieces of work. */
export const WORK_ERRORS = {
  'work.open': {
    message: (data) =>
      `Work "${text(data['id'])}" is ${text(data['status'])} in ${text(data['rig'])} already; nothing was changed.`,
    hint: () => 'Wait until it has ended, cancel it, or give the new work another id.',
    exit: EXIT.failed,
  },
  'work.not-found': {
    message: (data) => `No work has the id "${text(data['id'])}".`,
    hint: () => 'Run `signalbox work list` to see the work and its ids.',
    exit: EXIT.notFound,
  },
  'work.ended': {
    message: (data) => `Work "${text(data['id'])}" is ${text(data['status'])} already; nothing was changed.`,
    hint: (data) => `Queue it again with \`signalbox work retry ${text(data['id'])}\`.`,
    exit: EXIT.refused,
  },
  'work.held': {
    message: (data) =>
      `Work "${text(data['id'])}" is ${text(data['status'])} with ${text(data['name'])}, which is alive; nothing was changed.`,
    hint: () => 'Hand it over with `signalbox work assign`, or cancel it first.',
    exit: EXIT.refused,
  },
  'work.not-yours': {
    message: (data) => `This session does not have work "${text(data['id'])}"; nothing was changed.`,
    hint: () => 'A session ends and hands over only its own work; the operator does it for the others.',
    exit: EXIT.refused,
  },
  'work.none-here': {
    message: () => 'This session has no open work; nothing was changed.',
    hint: () => 'Name it with --work, and see `signalbox work list`.',
    exit: EXIT.notFound,
  },
  'work.failed': {
    message: (data) => `Work "${text(data['id'])}" was queued and failed: ${text(data['why'])}`,
    hint: (data) => `It is kept: correct what was wrong and run \`signalbox work retry ${text(data['id'])}\`.`,
    exit: EXIT.failed,
  },
} as const satisfies Record<string, ErrorEntry>
