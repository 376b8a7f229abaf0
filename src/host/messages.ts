import { fail, toControlError } from '../core/errors.ts'
import { messageId, type SessionId } from '../core/ids.ts'
import { advanceReceipt, type Message, type OutgoingMessage, queuedReceipt, type Receipt } from '../core/message.ts'
import type { FactLog } from './fact-log.ts'

export interface MessagesOptions {
  readonly facts: FactLog
  readonly now: () => number
  readonly newId: () => string
  /** Throws when the session cannot take messages any more. */
  readonly requireLive: (id: SessionId) => unknown
  readonly onQueued: (id: SessionId) => void
}

/** Accepts messages: journalled before the sender is told. */
export interface Messages {
  send(id: SessionId, outgoing: OutgoingMessage): Receipt
  /** One receipt for each recipient; one that cannot take it fails alone. */
  broadcast(ids: readonly SessionId[], outgoing: OutgoingMessage): readonly Receipt[]
}

/** The front door of the delivery path. */
export function createMessages(options: MessagesOptions): Messages {
  const send = (id: SessionId, outgoing: OutgoingMessage): Receipt => {
    if (outgoing.body.trim() === '') fail('message.empty')
    const known = outgoing.id === undefined ? undefined : options.facts.fleet.deliveries[outgoing.id]
    if (known !== undefined) return known.receipt
    options.requireLive(id)
    const message = addressed(id, outgoing, options)
    options.facts.append({ type: 'message.queued', message })
    options.onQueued(id)
    return options.facts.fleet.deliveries[message.id]?.receipt ?? queuedReceipt(message)
  }
  return {
    send,
    broadcast(ids, outgoing) {
      if (outgoing.body.trim() === '') fail('message.empty')
      return ids.map((id) => {
        const { id: _, ...rest } = outgoing
        try {
          return send(id, { ...rest, type: 'broadcast' })
        } catch (error) {
          const receipt = queuedReceipt(addressed(id, rest, options))
          return advanceReceipt(receipt, { status: 'failed', at: options.now(), error: toControlError(error).message })
        }
      })
    },
  }
}

function addressed(id: SessionId, outgoing: OutgoingMessage, options: MessagesOptions): Message {
  const { type, body, subject } = outgoing
  return {
    id: outgoing.id ?? messageId(options.newId()),
    from: outgoing.from ?? 'operator',
    to: id,
    type,
    body,
    sentAt: options.now(),
    ...(subject === undefined ? {} : { subject }),
  }
}
