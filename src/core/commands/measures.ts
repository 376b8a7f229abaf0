import { COST_GROUPS } from '../costs.ts'
import type { Command } from './command.ts'
import { argument, option } from './verb.ts'

/** Looking back at what was said, and at what it took. */
export const MEASURES = {
  'session.logs': {
    title: 'Logs',
    help: 'The conversation of a session, or its output.',
    keys: [],
    scope: 'selection',
    verb: {
      name: 'logs',
      help: 'Print what was said to a session and what it replied; of a session whose program does not converse, its output, scrollback included.',
      arguments: [argument('session', 'agent name, rig/name or id prefix')],
      options: [
        option('--lines <n>', 'only the last n lines (default 200)'),
        option('--follow', 'go on as more is said, until the session ends'),
      ],
      examples: ['signalbox logs toast', 'signalbox logs toast --follow --json'],
      json: 'NDJSON: {at, who, text}; who is agent, output or the sender, at is null for output',
    },
  },
  'costs.show': {
    title: 'Costs',
    help: 'Tokens and money by session, rig, role, backend, model or day.',
    keys: [],
    scope: 'room',
    verb: {
      name: 'costs',
      help: 'Sum up tokens and money. A cost that nobody knows is shown as ?, never as nothing.',
      arguments: [],
      options: [
        option('--by <what>', 'session, rig, role, backend, model or day (default session)', COST_GROUPS),
        option('--since <day>', 'from this day on: 2026-11-27, or today'),
      ],
      examples: ['signalbox costs --since today', 'signalbox costs --by model --json'],
      json: '{by, since, rows: [{key, name, inputTokens, outputTokens, costUsd, unpricedTokens}], total}; costUsd is null when nothing of it is known, and without the unpriced tokens',
    },
  },
  'metrics.show': {
    title: 'Metrics',
    help: 'What the host has measured: starts, deliveries, answers, memory and processor time.',
    keys: [],
    scope: 'room',
    verb: {
      name: 'metrics',
      help: 'Print what the host has measured since it started.',
      arguments: [],
      options: [option('--prometheus', 'in the text format of Prometheus')],
      examples: ['signalbox metrics', 'signalbox metrics --prometheus'],
      json: '{at, metrics: [{name, help, type, values: [{labels, value}]}]}; a histogram has {labels, count, sum, p50, p95, buckets: [{atMost, count}]} as values',
    },
  },
} as const satisfies Record<string, Command>
