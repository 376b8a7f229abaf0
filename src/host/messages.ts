import { addressOf, isAddress } from '../core/address.ts'
import { fail, toControlError } from '../core/errors.ts'
import { sessionsOf } from '../core/fleet.ts'
import { type MessageId, messageId, type SessionId, type WorkId } from '../core/ids.ts'
import {
  advanceReceipt,
  type Delivery,
  isDead,
  type Message,
  type OutgoingMessage,
  queuedReceipt,
  type Receipt,
} from '../core/message.ts'
import { recipientOf } from '../core/recipients.ts'
import { resolveSession } from '../core/resolve.ts'
import type { FactLog } from './fact-log.ts'

/** Most messages that wait for one recipient, and for all of them together. */
const MOST_WAITING = 200
const MOST_WAITING_IN_ALL = 5_000
/** Characters that wait together: every client gets them all when it connects. */
const MOST_WAITING_TEXT = 16 * 1024 * 1024

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
  send(id: SessionId, outgoing: OutgoingMessage, about?: MessageOrigin): Receipt
  /** One receipt for each recipient; one that cannot take it fails alone. */
  broadcast(ids: readonly SessionId[], outgoing: OutgoingMessage): readonly Receipt[]
  /** Mail for an address, or for a session by any of its names; it waits until somebody is there. */
  mail(to: string, outgoing: OutgoingMessage): Receipt
  /** Sends a message that was given up once more, as a new one. */
  resend(id: MessageId): Receipt
  /** Its reader has dealt with it. */
  acknowledge(id: MessageId, by: string): void
  find(id: MessageId): Delivery
}

/** What a message has to do with. */
export interface MessageOrigin {
  readonly workId?: WorkId
  readonly resendOf?: MessageId
}

/** The front door of the delivery path. */
export function createMessages(options: MessagesOptions): Messages {
  return new FrontDoor(options)
}

class FrontDoor implements Messages {
  readonly #options: MessagesOptions

  constructor(options: MessagesOptions) {
    this.#options = options
  }

  send(id: SessionId, outgoing: OutgoingMessage, about: MessageOrigin = {}): Receipt {
    return this.#accept(id, outgoing, about)
  }

  broadcast(ids: readonly SessionId[], outgoing: OutgoingMessage): readonly Receipt[] {
    checkBody(outgoing)
    return ids.map((to) => {
      const { id, ...rest } = outgoing
      // Sent twice under one id it is one message for each recipient.
      const own = id === undefined ? {} : { id: messageId(`${id}-${to}`) }
      const each: OutgoingMessage = { ...rest, ...own, type: 'broadcast' }
      try {
        return this.#accept(to, each, {})
      } catch (error) {
        return this.#refused(to, each, toControlError(error).message)
      }
    })
  }

  /** A recipient that could not take it: the message is a dead letter, which can be sent again. */
  #refused(to: SessionId, outgoing: OutgoingMessage, error: string): Receipt {
    const { facts, now } = this.#options
    const message = this.#addressed(to, outgoing, {})
    const receipt = advanceReceipt(queuedReceipt(message), { status: 'failed', at: now(), error })
    facts.append({ type: 'message.queued', message }, { type: 'message.advanced', receipt })
    return receipt
  }

  mail(to: string, outgoing: OutgoingMessage): Receipt {
    return this.#accept(this.#addressFor(to), { ...outgoing, type: 'mail' }, {})
  }

  resend(id: MessageId): Receipt {
    const delivery = this.find(id)
    const { message, receipt } = delivery
    if (!isDead(delivery) && receipt.status !== 'cancelled') fail('message.not-dead', { id, status: receipt.status })
    const { from, type, body, mode, priority, subject, replyTo } = message
    const again = {
      ...{ from, type, body, mode, priority },
      ...(subject === undefined ? {} : { subject }),
      ...(replyTo === undefined ? {} : { replyTo }),
    }
    return this.#accept(message.to, again, { resendOf: id })
  }

  acknowledge(id: MessageId, by: string): void {
    if (this.find(id).acknowledgedAt !== undefined) return
    this.#options.facts.append({ type: 'message.acknowledged', messageId: id, by })
  }

  find(id: MessageId): Delivery {
    return this.#options.facts.fleet.deliveries[id] ?? fail('message.not-found', { id })
  }

  #accept(to: string, outgoing: OutgoingMessage, about: MessageOrigin): Receipt {
    checkBody(outgoing)
    const { facts, requireLive, onQueued } = this.#options
    const known = outgoing.id === undefined ? undefined : facts.fleet.deliveries[outgoing.id]
    if (known !== undefined) return known.receipt
    if (!isAddress(to)) requireLive(to as SessionId)
    checkRoom(facts, to)
    const message = this.#addressed(to, outgoing, about)
    facts.append({ type: 'message.queued', message })
    const recipient = recipientOf(facts.fleet, to)
    if (recipient !== undefined) onQueued(recipient.id)
    return facts.fleet.deliveries[message.id]?.receipt ?? queuedReceipt(message)
  }

  #addressed(to: string, outgoing: OutgoingMessage, about: MessageOrigin): Message {
    const { facts, now, newId } = this.#options
    const { type, body, subject, mode = 'boundary', priority = 0, expiresInMs, replyTo } = outgoing
    const id = outgoing.id ?? messageId(newId())
    const sentAt = now()
    return {
      id,
      from: outgoing.from ?? 'operator',
      to,
      type,
      body,
      sentAt,
      mode,
      priority,
      threadId: replyTo === undefined ? id : (facts.fleet.deliveries[replyTo]?.message.threadId ?? replyTo),
      ...(subject === undefined ? {} : { subject }),
      ...(expiresInMs === undefined ? {} : { expiresAt: sentAt + expiresInMs }),
      ...(replyTo === undefined ? {} : { replyTo }),
      ...about,
    }
  }

  #addressFor(to: string): string {
    if (/^[A-Za-z0-9_][\w.-]*\/[\w.-]*$/.test(to)) return to
    return addressOf(resolveSession(sessionsOf(this.#options.facts.fleet), to))
  }
}

/** An agent in a loop must not fill the journal, nor the prompt of another one for hours. */
function checkRoom({ fleet }: FactLog, to: string): void {
  const waiting = Object.values(fleet.deliveries).filter(({ receipt }) => receipt.status === 'queued')
  const here = waiting.filter(({ message }) => message.to === to).length
  if (here >= MOST_WAITING) fail('message.too-many', { count: here, to })
  const text = waiting.reduce((sum, { message }) => sum + message.body.length, 0)
  if (waiting.length >= MOST_WAITING_IN_ALL || text >= MOST_WAITING_TEXT)
    fail('message.too-many', { count: waiting.length, to: 'all sessions' })
}

function checkBody({ body }: OutgoingMessage): void {
  if (body.trim() === '') fail('message.empty')
}
