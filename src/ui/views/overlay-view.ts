import type { ComposeOverlay } from '../overlays/compose.ts'
import type { ConfirmOverlay } from '../overlays/confirm.ts'
import { HELP_COLUMNS, type HelpOverlay, helpLines } from '../overlays/help.ts'
import { panelColumns, panelRows, READING_COLUMNS } from '../overlays/overlay.ts'
import { type PaletteOverlay, paletteEntries } from '../overlays/palette.ts'
import { contextOf } from '../store/select.ts'
import type { RoomState } from '../store/state.ts'
import { cut, pad, plain, wrapLines } from '../widgets/plain-text.ts'
import { type Line, type Span, span } from '../widgets/spans.ts'
import { drawChoose } from './choose-view.ts'
import { drawCosts } from './costs-view.ts'
import { drawEvents } from './events-view.ts'
import { fieldLines, fieldSpans } from './field-line.ts'
import { drawMailbox } from './mailbox-view.ts'
import { drawPanel, panelTextColumns } from './overlay-panel.ts'
import { drawReader } from './reader-view.ts'
import { drawReply } from './reply-view.ts'
import type { SceneCanvas } from './scene.ts'
import { drawSling } from './sling-view.ts'
import { drawSnooze } from './snooze-view.ts'
import { drawSpawn } from './spawn-view.ts'
import { drawWork } from './work-view.ts'

/** Draws the overlay that is open, if any. The filter is not a panel: it is typed on the bottom line. */
export function drawOverlay(canvas: SceneCanvas, state: RoomState): void {
  const { overlay } = state
  switch (overlay?.kind) {
    case 'spawn':
      drawSpawn(canvas, state, overlay)
      return
    case 'compose':
      drawCompose(canvas, state, overlay)
      return
    case 'reply':
      drawReply(canvas, state, overlay)
      return
    case 'choose':
      drawChoose(canvas, state, overlay)
      return
    case 'reader':
      drawReader(canvas, state, overlay)
      return
    case 'events':
      drawEvents(canvas, state, overlay)
      return
    case 'mailbox':
      drawMailbox(canvas, state, overlay)
      return
    case 'sling':
      drawSling(canvas, state, overlay)
      return
    case 'work':
      drawWork(canvas, state, overlay)
      return
    case 'costs':
      drawCosts(canvas, state, overlay)
      return
    case 'snooze':
      drawSnooze(canvas, state, overlay)
      return
    case 'confirm':
      drawConfirm(canvas, state, overlay)
      return
    case 'help':
      drawHelp(canvas, state, overlay)
      return
    case 'palette':
      drawPalette(canvas, state, overlay)
      return
    default:
      return
  }
}

const TEXT_ROWS = 4

function drawCompose(canvas: SceneCanvas, state: RoomState, overlay: ComposeOverlay): void {
  const width = panelTextColumns(state.size, 76)
  const names = overlay.recipients.map((recipient) => plain(recipient.name)).join(', ')
  const count = overlay.recipients.length
  const most = Math.max(1, Math.min(6, state.size.rows - TEXT_ROWS - 9))
  const wrapped = wrapLines(names, width)
  const shown = wrapped.length > most ? [...wrapped.slice(0, most - 1), `… and more, ${count} in all`] : wrapped
  const background = canvas.tools.theme.field
  const look = { width, isActive: true, background }
  const lines: Line[] = [
    [span(`To ${count} ${count === 1 ? 'session' : 'sessions'}`, 'accent')],
    ...shown.map((line): Line => [span(line, 'plain')]),
    [],
    ...fieldLines(overlay.text, look, TEXT_ROWS),
    [span(overlay.problem ?? '', 'failed')],
  ]
  const title = overlay.type === 'nudge' ? 'Nudge' : 'Broadcast'
  const keys = `Enter send to ${count}   Alt+Enter new line   Esc cancel`
  drawPanel(canvas, state.size, { content: { title, lines, keys }, cols: 80 })
}

function drawConfirm(canvas: SceneCanvas, state: RoomState, overlay: ConfirmOverlay): void {
  const width = panelTextColumns(state.size, 66)
  const most = Math.max(2, state.size.rows - 10)
  const losses = overlay.losses.flatMap((loss) => wrapLines(loss, width - 2))
  const shown =
    losses.length > most ? [...losses.slice(0, most - 1), `and ${losses.length - most + 1} more lines`] : losses
  const lines: Line[] = [
    ...wrapLines(overlay.question, width).map((line): Line => [span(line, 'strong')]),
    [],
    ...(shown.length === 0
      ? [[span('Nothing unfinished is known.', 'muted')]]
      : [[span('This is cut short or lost:', 'limited')]]),
    ...shown.map((line): Line => [span(`  ${line}`, 'plain')]),
    [],
  ]
  drawPanel(canvas, state.size, {
    content: { title: 'Sure?', lines, keys: 'y yes   n no (also Enter, Esc)' },
    cols: 70,
  })
}

function drawHelp(canvas: SceneCanvas, state: RoomState, overlay: HelpOverlay): void {
  const all = helpLines(canvas.tools.keymap, panelColumns(state.size.cols))
  const { keys, title } = HELP_COLUMNS
  const rows = panelRows(state.size.rows)
  const first = Math.min(overlay.scroll, Math.max(0, all.length - rows))
  const lines = all.slice(first, first + rows).map((line): Line => {
    if (line.kind === 'blank') return []
    if (line.kind === 'heading') return [span(line.title, 'accent')]
    if (line.kind === 'more') return [span(' '.repeat(keys + title)), span(line.help, 'muted')]
    return [span(pad(line.keys, keys), 'strong'), span(pad(line.title, title), 'plain'), span(line.help, 'muted')]
  })
  const left = Math.max(0, all.length - first - rows)
  const more = left === 0 ? '' : `   ${left} more lines below`
  drawPanel(canvas, state.size, {
    content: { title: 'Keys', lines, keys: `j k PgUp PgDn scroll   Esc close${more}` },
    cols: READING_COLUMNS,
  })
}

function drawPalette(canvas: SceneCanvas, state: RoomState, overlay: PaletteOverlay): void {
  const width = panelTextColumns(state.size, 76)
  const entries = paletteEntries(overlay.text.text, canvas.tools.keymap, contextOf(state))
  const rows = Math.max(1, Math.min(14, state.size.rows - 8))
  const first = Math.max(0, Math.min(overlay.index - Math.floor(rows / 2), entries.length - rows))
  const { theme, glyphs } = canvas.tools
  const found = entries.slice(first, first + rows).map((entry, index): Line => {
    const isChosen = first + index === overlay.index
    const note = entry.disabled === undefined ? entry.keys : entry.disabled
    const title: Span = span(
      pad(entry.title, 26),
      entry.disabled === undefined ? (isChosen ? 'strong' : 'plain') : 'muted',
    )
    return [
      span(isChosen ? `${glyphs.bar} ` : '  ', 'accent'),
      title,
      span(cut(note, width - 28, glyphs.ellipsis), 'muted'),
    ]
  })
  const nothing: Line = [span('  No command is called that.', 'muted')]
  const blank: Line[] = Array.from({ length: Math.max(0, rows - Math.max(1, found.length)) }, () => [])
  const field = fieldSpans(overlay.text, { width, isActive: true, background: theme.field })
  const lines = [field, [], ...(found.length === 0 ? [nothing] : found), ...blank]
  drawPanel(canvas, state.size, {
    content: { title: 'Commands', lines, keys: 'Enter run   Up Down choose   Esc close' },
    cols: 80,
  })
}
