import type { CommandScope } from '../../core/commands/command.ts'
import { COMMANDS, type CommandId, ROOM_COMMANDS } from '../../core/commands.ts'
import type { Keymap } from '../keymap/keymap.ts'
import { keyName } from '../theme/key-names.ts'
import { CLOSED, isLeaving, type OverlayInput, type OverlayStep } from './overlay-input.ts'

/** Every key that works, scrolled by so many lines. */
export interface HelpOverlay {
  readonly kind: 'help'
  readonly scroll: number
}

/** One line of the help: a heading, or a command with its keys. */
export type HelpLine =
  | { readonly kind: 'heading'; readonly title: string }
  | {
      readonly kind: 'command'
      readonly id: CommandId
      readonly keys: string
      readonly title: string
      readonly help: string
    }
  | { readonly kind: 'blank' }

const HEADINGS: Readonly<Record<CommandScope, string>> = {
  need: 'What a session asks',
  selection: 'The selected session, or the marked ones',
  room: 'The room',
  focus: 'While you type into a session',
}

/** The help, made from the command table and the keymap. */
export function helpLines(keymap: Keymap): readonly HelpLine[] {
  const scopes = Object.keys(HEADINGS) as readonly CommandScope[]
  return scopes.flatMap((scope, index) => [
    ...(index === 0 ? [] : [{ kind: 'blank' } as const]),
    { kind: 'heading', title: HEADINGS[scope] } as const,
    ...ROOM_COMMANDS.filter((id) => COMMANDS[id].scope === scope).map((id) => commandLine(id, keymap)),
  ])
}

/** The help after an input; `lines` is how far it can be scrolled. */
export function stepHelp(overlay: HelpOverlay, input: OverlayInput, lines: number): OverlayStep<HelpOverlay> {
  if (isLeaving(input)) return CLOSED
  if (input.kind === 'paste') return { overlay }
  if (input.key.name === '?' || input.key.name === 'q' || input.key.name === 'enter') return CLOSED
  const move = MOVES[input.key.name]
  if (move === undefined) return { overlay }
  return { overlay: { ...overlay, scroll: Math.max(0, Math.min(lines, overlay.scroll + move)) } }
}

const MOVES: Readonly<Record<string, number>> = {
  down: 1,
  j: 1,
  up: -1,
  k: -1,
  pagedown: 10,
  space: 10,
  pageup: -10,
  home: -10_000,
  end: 10_000,
}

function commandLine(id: CommandId, keymap: Keymap): HelpLine {
  const { title, help } = COMMANDS[id]
  const keys = keymap.keysOf(id)
  const shown =
    keys.length > 4 ? `${keyName(keys[0] ?? '')}–${keyName(keys.at(-1) ?? '')}` : keys.map(keyName).join(' ')
  return { kind: 'command', id, keys: shown, title, help }
}
