import { whyWaits } from '../../core/hold.ts'
import type { MessageId, SessionId } from '../../core/ids.ts'
import type { Delivery, ReceiptStatus } from '../../core/message.ts'
import { fittingHints, HINT_GAP, type Hint, hintsOf, hintWidth } from '../keymap/footer.ts'
import type { Rect } from '../panes/regions.ts'
import { contextOf, nameOf, shownIn } from '../store/select.ts'
import type { RoomState, Toast } from '../store/state.ts'
import { keyName } from '../theme/key-names.ts'
import type { Tone } from '../theme/theme.ts'
import { columnsOf, plain } from '../widgets/plain-text.ts'
import { type Line, lineWidth, type Span, span } from '../widgets/spans.ts'
import { fieldSpans } from './field-line.ts'
import type { SceneCanvas } from './scene.ts'

/** Draws the bottom line: where keys go while focused, the filter while it is typed, a toast, or the keys that work here. */
export function drawFooter(canvas: SceneCanvas, state: RoomState, rect: Rect): void {
  if (state.overlay?.kind === 'filter') {
    drawFilter(canvas, state, rect)
    return
  }
  if (state.focusedId !== undefined) {
    const keys = hintSpans(canvas, state, { rect, from: lineWidth(FOCUS_LEAD) })
    // The key that leaves comes first: whatever else there is to say must not push it out.
    canvas.block('footer', rect, [[...FOCUS_LEAD, ...keys, ...focusedOn(state, state.focusedId)]])
    return
  }
  const mailKey = canvas.tools.keymap.keysOf('mail.view')[0]
  const toast = state.toast === undefined ? [] : toastSpans(state, state.toast, mailKey)
  const lead = span(' ')
  const rest = toast.length > 0 ? toast : hintSpans(canvas, state, { rect, from: lineWidth([lead]) })
  canvas.block('footer', rect, [[lead, ...rest]])
}

const FOCUS_LEAD: Line = [{ text: ' FOCUS ', tone: 'focus', isInverse: true }, span(' ')]

function focusedOn(state: RoomState, id: SessionId): Line {
  const name = span(`   keys go to ${plain(nameOf(state.fleet, id))}   `, 'focus')
  return state.toast === undefined ? [name] : [name, ...toastSpans(state, state.toast, undefined)]
}

function hintSpans(canvas: SceneCanvas, state: RoomState, place: { readonly rect: Rect; readonly from: number }): Line {
  const { rect, from } = place
  const mode = state.focusedId === undefined ? 'room' : 'focus'
  const all = state.overlay === undefined ? hintsOf(canvas.tools.keymap, { mode, context: contextOf(state) }) : []
  const hints: readonly Hint[] = fittingHints(all, rect.cols - from - 1)
  const spans: Span[] = []
  let x = rect.x + from
  for (const hint of hints) {
    // No gap behind the last one: it would be cut, and the cut would take a letter of the hint.
    const gap = hint === hints.at(-1) ? '' : ' '.repeat(HINT_GAP)
    spans.push(span(hint.key, 'strong'), span(` ${hint.label}${gap}`, 'muted'))
    canvas.hit({ x, y: rect.y, cols: hintWidth(hint), rows: 1 }, { kind: 'command', id: hint.id })
    x += hintWidth(hint) + HINT_GAP
  }
  return spans
}

function drawFilter(canvas: SceneCanvas, state: RoomState, rect: Rect): void {
  if (state.overlay?.kind !== 'filter') return
  const { sessions, all } = shownIn(state)
  const tail = `  ${sessions.length} of ${all.length} match   Enter keep  Esc undo `
  const width = rect.cols - columnsOf(tail) - 3
  const background = canvas.tools.theme.field
  const field = fieldSpans(state.overlay.text, { width, isActive: true, background })
  canvas.block('footer', rect, [[span(' / ', 'accent'), ...field, span(tail, 'muted')]])
}

const TOAST_TONES: Readonly<Record<'info' | 'warning' | 'error', Tone>> = {
  info: 'plain',
  warning: 'limited',
  error: 'failed',
}

function toastSpans(state: RoomState, toast: Toast, mailKey: string | undefined): Line {
  if (toast.kind === 'text') return [span(plain(toast.text), TOAST_TONES[toast.tone])]
  const waits = toast.ids.some((id) => state.fleet.deliveries[id]?.receipt.status === 'queued')
  const hint =
    waits && mailKey !== undefined ? [span(`  ${keyName(mailKey)}`, 'strong'), span(' see or take back', 'muted')] : []
  return [...receiptSpans(state, toast.ids), ...hint]
}

const STAGES: readonly ReceiptStatus[] = ['failed', 'expired', 'cancelled', 'queued', 'injected', 'submitted', 'seen']

/** Where the messages are: one by name and stage, several as a count for each stage. */
function receiptSpans(state: RoomState, ids: readonly MessageId[]): Line {
  const deliveries = ids.flatMap((id) => state.fleet.deliveries[id] ?? [])
  const [first, ...others] = deliveries
  if (first === undefined) return [span('message accepted', 'muted')]
  if (others.length === 0) return oneReceipt(state, first)
  const counts = STAGES.flatMap((status) => {
    const count = deliveries.filter((delivery) => delivery.receipt.status === status).length
    return count === 0 ? [] : [span(`${count} ${status}   `, toneOfStatus(status))]
  })
  return [span(`${deliveries.length} messages: `, 'plain'), ...counts]
}

function oneReceipt(state: RoomState, delivery: Delivery): Line {
  const { message, receipt } = delivery
  const why = receipt.error ?? whyWaits(state.fleet, delivery)
  const error = why === undefined ? '' : `: ${plain(why)}`
  return [
    span(`message to ${plain(nameOf(state.fleet, message.to))} `, 'plain'),
    span(`${receipt.status}${error}`, toneOfStatus(receipt.status)),
  ]
}

/** The colour of a stage, wherever a receipt is shown. */
export function toneOfStatus(status: ReceiptStatus): Tone {
  if (status === 'failed' || status === 'expired' || status === 'cancelled') return 'failed'
  return status === 'seen' ? 'working' : 'muted'
}
