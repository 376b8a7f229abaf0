import type { CommandContext } from '../../core/commands/command.ts'
import type { Fleet } from '../../core/fleet.ts'
import type { Size } from '../../core/session.ts'
import type { Keymap } from '../keymap/keymap.ts'
import { type ChooseOverlay, stepChoose } from './choose.ts'
import { type ComposeOverlay, stepCompose } from './compose.ts'
import { type ConfirmOverlay, stepConfirm } from './confirm.ts'
import { type CostsOverlay, stepCosts } from './costs.ts'
import { eventRows } from './event-rows.ts'
import { type EventsOverlay, stepEvents } from './events.ts'
import { type FilterOverlay, stepFilter } from './filter-line.ts'
import { type HelpOverlay, helpLines, stepHelp } from './help.ts'
import { type MailboxOverlay, stepMailbox } from './mailbox.ts'
import type { OverlayInput, OverlayStep } from './overlay-input.ts'
import { type PaletteOverlay, paletteEntries, stepPalette } from './palette.ts'
import { type ReaderOverlay, stepReader } from './reader.ts'
import { type ReplyOverlay, stepReply } from './reply.ts'
import { type SlingOverlay, stepSling } from './sling-form.ts'
import { type SnoozeOverlay, stepSnooze } from './snooze.ts'
import { type SpawnOverlay, stepSpawn } from './spawn-form.ts'
import { stepWork, type WorkOverlay } from './work-list.ts'

/** What lies over the room and has the keys; one at a time. */
export type Overlay =
  | SpawnOverlay
  | ComposeOverlay
  | ReplyOverlay
  | ChooseOverlay
  | ReaderOverlay
  | EventsOverlay
  | SnoozeOverlay
  | MailboxOverlay
  | WorkOverlay
  | SlingOverlay
  | CostsOverlay
  | FilterOverlay
  | ConfirmOverlay
  | HelpOverlay
  | PaletteOverlay

/** What overlays need to know of the room. */
export interface OverlayRoom {
  readonly keymap: Keymap
  readonly context: CommandContext
  readonly fleet: Fleet
  /** Of the operator's terminal. */
  readonly size: Size
}

/** Columns of a panel that is read: as wide as the screen allows, up to what is comfortable. */
export const READING_COLUMNS = 120

/** Lines of text that fit into a panel on a screen of so many rows. */
export function panelRows(rows: number): number {
  return Math.max(1, rows - 6)
}

/** Columns of text in a panel that is read. */
export function panelColumns(cols: number): number {
  return Math.max(1, Math.min(READING_COLUMNS, cols - 4) - 4)
}

/** The overlay after an input. Pure: what is to be done is the step's effect. */
export function stepOverlay(overlay: Overlay, input: OverlayInput, room: OverlayRoom): OverlayStep<Overlay> {
  const rows = panelRows(room.size.rows)
  switch (overlay.kind) {
    case 'spawn':
      return stepSpawn(overlay, input)
    case 'compose':
      return stepCompose(overlay, input)
    case 'reply':
      return stepReply(overlay, input)
    case 'choose':
      return stepChoose(overlay, input)
    case 'reader':
      return stepReader(overlay, input, { columns: panelColumns(room.size.cols), rows, keymap: room.keymap })
    case 'events':
      return stepEvents(overlay, input, { lines: eventRows(overlay, panelColumns(room.size.cols)).length, rows })
    case 'snooze':
      return stepSnooze(overlay, input)
    case 'mailbox':
      return stepMailbox(overlay, input, room.fleet)
    case 'sling':
      return stepSling(overlay, input)
    case 'work':
      return stepWork(overlay, input, room.fleet)
    case 'costs':
      return stepCosts(overlay, input, Math.max(1, rows - 6))
    case 'filter':
      return stepFilter(overlay, input)
    case 'confirm':
      return stepConfirm(overlay, input)
    case 'help':
      return stepHelp(overlay, input, {
        last: Math.max(0, helpLines(room.keymap, panelColumns(room.size.cols)).length - rows),
        rows,
      })
    case 'palette':
      return stepPalette(overlay, input, paletteEntries(overlay.text.text, room.keymap, room.context))
  }
}
