import { type ErrorData as Data, type ErrorEntry, EXIT_CODES, text } from './error-entry.ts'
import { LIMIT_ERRORS } from './limit-errors.ts'
import { WORK_ERRORS } from './work-errors.ts'
import { WORKTREE_ERRORS } from './worktree-errors.ts'

/** Exit codes of the command line, by meaning. */
export const EXIT = EXIT_CODES

const list = (value: unknown): string => (Array.isArray(value) ? value.map(text).join(', ') : text(value))

/** Every failure that an operator or a script can meet. The code is part of the contract; the words may be improved. */
export const ERRORS = {
  'usage.invalid': {
    message: (data) => `${text(data['what'])}.`,
    hint: (data) => text(data['hint'] ?? 'Run the verb with --help to see what it takes.'),
    exit: EXIT.usage,
  },
  'size.invalid': {
    message: (data) => `"${text(data['size'])}" is not a terminal size; nothing was started.`,
    hint: () => 'Give COLSxROWS between 20x5 and 500x200, for example 120x40.',
    exit: EXIT.usage,
  },
  'session.not-found': {
    message: (data) => `No session is called "${text(data['name'])}".`,
    hint: () => 'Run `signalbox agents` to see the names; an id prefix or rig/name works too.',
    exit: EXIT.notFound,
  },
  'session.ambiguous': {
    message: (data) => `"${text(data['name'])}" matches several sessions: ${list(data['matches'])}.`,
    hint: () => 'Use rig/name or a longer id prefix.',
    exit: EXIT.usage,
  },
  'session.name-taken': {
    message: (data) =>
      `The name "${text(data['name'])}" is already taken in rig "${text(data['rig'])}"; nothing was started.`,
    hint: () => 'Choose another --name, or stop the session that has it.',
    exit: EXIT.refused,
  },
  'session.not-live': {
    message: (data) => `${text(data['name'])} is ${text(data['state'])}; nothing was sent.`,
    hint: () => 'Resume it, or start a new session.',
    exit: EXIT.refused,
  },
  'session.paused': {
    message: (data) => `${text(data['name'])} is paused; it was given nothing.`,
    hint: (data) => `End the pause with \`signalbox unpause ${text(data['name'])}\`, or choose another session.`,
    exit: EXIT.refused,
  },
  'session.unforkable': {
    message: (data) => `${text(data['name'])} cannot be forked: ${text(data['why'])}; nothing was started.`,
    hint: () => 'Start a new session with `signalbox spawn`.',
    exit: EXIT.refused,
  },
  'session.exited-early': {
    message: (data) =>
      `${text(data['name'])} ended before it was ready (${text(data['why'])}); what was made for it was undone.`,
    hint: (data) => `Its last words: ${text(data['screen'])}`,
    exit: EXIT.failed,
  },
  'session.not-ready': {
    message: (data) =>
      `${text(data['name'])} was not ready after ${text(data['seconds'])} s (${text(data['why'])}); it was stopped.`,
    hint: (data) => `Its last words: ${text(data['screen'])}`,
    exit: EXIT.timedOut,
  },
  'identity.refused': {
    message: () => 'This program says that it runs in a session that the host does not know; nothing was done.',
    hint: (data) => `Unset ${text(data['variable'])} to act as the operator.`,
    exit: EXIT.refused,
  },
  'identity.operator-only': {
    message: (data) => `A program inside a session may not ask for ${text(data['request'])}; nothing was done.`,
    hint: () => 'Only the operator answers needs, types into sessions and ends them. Send mail or a nudge instead.',
    exit: EXIT.refused,
  },
  'message.not-found': {
    message: (data) => `No message has the id "${text(data['id'])}".`,
    hint: () => 'Run `signalbox mail list --all` to see messages and their ids.',
    exit: EXIT.notFound,
  },
  'message.not-queued': {
    message: (data) => `The message is ${text(data['status'])} already; it was not cancelled.`,
    hint: () => 'Only a message that still waits can be cancelled.',
    exit: EXIT.refused,
  },
  'message.not-dead': {
    message: (data) => `The message is ${text(data['status'])}; it was not sent again.`,
    hint: () => 'Only a message that failed, expired or was cancelled is sent again: so it can never arrive twice.',
    exit: EXIT.refused,
  },
  ...LIMIT_ERRORS,
  ...WORK_ERRORS,
  ...WORKTREE_ERRORS,
  'role.unknown': {
    message: (data) => `There is no role "${text(data['role'])}".`,
    hint: (data) => `Known roles: ${list(data['known'])}.`,
    exit: EXIT.usage,
  },
  'role.not-running': {
    message: (data) => `No ${text(data['role'])} is running.`,
    hint: (data) => `Start one with \`signalbox ${text(data['role'])} start\`.`,
    exit: EXIT.notFound,
  },
  'need.gone': {
    message: (data) => `${text(data['name'])} no longer asks that; nothing was answered.`,
    hint: () => 'Look at what it shows now and answer that.',
    exit: EXIT.refused,
  },
  'need.unanswerable': {
    message: (data) =>
      `${text(data['name'])} does not take "${text(data['answer'])}" for this ${text(data['kind'])} from outside; nothing was sent.`,
    hint: () => 'Focus the session (Enter) and answer in its own screen.',
    exit: EXIT.refused,
  },
  'message.unsafe': {
    message: (data) => `Nothing was typed into ${text(data['name'])}: ${text(data['why'])}.`,
    hint: () => 'The message stays queued and goes out when the session is free.',
    exit: EXIT.refused,
  },
  'message.unconfirmed': {
    message: (data) =>
      `${text(data['name'])} did not confirm the message; its text was typed once and is not typed again.`,
    hint: () => 'Focus the session and look at its prompt.',
    exit: EXIT.failed,
  },
  'message.unseen': {
    message: (data) => `Message ${text(data['id'])} is ${text(data['status'])}: it will not be seen.`,
    hint: (data) => `See \`signalbox mail show ${text(data['id'])}\`; what failed can be sent again.`,
    exit: EXIT.failed,
  },
  'message.empty': {
    message: () => 'The message has no text; nothing was sent.',
    hint: () => 'Give the text as the last argument.',
    exit: EXIT.usage,
  },
  'backend.unknown': {
    message: (data) => `There is no backend "${text(data['backend'])}"; nothing was started.`,
    hint: (data) => `Known backends: ${list(data['known'])}.`,
    exit: EXIT.usage,
  },
  'backend.unavailable': {
    message: (data) => `The ${text(data['backend'])} backend cannot start sessions: ${text(data['detail'])}`,
    hint: (data) => text(data['hint'] ?? 'Run `signalbox doctor` to see what is missing.'),
    exit: EXIT.backendUnavailable,
  },
  'backend.failed': {
    message: (data) => `${text(data['backend'])} refused: ${text(data['detail'])}`,
    hint: () => 'The session goes on; try again, or focus it to see its own screen.',
    exit: EXIT.failed,
  },
  'program.missing': {
    message: (data) => `The program "${text(data['program'])}" was not found; nothing was started.`,
    hint: () => 'Install it or put it on PATH, then run `signalbox doctor`.',
    exit: EXIT.backendUnavailable,
  },
  'directory.missing': {
    message: (data) =>
      `The directory ${text(data['directory'])} does not exist or cannot be entered; nothing was started.`,
    hint: () => 'Give an existing directory with --dir.',
    exit: EXIT.failed,
  },
  'directory.unwritable': {
    message: (data) =>
      `The directory ${text(data['directory'])} cannot be written (${text(data['detail'])}); nothing was started.`,
    hint: () => 'Change its permissions, or set SIGNALBOX_STATE to a directory of yours.',
    exit: EXIT.failed,
  },
  'directory.insecure': {
    message: (data) =>
      `The state directory ${text(data['directory'])} is open to other users or not yours; nothing was started.`,
    hint: (data) => text(data['hint'] ?? `Run: chmod 700 ${text(data['directory'])}`),
    exit: EXIT.refused,
  },
  'host.unreachable': {
    message: (data) => `The host did not answer (${text(data['detail'])}); sessions are not affected by this.`,
    hint: () => 'Run `signalbox host status`, then `signalbox host start`.',
    exit: EXIT.hostUnreachable,
  },
  'host.not-running': {
    message: () => 'No host is running.',
    hint: () => 'Run `signalbox host start`, or any verb that needs one: it starts by itself.',
    exit: EXIT.hostUnreachable,
  },
  'host.start-failed': {
    message: (data) => `The host did not start: ${text(data['detail'])}`,
    hint: (data) => `Its log is ${text(data['log'])}.`,
    exit: EXIT.hostUnreachable,
  },
  'host.other-version': {
    message: (data) =>
      `The running host is version ${text(data['theirs'])} and this is ${text(data['ours'])}; its sessions are untouched.`,
    hint: () =>
      'Stop it with `signalbox host stop` from its own version, or use that version; a new host starts by itself.',
    exit: EXIT.hostUnreachable,
  },
  'host.already-running': {
    message: (data) => `A host is already running (pid ${text(data['pid'])}).`,
    hint: () => 'Use it, or stop it with `signalbox host stop`.',
    exit: EXIT.refused,
  },
  'host.stopping': {
    message: () => 'The host is stopping; nothing was started or sent.',
    hint: () => 'Run the verb again: a new host starts by itself.',
    exit: EXIT.hostUnreachable,
  },
  'socket.path-too-long': {
    message: (data) =>
      `The socket path is ${text(data['length'])} bytes long and the system allows ${text(data['limit'])}: ${text(data['path'])}`,
    hint: () => 'Set SIGNALBOX_STATE to a shorter directory.',
    exit: EXIT.usage,
  },
  'journal.newer': {
    message: (data) =>
      `The journal ${text(data['path'])} was written by a newer signalbox (schema ${text(data['theirs'])}, this one knows ${text(data['ours'])}); it was left as it is.`,
    hint: () => 'Use the newer version, or set SIGNALBOX_STATE to another directory.',
    exit: EXIT.failed,
  },
  'journal.unwritable': {
    message: (data) =>
      `The journal cannot be written (${text(data['detail'])}); nothing was accepted, and sessions go on.`,
    hint: () => 'Make room on the disk of the state directory, then try again.',
    exit: EXIT.failed,
  },
  'journal.unreadable': {
    message: (data) =>
      `The journal ${text(data['path'])} cannot be read (${text(data['detail'])}); it was left as it is.`,
    hint: () => 'Move it aside to start afresh, or set SIGNALBOX_STATE to another directory.',
    exit: EXIT.failed,
  },
  'config.invalid': {
    message: (data) => `${text(data['file'])}:${text(data['line'])}: ${text(data['problem'])}`,
    hint: (data) => text(data['hint'] ?? 'Correct the file; nothing was started.'),
    exit: EXIT.usage,
  },
  'terminal.required': {
    message: (data) => `${text(data['verb'])} needs a terminal, and this is not one.`,
    hint: () => 'Run it in a terminal, or use `signalbox agents --json` and the other verbs.',
    exit: EXIT.usage,
  },
  'wait.timed-out': {
    message: (data) => `${text(data['what'])} did not happen within ${text(data['seconds'])} s; nothing was changed.`,
    hint: () => 'Give a longer --timeout, or look with `signalbox peek`.',
    exit: EXIT.timedOut,
  },
  'request.unknown': {
    message: (data) => `The host does not know the request "${text(data['method'])}".`,
    hint: () => 'The host and this program may be of different versions: run `signalbox host status`.',
    exit: EXIT.failed,
  },
  internal: {
    message: (data) => `Something went wrong inside signalbox (${text(data['detail'])}); sessions go on.`,
    hint: (data) => text(data['hint'] ?? 'The host log has the details; please report it.'),
    exit: EXIT.failed,
  },
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof ERRORS

/** An expected failure: carries its code and data across the wire; its words come from the table above. */
export class ControlError extends Error {
  readonly code: ErrorCode
  readonly data: Data

  constructor(code: ErrorCode, data: Data = {}) {
    super(ERRORS[code].message(data))
    this.name = 'ControlError'
    this.code = code
    this.data = data
  }

  /** What the operator can do. */
  get hint(): string {
    return ERRORS[this.code].hint(this.data)
  }

  /** Exit code of the command line. */
  get exit(): number {
    return ERRORS[this.code].exit
  }
}

/** Throws the failure with this code. */
export function fail(code: ErrorCode, data: Data = {}): never {
  throw new ControlError(code, data)
}

/** Any thrown value as a ControlError; what is not one already is `internal`. */
export function toControlError(error: unknown): ControlError {
  if (error instanceof ControlError) return error
  const detail = error instanceof Error ? error.message : String(error)
  return new ControlError('internal', { detail })
}

/** Whether a text is a known error code. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code)
}
