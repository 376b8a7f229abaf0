import type { Command } from './command.ts'
import { argument, option, variadic } from './verb.ts'

const CONFIG_ACTIONS = ['show', 'explain', 'validate', 'trust', 'untrust', 'sync-instructions']

/** Looking after settings and worktrees. */
export const CONFIG = {
  'config.manage': {
    title: 'Settings',
    help: 'Show, explain or check the settings of towns and rigs.',
    keys: [],
    scope: 'room',
    verb: {
      name: 'config',
      help: 'Settings of towns and rigs: `show [RIG]` with the line each comes from, `explain ROLE RIG` with the one that won, `validate [FILE…]` (exit code 2 when one is wrong), `trust [RIG]` lets settings that a repository brought along run programs and give permissions until they change (`untrust [RIG]` takes that back), `sync-instructions [DIR]` keeps CLAUDE.md and AGENTS.md alike.',
      arguments: [
        argument('action', 'show, explain, validate, trust, untrust or sync-instructions', CONFIG_ACTIONS),
        { ...variadic('what', 'a rig, a role and a rig, files, or a directory'), isOptional: true },
      ],
      options: [option('--name <name>', 'explain: for the agent of this name')],
      examples: [
        'signalbox config show',
        'signalbox config explain polecat ~/town/api',
        'signalbox config validate ~/town/settings/config.json',
        'signalbox config trust ~/town/api',
        'signalbox config sync-instructions',
      ],
      json: 'show: {rig, directory, files, settings: [{path, value, from}], warnings}; explain: {role, rig, settings: [{name, value, why, from, overridden}], warnings}; validate: {ok, files: [{file, ok, errors, warnings}]}; trust: {directory, files: [{file, settings: [{path, value}]}]}; untrust: {directory, files}; sync-instructions: {directory, action, from, to, why}',
    },
  },
  'worktree.manage': {
    title: 'Worktrees',
    help: 'List, remove or restore the worktrees of sessions.',
    keys: [],
    scope: 'room',
    verb: {
      name: 'worktree',
      help: 'Worktrees that were made for sessions: `list`, `remove NAME` (refused for one with unsaved work, unless --force archives it), `restore NAME` from its archive.',
      arguments: [
        argument('action', 'list, remove or restore', ['list', 'remove', 'restore']),
        { ...argument('worktree', 'rig/name, name or start of an id'), isOptional: true },
      ],
      options: [option('--force', 'archive what nothing else has, then remove')],
      examples: [
        'signalbox worktree list',
        'signalbox worktree remove api/toast',
        'signalbox worktree restore api/toast',
      ],
      json: 'list: [{id, status, rig, role, name, branch, path, source, session, dirtyFiles, ahead, archive, madeAt}]; restore: one of them; remove: {removed, archive}',
    },
  },
} as const satisfies Record<string, Command>
