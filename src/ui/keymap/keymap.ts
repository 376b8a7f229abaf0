import type { CommandContext } from '../../core/commands/command.ts'
import { COMMANDS, type CommandId, disabledReason, ROOM_COMMANDS } from '../../core/commands.ts'

/** Keys the operator wants for commands, in the notation of the table; a command that is not named keeps its own. */
export type KeyOverrides = Readonly<Partial<Record<CommandId, readonly string[]>>>

/** Which keys run which commands. */
export interface Keymap {
  readonly keysOf: (id: CommandId) => readonly string[]
  /** Commands bound to a key, in the order of the table. */
  readonly commandsOf: (key: string) => readonly CommandId[]
}

/** Where keys go: to the room, or to a session. */
export type KeyMode = 'room' | 'focus'

/** What a key does now. */
export type KeyMeaning =
  | { readonly kind: 'run'; readonly id: CommandId }
  | { readonly kind: 'disabled'; readonly id: CommandId; readonly reason: string }
  | { readonly kind: 'none' }

/** The keymap of the command table with the operator's overrides. */
export function createKeymap(overrides: KeyOverrides = {}): Keymap {
  const keys = new Map(ROOM_COMMANDS.map((id) => [id, overrides[id] ?? COMMANDS[id].keys]))
  const commands = new Map<string, CommandId[]>()
  for (const [id, bound] of keys) {
    for (const key of bound) commands.set(key, [...(commands.get(key) ?? []), id])
  }
  return {
    keysOf: (id) => keys.get(id) ?? [],
    commandsOf: (key) => commands.get(key) ?? [],
  }
}

/** The first enabled command of a key; when all are disabled, the first one and its reason. */
export function meaningOf(keymap: Keymap, key: string, { mode, context }: KeyUse): KeyMeaning {
  const ids = keymap.commandsOf(key).filter((id) => (COMMANDS[id].scope === 'focus') === (mode === 'focus'))
  const reasons = ids.map((id) => ({ id, reason: disabledReason(id, context) }))
  const enabled = reasons.find(({ reason }) => reason === undefined)
  if (enabled !== undefined) return { kind: 'run', id: enabled.id }
  const [first] = reasons
  return first?.reason === undefined ? { kind: 'none' } : { kind: 'disabled', id: first.id, reason: first.reason }
}

/** Where keys go and what the room shows. */
export interface KeyUse {
  readonly mode: KeyMode
  readonly context: CommandContext
}
