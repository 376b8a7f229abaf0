import { ATTENTION } from './commands/attention.ts'
import type { Command, CommandContext } from './commands/command.ts'
import { CONFIG } from './commands/config.ts'
import { MEASURES } from './commands/measures.ts'
import { MESSAGES } from './commands/messages.ts'
import { NAVIGATION } from './commands/navigation.ts'
import { OPERATIONS } from './commands/operations.ts'
import { SESSIONS } from './commands/sessions.ts'
import { STEERING } from './commands/steering.ts'
import type { Verb } from './commands/verb.ts'
import { VIEWS } from './commands/views.ts'
import { WORK } from './commands/work.ts'

const TABLE = {
  ...NAVIGATION,
  ...SESSIONS,
  ...STEERING,
  ...ATTENTION,
  ...MESSAGES,
  ...WORK,
  ...MEASURES,
  ...OPERATIONS,
  ...CONFIG,
  ...VIEWS,
} as const

export type CommandId = keyof typeof TABLE

/** The one table of everything an operator can do: keymap, footer, palette, help, confirmations, CLI and docs come from it. */
export const COMMANDS: Readonly<Record<CommandId, Command>> = TABLE

/** Every command id, in the order of the table. */
export const COMMAND_IDS = Object.keys(TABLE) as readonly CommandId[]

/** What can be typed on the command line, in the order of the table. */
export const VERBS: readonly Verb[] = COMMAND_IDS.flatMap((id) => COMMANDS[id].verb ?? [])

/** Why a command cannot be used now, or undefined when it can. */
export function disabledReason(id: CommandId, context: CommandContext): string | undefined {
  return COMMANDS[id].disabled?.(context)
}

/** The commands the room can run (those that only make sense on the command line are left out). */
export const ROOM_COMMANDS: readonly CommandId[] = COMMAND_IDS.filter(
  (id) => COMMANDS[id].keys.length > 0 || id === 'filter.clear',
)
