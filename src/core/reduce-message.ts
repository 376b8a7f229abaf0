import type { Fact } from './facts.ts'
import { DELIVERIES_KEPT, type Fleet, TEXT_KEPT } from './fleet.ts'
import type { MessageId, SessionId } from './ids.ts'
import { type Delivery, isDead, isFinal, newDelivery, queuedReceipt, waitingOf } from './message.ts'
import { recipientOf } from './recipients.ts'

export type MessageFact = Extract<Fact, { type: `message.${string}` }>

/** The fleet after something happened to a message. A fact about an unknown one changes nothing. */
export function reduceMessage(fleet: Fleet, fact: MessageFact, at: number): Fleet {
  switch (fact.type) {
    case 'message.queued':
      if (fleet.deliveries[fact.message.id] !== undefined) return fleet
      return countWaiting({ ...fleet, deliveries: bounded(withDelivery(fleet, newDelivery(fact.message))) })
    case 'message.advanced':
      return change(fleet, fact.receipt.id, (delivery) => ({
        ...delivery,
        receipt: fact.receipt,
        attempts: fact.receipt.status === 'injected' ? delivery.attempts + 1 : delivery.attempts,
      }))
    case 'message.held':
      return change(fleet, fact.messageId, (delivery) => ({
        ...delivery,
        attempts: delivery.attempts + 1,
        problem: fact.why,
      }))
    case 'message.returned':
      return change(fleet, fact.messageId, (delivery) => ({
        ...proven(delivery),
        receipt: queuedReceipt(delivery.message),
        problem: fact.why,
      }))
    case 'message.proven':
      return change(fleet, fact.messageId, proven)
    case 'message.acknowledged':
      return change(fleet, fact.messageId, (delivery) => ({ ...delivery, acknowledgedAt: at }))
  }
}

/** Every session knows how many messages wait for it, mail for its address included. */
export function countWaiting(fleet: Fleet): Fleet {
  const counts = new Map<SessionId, number>()
  for (const { message } of waitingOf(Object.values(fleet.deliveries))) {
    const id = recipientOf(fleet, message.to)?.id
    if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  const isRight = Object.values(fleet.sessions).every(
    ({ id, queuedMessages }) => (counts.get(id) ?? 0) === queuedMessages,
  )
  if (isRight) return fleet
  const sessions = Object.fromEntries(
    Object.entries(fleet.sessions).map(([id, session]) => {
      const queuedMessages = counts.get(session.id) ?? 0
      return [id, session.queuedMessages === queuedMessages ? session : { ...session, queuedMessages }]
    }),
  )
  return { ...fleet, sessions: sessions as Fleet['sessions'] }
}

/** How long before a session came to rest an agent may have taken what it had not written down by then, in milliseconds. */
const WRITTEN_WITHIN_MS = 5_000

/**
 * The fleet at the moment when a session ends. Claude Code says that it has a prompt before it writes it down: killed in between, it
 * is resumed without it. So what was seen since the session last came to rest is in doubt.
 */
export function doubtLastSeen(fleet: Fleet, id: SessionId): Fleet {
  const { since = 0, startedAt = Number.POSITIVE_INFINITY } = fleet.sessions[id] ?? {}
  const from = Math.max(startedAt, since - WRITTEN_WITHIN_MS)
  const marked = Object.values(fleet.deliveries)
    .filter(({ receipt: { seenAt } }) => seenAt !== null && Date.parse(seenAt) >= from)
    .filter(({ message }) => recipientOf(fleet, message.to)?.id === id)
    .map((each) => [each.message.id, { ...each, unprovenIn: id }] as const)
  return marked.length === 0 ? fleet : { ...fleet, deliveries: { ...fleet.deliveries, ...Object.fromEntries(marked) } }
}

function proven({ unprovenIn: _, ...delivery }: Delivery): Delivery {
  return delivery
}

function change(fleet: Fleet, id: MessageId, to: (delivery: Delivery) => Delivery): Fleet {
  const delivery = fleet.deliveries[id]
  return delivery === undefined ? fleet : countWaiting({ ...fleet, deliveries: withDelivery(fleet, to(delivery)) })
}

function withDelivery(fleet: Fleet, delivery: Delivery): Fleet['deliveries'] {
  return { ...fleet.deliveries, [delivery.message.id]: delivery }
}

/** Without the oldest of those that are over: first what nobody will ask for again, then dead letters and mail that was not acknowledged. */
function bounded(deliveries: Fleet['deliveries']): Fleet['deliveries'] {
  const all = Object.values(deliveries)
  const over = all.filter(({ receipt }) => isFinal(receipt.status))
  let excess = all.length - DELIVERIES_KEPT
  let excessText = over.reduce((sum, { message }) => sum + message.body.length, 0) - TEXT_KEPT
  if (excess <= 0 && excessText <= 0) return deliveries
  const dropped = new Set<MessageId>()
  for (const { message } of [...over.filter((each) => !isWanted(each)), ...over.filter(isWanted)]) {
    if (excess <= 0 && excessText <= 0) break
    dropped.add(message.id)
    excess -= 1
    excessText -= message.body.length
  }
  return Object.fromEntries(Object.entries(deliveries).filter(([, { message }]) => !dropped.has(message.id)))
}

function isWanted(delivery: Delivery): boolean {
  return isDead(delivery) || (delivery.message.type === 'mail' && delivery.acknowledgedAt === undefined)
}
