import type { MessageId, SessionId, WorkId } from './ids.ts'

export type MessageType = 'nudge' | 'mail' | 'broadcast'

/**
 * When a message goes in. `boundary`: as soon as the turn that runs has ended, even while something goes on behind it.
 * `idle`: only when nothing does. `now`: into the running turn. `interrupt`: the turn is stopped for it. None of them ever
 * goes into a dialog or over the operator's unsent text.
 */
export type MessageMode = 'boundary' | 'idle' | 'now' | 'interrupt'

export const MESSAGE_MODES: readonly MessageMode[] = ['boundary', 'idle', 'now', 'interrupt']

/** A text on its way to one session, or to whoever is at an address. */
export interface Message {
  readonly id: MessageId
  readonly from: string
  /** A session's id or, for mail, an address (see address.ts). */
  readonly to: string
  readonly type: MessageType
  readonly subject?: string
  readonly body: string
  /** Milliseconds since the epoch. */
  readonly sentAt: number
  readonly mode: MessageMode
  /** Higher goes first; 0 is normal. */
  readonly priority: number
  /** Milliseconds since the epoch: not delivered by then, it is given up, which its receipt says. */
  readonly expiresAt?: number
  /** The first message of the conversation that this one belongs to: itself, when it begins one. */
  readonly threadId: MessageId
  readonly replyTo?: MessageId
  /** The message that could not be delivered and is sent again by this one. */
  readonly resendOf?: MessageId
  /** The work that this hands over. */
  readonly workId?: WorkId
}

/** What a sender provides; the host adds id, recipient and time. An id given twice is delivered once. */
export interface OutgoingMessage {
  readonly id?: MessageId
  readonly from?: string
  readonly type: MessageType
  readonly subject?: string
  readonly body: string
  readonly mode?: MessageMode
  readonly priority?: number
  /** How long it may wait. */
  readonly expiresInMs?: number
  readonly replyTo?: MessageId
}

/**
 * Where a message is. Accepted is `queued`; `injected` = in the agent's input; `submitted` = sent off; `seen` = the agent's
 * own signal says that it has it.
 */
export type ReceiptStatus = 'queued' | 'injected' | 'submitted' | 'seen' | 'failed' | 'expired' | 'cancelled'

/** Times are ISO 8601 or null. */
export interface Receipt {
  readonly id: MessageId
  /** A session's id or an address. */
  readonly to: string
  readonly status: ReceiptStatus
  readonly queuedAt: string
  readonly injectedAt: string | null
  readonly submittedAt: string | null
  readonly seenAt: string | null
  readonly error: string | null
  /** Why it still waits, or is not certain, as it was when somebody asked. */
  readonly hold?: string
}

/** A message together with where it is. */
export interface Delivery {
  readonly message: Message
  readonly receipt: Receipt
  /** How often it was tried to hand it over. */
  readonly attempts: number
  /** Why the last try did not succeed, if it did not. */
  readonly problem?: string
  /** Milliseconds since the epoch: its reader has dealt with it. */
  readonly acknowledgedAt?: number
  /** The session whose agent said that it has it and ended soon after: its conversation may lack it, until somebody has looked. */
  readonly unprovenIn?: SessionId
}

/** A message that was just accepted. */
export function newDelivery(message: Message): Delivery {
  return { message, receipt: queuedReceipt(message), attempts: 0 }
}

/** Whether a message was given up without having been seen: it can be sent again. */
export function isDead({ receipt }: Pick<Delivery, 'receipt'>): boolean {
  return receipt.status === 'failed' || receipt.status === 'expired'
}

/** What still waits, in the order in which it goes: by priority, then the oldest. */
export function waitingOf(deliveries: Iterable<Delivery>): readonly Delivery[] {
  return [...deliveries]
    .filter(({ receipt }) => receipt.status === 'queued')
    .sort((a, b) => b.message.priority - a.message.priority || a.message.sentAt - b.message.sentAt)
}

/** The words in which an agent gets a message: a nudge as it is, mail with who wrote it and how to reply. */
export function messageText({ type, id, from, subject, body }: Message): string {
  if (type !== 'mail') return body
  const about = subject === undefined || subject === '' ? '' : ` about "${subject}"`
  return [
    `Mail ${id} from ${from}${about}:`,
    body,
    `(Acknowledge it with \`signalbox mail ack ${id}\`; reply with \`signalbox mail send ${from} --reply ${id} "…"\`.)`,
  ].join('\n\n')
}

const FINAL: ReadonlySet<ReceiptStatus> = new Set(['seen', 'failed', 'expired', 'cancelled'])

/** Whether nothing more will happen to a message in this status. */
export function isFinal(status: ReceiptStatus): boolean {
  return FINAL.has(status)
}

/** The receipt of a message that was just accepted. */
export function queuedReceipt(message: Message): Receipt {
  return {
    id: message.id,
    to: message.to,
    status: 'queued',
    queuedAt: new Date(message.sentAt).toISOString(),
    injectedAt: null,
    submittedAt: null,
    seenAt: null,
    error: null,
  }
}

/** The next stage of a message: when (milliseconds since the epoch) and, for one that failed, why. */
export interface ReceiptStage {
  readonly status: ReceiptStatus
  readonly at: number
  readonly error?: string | undefined
}

/** A later stage of a receipt; a receipt never goes back and a final one never changes. */
export function advanceReceipt(receipt: Receipt, stage: ReceiptStage): Receipt {
  const { status, at, error } = stage
  if (isFinal(receipt.status) || RANK[status] <= RANK[receipt.status]) return receipt
  const time = new Date(at).toISOString()
  const next = { ...receipt, status, error: error ?? null }
  if (status === 'injected') return { ...next, injectedAt: time }
  if (status === 'submitted') return { ...next, injectedAt: receipt.injectedAt ?? time, submittedAt: time }
  if (status !== 'seen') return next
  return { ...next, injectedAt: receipt.injectedAt ?? time, submittedAt: receipt.submittedAt ?? time, seenAt: time }
}

const RANK: Record<ReceiptStatus, number> = {
  queued: 0,
  injected: 1,
  submitted: 2,
  seen: 3,
  failed: 4,
  expired: 4,
  cancelled: 4,
}
