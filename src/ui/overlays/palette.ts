import type { CommandContext } from '../../core/commands/command.ts'
import { COMMANDS, type CommandId, disabledReason, ROOM_COMMANDS } from '../../core/commands.ts'
import type { Keymap } from '../keymap/keymap.ts'
import { editText, pasteText, type TextField, textField } from '../store/text-field.ts'
import { keyName } from '../theme/key-names.ts'
import { fuzzyScore } from './fuzzy.ts'
import { CLOSED, isLeaving, type OverlayInput, type OverlayStep } from './overlay-input.ts'

/** Finding a command by its name. */
export interface PaletteOverlay {
  readonly kind: 'palette'
  readonly text: TextField
  /** Place of the chosen entry among the found ones. */
  readonly index: number
}

/** A command that was found, and why it cannot be used if it cannot. */
export interface PaletteEntry {
  readonly id: CommandId
  readonly title: string
  readonly keys: string
  readonly disabled: string | undefined
}

/** Commands that make no sense when run by name: they need a digit, or a session that has the keys. */
const NOT_BY_NAME: ReadonlySet<CommandId> = new Set(['need.option', 'focus.leave', 'palette.open'])

/** An empty palette. */
export function openPalette(): PaletteOverlay {
  return { kind: 'palette', text: textField(), index: 0 }
}

/** The commands that fit what was typed: usable ones first, best fit first. */
export function paletteEntries(typed: string, keymap: Keymap, context: CommandContext): readonly PaletteEntry[] {
  return ROOM_COMMANDS.filter((id) => !NOT_BY_NAME.has(id))
    .flatMap((id) => {
      const score = fuzzyScore(COMMANDS[id].title, typed.trim())
      const keys = keymap.keysOf(id).map(keyName).join(' ')
      const entry = { id, title: COMMANDS[id].title, keys, disabled: disabledReason(id, context) }
      return score === undefined ? [] : [{ score, entry }]
    })
    .sort((a, b) => rank(a.entry) - rank(b.entry) || a.score - b.score)
    .map(({ entry }) => entry)
}

/** The palette after an input; Enter runs the chosen entry unless it is disabled. */
export function stepPalette(
  overlay: PaletteOverlay,
  input: OverlayInput,
  entries: readonly PaletteEntry[],
): OverlayStep<PaletteOverlay> {
  if (isLeaving(input)) return CLOSED
  if (input.kind === 'paste') return { overlay: { ...overlay, text: pasteText(overlay.text, input.text), index: 0 } }
  const { name } = input.key
  if (name === 'enter') {
    const chosen = entries[overlay.index]
    const canRun = chosen !== undefined && chosen.disabled === undefined
    return canRun ? { overlay: undefined, effect: { kind: 'run', command: chosen.id } } : { overlay }
  }
  const move =
    name === 'down' || name === 'tab' || name === 'ctrl+n' ? 1 : name === 'up' || name === 'shift+tab' ? -1 : 0
  if (move !== 0) {
    const index = Math.max(0, Math.min(entries.length - 1, overlay.index + move))
    return { overlay: { ...overlay, index } }
  }
  const text = editText(overlay.text, input.key)
  return { overlay: text === undefined ? overlay : { ...overlay, text, index: 0 } }
}

function rank(entry: PaletteEntry): number {
  return entry.disabled === undefined ? 0 : 1
}
