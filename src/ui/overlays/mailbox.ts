import type { Fleet } from '../../core/fleet.ts'
import { type Delivery, isDead, isFinal } from '../../core/message.ts'
import { CLOSED, isLeaving, type OverlayInput, type OverlayStep } from './overlay-input.ts'
import { movedBy, tabAfter } from './table-moves.ts'

/** Which messages are listed. */
export type MailboxTab = 'waiting' | 'given up' | 'mail' | 'all'

export const MAILBOX_TABS: readonly MailboxTab[] = ['waiting', 'given up', 'mail', 'all']

/** Messages and where they are, as they change. */
export interface MailboxOverlay {
  readonly kind: 'mailbox'
  readonly tab: MailboxTab
  readonly index: number
}

/** The mailbox, opened where something is to be done: what was given up, else what waits, else all. */
export function openMailbox(fleet: Fleet): MailboxOverlay {
  const tab = (['given up', 'waiting'] as const).find((each) => mailboxRows(fleet, each).length > 0) ?? 'all'
  return { kind: 'mailbox', tab, index: 0 }
}

/** The messages of a tab, the newest first; mail by conversation. */
export function mailboxRows(fleet: Fleet, tab: MailboxTab): readonly Delivery[] {
  const all = Object.values(fleet.deliveries).filter((delivery) => isIn(delivery, tab))
  const newest = (delivery: Delivery): number => -delivery.message.sentAt
  if (tab !== 'mail') return all.sort((a, b) => newest(a) - newest(b))
  const thread = (delivery: Delivery): string => delivery.message.threadId
  return all.sort((a, b) => (thread(a) < thread(b) ? 1 : thread(a) > thread(b) ? -1 : newest(b) - newest(a)))
}

/** The mailbox after an input: Tab changes what is listed, R sends again, x takes back, a acknowledges, Enter reads. */
export function stepMailbox(overlay: MailboxOverlay, input: OverlayInput, fleet: Fleet): OverlayStep<MailboxOverlay> {
  if (isLeaving(input)) return CLOSED
  if (input.kind === 'paste') return { overlay }
  const rows = mailboxRows(fleet, overlay.tab)
  const index = Math.min(overlay.index, Math.max(0, rows.length - 1))
  const { name } = input.key
  if (name === 'q') return CLOSED
  if (name === 'tab' || name === 'shift+tab')
    return { overlay: { ...overlay, tab: tabAfter(MAILBOX_TABS, overlay.tab, name), index: 0 } }
  const moved = movedBy(index, name, rows.length)
  if (moved !== undefined) return { overlay: { ...overlay, index: moved } }
  const chosen = rows[index]
  return chosen === undefined ? { overlay } : actOn(overlay, chosen, name)
}

/** What can be done with a message, by key; the keys that do nothing for it are not offered. */
export function mailboxKeys({ message, receipt, acknowledgedAt }: Delivery): readonly string[] {
  return [
    'Enter read',
    ...(isDead({ receipt }) || receipt.status === 'cancelled' ? ['R send again'] : []),
    ...(receipt.status === 'queued' ? ['x take back'] : []),
    ...(message.type === 'mail' && acknowledgedAt === undefined ? ['a acknowledge'] : []),
  ]
}

function isIn({ message, receipt }: Delivery, tab: MailboxTab): boolean {
  switch (tab) {
    case 'waiting':
      return !isFinal(receipt.status)
    case 'given up':
      return isDead({ receipt })
    case 'mail':
      return message.type === 'mail'
    case 'all':
      return true
  }
}

function actOn(overlay: MailboxOverlay, delivery: Delivery, key: string): OverlayStep<MailboxOverlay> {
  const { message, receipt, acknowledgedAt } = delivery
  const { id } = message
  if (key === 'enter') return { overlay: undefined, effect: { kind: 'read-message', id } }
  if (key === 'R' && (isDead(delivery) || receipt.status === 'cancelled'))
    return { overlay, effect: { kind: 'message', act: 'resend', id } }
  if (key === 'x' && receipt.status === 'queued') return { overlay, effect: { kind: 'message', act: 'cancel', id } }
  if (key === 'a' && message.type === 'mail' && acknowledgedAt === undefined)
    return { overlay, effect: { kind: 'message', act: 'acknowledge', id } }
  return { overlay }
}
