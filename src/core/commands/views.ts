import type { Command } from './command.ts'

/** Looking at what the host keeps besides the sessions. */
export const VIEWS = {
  'work.view': {
    title: 'Work',
    help: 'The work and where it is: what waits and why, what is in work, what failed; try again, cancel, hand over.',
    keys: ['w'],
    scope: 'room',
    footer: 63,
    short: 'work',
  },
  'costs.view': {
    title: 'Tokens and cost',
    help: 'What was spent, by session, rig, role, backend, model or day.',
    keys: ['$'],
    scope: 'room',
    footer: 64,
    short: 'cost',
  },
} as const satisfies Record<string, Command>
