import { isAddress } from '../core/address.ts'
import type { MessageId, SessionId } from '../core/ids.ts'
import { type Delivery, isFinal, messageText } from '../core/message.ts'
import { recipientOf } from '../core/recipients.ts'
import { isLive } from '../core/session.ts'
import type { FactLog } from './fact-log.ts'
import type { LiveSession } from './live-session.ts'

/** What became of a message that was handed over, or may have been, when its agent or the host ended. */
export type Verdict = 'given' | 'not-given' | 'unknown'

/** The messages of which this host does not know yet whether they are in the conversations of their sessions. */
export interface Doubts {
  /** Those of one session, oldest first. */
  of(id: SessionId): readonly Delivery[]
  /** Asks the agent about one of them; rejects when it cannot be asked now. */
  settle(delivery: Delivery, agent: LiveSession): Promise<Verdict>
  /** Those on their way to a session that does not come back. */
  hopeless(): readonly Delivery[]
  /** Nobody will ever know: says which those were. */
  giveUp(id: SessionId): readonly Delivery[]
}

/**
 * Every message that had not arrived when a host begins is in doubt, also one that was only queued: its agent may have taken it a
 * moment before that could be written down. So is one that its agent took and may have died with (see `unprovenIn`).
 */
export function createDoubts(facts: FactLog): Doubts {
  const doubtful = new Set<MessageId>()
  for (const { message, receipt } of Object.values(facts.fleet.deliveries))
    if (!isFinal(receipt.status)) doubtful.add(message.id)
  return {
    of: (id) =>
      [
        ...open(doubtful, facts).filter(({ message }) => recipientOf(facts.fleet, message.to)?.id === id),
        ...Object.values(facts.fleet.deliveries).filter(({ unprovenIn }) => unprovenIn === id),
      ].sort((a, b) => a.message.sentAt - b.message.sentAt),
    async settle(delivery, { agent }) {
      const { message } = delivery
      const wasGiven = await agent.wasGiven?.(messageText(message), sinceWhen(delivery, facts))
      doubtful.delete(message.id)
      if (wasGiven === undefined) return 'unknown'
      return wasGiven ? 'given' : 'not-given'
    },
    hopeless() {
      const { sessions } = facts.fleet
      return open(doubtful, facts).filter(({ message, receipt }) => {
        const session = sessions[message.to as SessionId]
        const comesBack = session !== undefined && (isLive(session) || session.interruption !== undefined)
        return receipt.status !== 'queued' && !comesBack && !isAddress(message.to)
      })
    },
    giveUp(id) {
      const given = open(doubtful, facts).filter(({ message }) => message.to === id)
      for (const { message } of given) doubtful.delete(message.id)
      return given
    },
  }
}

function open(doubtful: ReadonlySet<MessageId>, { fleet }: FactLog): readonly Delivery[] {
  return [...doubtful]
    .map((each) => fleet.deliveries[each])
    .filter((each) => each !== undefined)
    .filter(({ receipt }) => !isFinal(receipt.status))
}

/** Only what came after all earlier messages with the same words can be this one. */
function sinceWhen({ message, receipt }: Delivery, { fleet }: FactLog): number {
  const text = messageText(message)
  const ownTime = receipt.seenAt === null ? Number.POSITIVE_INFINITY : Date.parse(receipt.seenAt)
  const earlier = Object.values(fleet.deliveries)
    .filter(
      (each) => each.message.id !== message.id && each.message.to === message.to && messageText(each.message) === text,
    )
    .flatMap(({ receipt: { seenAt, submittedAt } }) => [seenAt, submittedAt])
    .flatMap((at) => (at === null ? [] : [Date.parse(at)]))
    .filter((at) => at < ownTime)
  return Math.max(message.sentAt, ...earlier.map((at) => at + 1))
}
