import { type ErrorEntry, EXIT_CODES as EXIT, text } from './error-entry.ts'

const plural = (count: unknown, one: string): string => `${text(count)} ${one}${count === 1 ? '' : 's'}`

/** Failures about worktrees and about how a rig wants its agents to be started. */
export const WORKTREE_ERRORS = {
  'instructions.differ': {
    message: (data) => `${text(data['why'])} in ${text(data['directory'])}; neither was changed.`,
    hint: () => 'Make one of them say what both should, remove the other and try again.',
    exit: EXIT.refused,
  },
  'worktree.failed': {
    message: (data) => `The worktree was not made (${text(data['detail'])}); nothing was started.`,
    hint: (data) => text(data['hint'] ?? 'Correct it in the repository, or set "worktree": false for the role.'),
    exit: EXIT.failed,
  },
  'worktree.set-up-failed': {
    message: (data) =>
      `The set-up of the worktree failed (${text(data['why'])}); the worktree was removed and nothing was started.`,
    hint: (data) => `Last lines of \`${text(data['command'])}\`: ${text(data['output'])}`,
    exit: EXIT.failed,
  },
  'worktree.not-found': {
    message: (data) => `There is no worktree "${text(data['name'])}".`,
    hint: () => 'Run `signalbox worktree list` to see them; a rig/name or the start of an id works.',
    exit: EXIT.notFound,
  },
  'worktree.live': {
    message: (data) => `${text(data['name'])} still works in ${text(data['path'])}; nothing was removed.`,
    hint: () => 'Stop the session first.',
    exit: EXIT.refused,
  },
  'worktree.unsaved': {
    message: (data) =>
      `${text(data['path'])} has ${plural(data['dirtyFiles'], 'uncommitted file')} and ${plural(data['ahead'], 'commit')} that nothing else has; nothing was removed.`,
    hint: (data) =>
      `Commit and push or merge ${text(data['branch'])}, or use --force: all of it is archived first, and \`signalbox worktree restore\` brings it back.`,
    exit: EXIT.refused,
  },
  'worktree.changed': {
    message: (data) => `${text(data['path'])} changed while it was being archived; nothing was removed.`,
    hint: () => 'Something still works in it. End that and try again.',
    exit: EXIT.refused,
  },
  'worktree.nested': {
    message: (data) =>
      `${text(data['path'])} holds a repository of its own in "${text(data['nested'])}", which an archive would not contain; nothing was removed.`,
    hint: () => 'Push or move that repository first.',
    exit: EXIT.refused,
  },
  'worktree.not-ours': {
    message: (data) =>
      `${text(data['path'])} is not the worktree that was made there (${text(data['detail'])}); nothing was removed.`,
    hint: () => 'Look at it by hand; signalbox removes only what it has made.',
    exit: EXIT.refused,
  },
  'worktree.git-failed': {
    message: (data) => `git ${text(data['command'])} failed (${text(data['detail'])}); nothing was removed.`,
    hint: () => 'Look at the repository by hand, then try again.',
    exit: EXIT.failed,
  },
  'worktree.not-restored': {
    message: (data) => `The archive was not restored (${text(data['detail'])}); it is left as it is.`,
    hint: (data) => `Its files are in ${text(data['archive'])}.`,
    exit: EXIT.failed,
  },
} as const satisfies Record<string, ErrorEntry>
