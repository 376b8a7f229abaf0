import type { CommandScope } from '../../core/commands/command.ts'
import { COMMANDS, type CommandId, ROOM_COMMANDS } from '../../core/commands.ts'
import type { Keymap } from '../keymap/keymap.ts'
import { keyName } from '../theme/key-names.ts'
import { wrapLines } from '../widgets/plain-text.ts'
import { CLOSED, isLeaving, type OverlayInput, type OverlayStep } from './overlay-input.ts'
import { type Scrollable, scrolledBy } from './scrolling.ts'

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
  /** What did not fit of the help of the command above. */
  | { readonly kind: 'more'; readonly help: string }
  | { readonly kind: 'blank' }

/** Columns of the keys and of the title, before the help. */
export const HELP_COLUMNS = { keys: 13, title: 24 } as const

const HEADINGS: Readonly<Record<CommandScope, string>> = {
  need: 'What a session asks',
  selection: 'The selected session, or the marked ones',
  room: 'The room',
  focus: 'While you type into a session',
}

/** The help in so many columns, made from the command table and the keymap. */
export function helpLines(keymap: Keymap, columns: number): readonly HelpLine[] {
  const scopes = Object.keys(HEADINGS) as readonly CommandScope[]
  return scopes.flatMap((scope, index) => [
    ...(index === 0 ? [] : [{ kind: 'blank' } as const]),
    { kind: 'heading', title: HEADINGS[scope] } as const,
    ...ROOM_COMMANDS.filter((id) => COMMANDS[id].scope === scope).flatMap((id) => commandLines(id, keymap, columns)),
  ])
}

/** The help after an input. */
export function stepHelp(overlay: HelpOverlay, input: OverlayInput, text: Scrollable): OverlayStep<HelpOverlay> {
  if (isLeaving(input)) return CLOSED
  if (input.kind === 'paste') return { overlay }
  if (input.key.name === '?' || input.key.name === 'q' || input.key.name === 'enter') return CLOSED
  const scroll = scrolledBy(overlay.scroll, input.key.name, text)
  return { overlay: scroll === undefined ? overlay : { ...overlay, scroll } }
}

function commandLines(id: CommandId, keymap: Keymap, columns: number): readonly HelpLine[] {
  const { title, help } = COMMANDS[id]
  const keys = keymap.keysOf(id)
  const shown =
    keys.length > 4 ? `${keyName(keys[0] ?? '')}–${keyName(keys.at(-1) ?? '')}` : keys.map(keyName).join(' ')
  const [first = '', ...others] = wrapLines(help, Math.max(20, columns - HELP_COLUMNS.keys - HELP_COLUMNS.title))
  return [
    { kind: 'command', id, keys: shown, title, help: first },
    ...others.map((line) => ({ kind: 'more', help: line }) as const),
  ]
}
