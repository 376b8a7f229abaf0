import { COMMANDS, type CommandId, disabledReason, ROOM_COMMANDS } from '../../core/commands.ts'
import { keyName } from '../theme/key-names.ts'
import { columnsOf } from '../widgets/plain-text.ts'
import type { Keymap, KeyUse } from './keymap.ts'

/** One hint of the footer: a key and what it does here and now. */
export interface Hint {
  readonly id: CommandId
  readonly key: string
  readonly label: string
}

/** Columns between two hints. */
export const HINT_GAP = 2

/**
 * The keys worth knowing here and now, best first: enabled commands of the table that ask for a place in the footer and
 * whose key really runs them.
 */
export function hintsOf(keymap: Keymap, use: KeyUse): readonly Hint[] {
  return ROOM_COMMANDS.filter((id) => isOffered(id, use))
    .sort((a, b) => (COMMANDS[a].footer ?? 0) - (COMMANDS[b].footer ?? 0))
    .flatMap((id) => hintOf(id, keymap, use))
}

/** As many hints as fit into `width` columns, never one in part; the way to all other keys is kept before any of them. */
export function fittingHints(hints: readonly Hint[], width: number): readonly Hint[] {
  const help = hints.find((hint) => hint.id === 'help.open')
  const fitting = new Set<Hint>()
  let left = width
  for (const hint of help === undefined ? hints : [help, ...hints.filter((each) => each !== help)]) {
    const needed = hintWidth(hint) + (fitting.size === 0 ? 0 : HINT_GAP)
    if (needed > left) continue
    fitting.add(hint)
    left -= needed
  }
  return hints.filter((hint) => fitting.has(hint))
}

/** Columns a hint takes. */
export function hintWidth(hint: Hint): number {
  return columnsOf(hint.key) + 1 + columnsOf(hint.label)
}

function isOffered(id: CommandId, { mode, context }: KeyUse): boolean {
  const { footer, scope } = COMMANDS[id]
  return footer !== undefined && (scope === 'focus') === (mode === 'focus') && disabledReason(id, context) === undefined
}

function hintOf(id: CommandId, keymap: Keymap, { context }: KeyUse): readonly Hint[] {
  const rivals = (key: string) => keymap.commandsOf(key).filter((other) => disabledReason(other, context) === undefined)
  const key = keymap.keysOf(id).find((each) => rivals(each)[0] === id)
  return key === undefined ? [] : [{ id, key: keyName(key), label: COMMANDS[id].short ?? COMMANDS[id].title }]
}
