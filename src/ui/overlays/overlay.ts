import type { CommandContext } from '../../core/commands/command.ts'
import type { Keymap } from '../keymap/keymap.ts'
import { type ComposeOverlay, stepCompose } from './compose.ts'
import { type ConfirmOverlay, stepConfirm } from './confirm.ts'
import { type FilterOverlay, stepFilter } from './filter-line.ts'
import { type HelpOverlay, helpLines, stepHelp } from './help.ts'
import type { OverlayInput, OverlayStep } from './overlay-input.ts'
import { type PaletteOverlay, paletteEntries, stepPalette } from './palette.ts'
import { type SpawnOverlay, stepSpawn } from './spawn-form.ts'

/** What lies over the room and has the keys; one at a time. */
export type Overlay = SpawnOverlay | ComposeOverlay | FilterOverlay | ConfirmOverlay | HelpOverlay | PaletteOverlay

/** What overlays need to know of the room. */
export interface OverlayRoom {
  readonly keymap: Keymap
  readonly context: CommandContext
  /** Rows of the operator's terminal. */
  readonly rows: number
}

/** Lines of help that fit on a screen of so many rows. */
export function helpRows(rows: number): number {
  return Math.max(1, rows - 6)
}

/** The overlay after an input. Pure: what is to be done is the step's effect. */
export function stepOverlay(overlay: Overlay, input: OverlayInput, room: OverlayRoom): OverlayStep<Overlay> {
  switch (overlay.kind) {
    case 'spawn':
      return stepSpawn(overlay, input)
    case 'compose':
      return stepCompose(overlay, input)
    case 'filter':
      return stepFilter(overlay, input)
    case 'confirm':
      return stepConfirm(overlay, input)
    case 'help':
      return stepHelp(overlay, input, Math.max(0, helpLines(room.keymap).length - helpRows(room.rows)))
    case 'palette':
      return stepPalette(overlay, input, paletteEntries(overlay.text.text, room.keymap, room.context))
  }
}
