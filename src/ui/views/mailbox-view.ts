import { whyWaits } from '../../core/hold.ts'
import type { Delivery, Receipt } from '../../core/message.ts'
import { MAILBOX_TABS, type MailboxOverlay, mailboxKeys, mailboxRows } from '../overlays/mailbox.ts'
import { panelColumns, panelRows, READING_COLUMNS } from '../overlays/overlay.ts'
import { nameOf } from '../store/select.ts'
import type { RoomState } from '../store/state.ts'
import { formatClockSeconds } from '../theme/ages.ts'
import { cut, pad, plain, wrapLines } from '../widgets/plain-text.ts'
import { type Line, span } from '../widgets/spans.ts'
import { toneOfStatus } from './footer.ts'
import { drawPanel } from './overlay-panel.ts'
import type { SceneCanvas } from './scene.ts'
import { tabSpans } from './tab-line.ts'

const COLUMNS = { at: 10, status: 11, type: 10, from: 16, to: 18 } as const
/** Rows below the list for the whole of the chosen message. */
const DETAIL_ROWS = 6

/** Draws the mailbox: the messages of a tab, and the whole of the chosen one with its receipt. */
export function drawMailbox(canvas: SceneCanvas, state: RoomState, overlay: MailboxOverlay): void {
  const width = panelColumns(state.size.cols)
  const rows = Math.max(1, panelRows(state.size.rows) - DETAIL_ROWS - 3)
  const all = mailboxRows(state.fleet, overlay.tab)
  const index = Math.min(overlay.index, Math.max(0, all.length - 1))
  const first = Math.max(0, Math.min(index - Math.floor(rows / 2), all.length - rows))
  const chosen = all[index]
  const list = all
    .slice(first, first + rows)
    .map((delivery) => rowLine(canvas, state, { delivery, isChosen: delivery === chosen, width }))
  const empty: Line[] = all.length === 0 ? [[span('  Nothing here.', 'muted')]] : []
  const tabs = MAILBOX_TABS.map((tab) => ({ tab, count: mailboxRows(state.fleet, tab).length }))
  const lines: Line[] = [
    tabSpans(tabs, overlay.tab),
    [],
    ...empty,
    ...list,
    [],
    ...(chosen === undefined ? [] : detailLines(chosen, whyWaits(state.fleet, chosen), width)),
  ]
  const actions = chosen === undefined ? [] : mailboxKeys(chosen)
  const keys = ['Tab next list', 'j k move', ...actions, 'Esc close'].join('   ')
  drawPanel(canvas, state.size, { content: { title: 'Mailbox', lines, keys }, cols: READING_COLUMNS })
}

interface Row {
  readonly delivery: Delivery
  readonly isChosen: boolean
  readonly width: number
}

function rowLine(canvas: SceneCanvas, state: RoomState, { delivery, isChosen, width }: Row): Line {
  const { message, receipt } = delivery
  const used = Object.values(COLUMNS).reduce((total, columns) => total + columns, 2)
  const text = plain([message.subject, message.body].filter((part) => part !== undefined).join(': '))
  return [
    span(isChosen ? `${canvas.tools.glyphs.bar} ` : '  ', 'accent'),
    span(pad(formatClockSeconds(message.sentAt), COLUMNS.at), 'muted'),
    span(pad(receipt.status, COLUMNS.status), toneOfStatus(receipt.status)),
    span(pad(message.type, COLUMNS.type), 'muted'),
    span(pad(plain(nameOf(state.fleet, message.from)), COLUMNS.from - 1), 'plain'),
    span(` ${pad(plain(nameOf(state.fleet, message.to)), COLUMNS.to - 1)}`, 'plain'),
    span(cut(text, Math.max(0, width - used)), isChosen ? 'strong' : 'plain'),
  ]
}

function detailLines(delivery: Delivery, hold: string | undefined, width: number): readonly Line[] {
  const { message, receipt, attempts } = delivery
  const why = receipt.error ?? hold
  const tries = attempts > 1 ? `   ${attempts} tries` : ''
  const body = wrapLines(message.body, width)
  const shown = body.slice(0, DETAIL_ROWS - 2)
  const more = body.length - shown.length
  return [
    [span(`${receiptWords(receipt)}${tries}`, 'muted')],
    ...(why === undefined ? [] : [[span(cut(plain(why), width), 'limited')]]),
    ...shown.map((line): Line => [span(line, 'plain')]),
    ...(more > 0 ? [[span(`${more} more lines: Enter reads them`, 'muted')]] : []),
  ]
}

/** Each stage with its time: `queued 12:04:05, injected 12:04:09`. */
function receiptWords(receipt: Receipt): string {
  const { queuedAt, injectedAt, submittedAt, seenAt, status } = receipt
  const stages = { queued: queuedAt, injected: injectedAt, submitted: submittedAt, seen: seenAt }
  const passed = Object.entries(stages).flatMap(([stage, at]) =>
    at === null ? [] : [`${stage} ${formatClockSeconds(Date.parse(at))}`],
  )
  const isPassed = status in stages
  return [...passed, ...(isPassed ? [] : [status])].join(', ')
}
