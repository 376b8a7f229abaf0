import type { MessageId, SessionId } from './ids.ts'

export type MessageType = 'nudge' | 'mail' | 'broadcast'

/** A short text on its way to one session. */
export interface Message {
  readonly id: MessageId
  readonly from: string
  readonly to: SessionId
  readonly type: MessageType
  readonly subject?: string
  readonly body: string
  /** Milliseconds since the epoch. */
  readonly sentAt: number
}

/** What a sender provides; the host adds id, recipient and time. An id given twice is delivered once. */
export interface OutgoingMessage {
  readonly id?: MessageId
  readonly from?: string
  readonly type: MessageType
  readonly subject?: string
  readonly body: string
}

/**
 * Where a message is. Accepted is `queued`; `injected` = in the agent's input; `submitted` = sent off; `seen` = the agent's
 * own signal says that it has it.
 */
export type ReceiptStatus = 'queued' | 'injected' | 'submitted' | 'seen' | 'failed' | 'expired' | 'cancelled'

/** Times are ISO 8601 or null. */
export interface Receipt {
  readonly id: MessageId
  readonly to: SessionId
  readonly status: ReceiptStatus
  readonly queuedAt: string
  readonly injectedAt: string | null
  readonly submittedAt: string | null
  readonly seenAt: string | null
  readonly error: string | null
}

/** A message together with where it is. */
export interface Delivery {
  readonly message: Message
  readonly receipt: Receipt
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
