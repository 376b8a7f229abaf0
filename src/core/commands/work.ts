import type { Command } from './command.ts'
import { argument, option, optional } from './verb.ts'

const WORK_ACTIONS = ['list', 'show', 'cancel', 'retry', 'assign', 'rebalance']
const WORK_STATUSES = ['queued', 'assigned', 'accepted', 'done', 'failed', 'cancelled']
const WORK_OPTION = option('--work <id>', 'which work (default, inside a session: the newest that it has)')

/** Work that waits, runs or has ended, and the pool that gives it out. */
export const WORK = {
  'work.manage': {
    title: 'Work',
    help: 'Look at work and move it: list, show, cancel, retry, assign, rebalance.',
    keys: [],
    scope: 'room',
    verb: {
      name: 'work',
      help: 'Look at work and move it: list, show ID, cancel ID, retry ID, assign ID SESSION, rebalance.',
      arguments: [
        argument('action', 'list, show, cancel, retry, assign or rebalance', WORK_ACTIONS),
        optional('id', 'which work'),
        optional('session', 'who gets it (assign)'),
      ],
      options: [
        option('--rig <rig>', 'only work of this rig (list, rebalance)'),
        option(
          '--status <status>',
          'only work that is queued, assigned, accepted, done, failed or cancelled (list)',
          WORK_STATUSES,
        ),
        option('--batch <name>', 'only work of this batch, and how far all of it is (list)'),
        option('--all', 'ended work as well (list)'),
        option('--note <text>', 'what the next session must know of how far it is (assign)'),
      ],
      examples: [
        'signalbox work list',
        'signalbox work list --batch friday --all',
        'signalbox work assign issue-1 api/nux --note "The parser is done, the tests are not."',
        'signalbox work retry issue-1',
      ],
      json: 'list and rebalance: an array of work units; else one work unit',
    },
  },
  'pool.manage': {
    title: 'Pool',
    help: 'How many sessions each backend has and may have, and what waits for them.',
    keys: [],
    scope: 'room',
    verb: {
      name: 'pool',
      help: 'Show the pool; drain gives out nothing more, resume ends a drain or a pause.',
      arguments: [optional('action', 'drain or resume (default: show it)', ['drain', 'resume'])],
      options: [],
      examples: ['signalbox pool', 'signalbox pool drain', 'signalbox pool resume'],
      json: '{backends: [{backend, live, limit, idle, starting, queued, warm}], queued, failed, isDraining, paused}',
    },
  },
  'work.done': {
    title: 'Done',
    help: 'Say that work is done.',
    keys: [],
    scope: 'room',
    verb: {
      name: 'done',
      help: 'Say that work is done. Agents run it in their session; anybody else names the work.',
      arguments: [optional('text', 'what came of it')],
      options: [WORK_OPTION],
      examples: ['signalbox done "All tests pass."', 'signalbox done --work issue-1'],
      json: 'one work unit',
    },
  },
  'work.fail': {
    title: 'Fail',
    help: 'Say that work cannot be done, and why.',
    keys: [],
    scope: 'room',
    verb: {
      name: 'fail',
      help: 'Say that work cannot be done; it stays in the list until somebody retries or cancels it.',
      arguments: [argument('text', 'why it cannot be done')],
      options: [WORK_OPTION],
      examples: ['signalbox fail "The API key is missing."'],
      json: 'one work unit',
    },
  },
} as const satisfies Record<string, Command>
