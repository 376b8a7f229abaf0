import { whyHold } from '../core/hold.ts'
import type { Receipt } from '../core/message.ts'
import type { Orchestrator } from '../core/orchestrator.ts'
import { refuseWhenPaused } from '../core/pause.ts'
import { recipientOf } from '../core/recipients.ts'
import { workPrompt } from '../core/work.ts'
import type { HostParts } from './host-parts.ts'

type MessageVerb =
  | 'assignWork'
  | 'sendMessage'
  | 'broadcastMessage'
  | 'sendMail'
  | 'cancelMessage'
  | 'resendMessage'
  | 'acknowledge'
  | 'receipt'

/** Telling sessions things, and giving them work. */
export function messageVerbs(parts: HostParts): Pick<Orchestrator, MessageVerb> {
  const { messages, deliveries, work } = parts
  return {
    async assignWork(id, order) {
      parts.refuseWhenStopping()
      parts.requireLive(id)
      refuseWhenPaused(parts.session(id))
      work.check(order)
      const about = { workId: order.id }
      const body = workPrompt(order)
      // A refused message must not leave work with somebody who was never told.
      const receipt = messages.send(id, { type: 'nudge', subject: order.id, body }, about)
      work.assign(parts.session(id), order, 'given by the operator')
      return withHold(parts, receipt)
    },
    async sendMessage(id, message) {
      parts.refuseWhenStopping()
      return withHold(parts, messages.send(id, message))
    },
    async broadcastMessage(ids, message) {
      parts.refuseWhenStopping()
      return messages.broadcast(ids, message).map((receipt) => withHold(parts, receipt))
    },
    async sendMail(to, message) {
      parts.refuseWhenStopping()
      return withHold(parts, messages.mail(to, message))
    },
    async cancelMessage(id) {
      deliveries.cancel(id)
      return messages.find(id).receipt
    },
    async resendMessage(id) {
      parts.refuseWhenStopping()
      return withHold(parts, messages.resend(id))
    },
    acknowledge: async (id, by) => messages.acknowledge(id, by),
    receipt: async (id) => withHold(parts, messages.find(id).receipt),
  }
}

/** The receipt together with why its message still waits, if it does. */
function withHold(parts: HostParts, receipt: Receipt): Receipt {
  const hold = receipt.status === 'queued' ? whyQueued(parts, receipt) : undefined
  return hold === undefined ? receipt : { ...receipt, hold }
}

function whyQueued({ options, live, messages }: HostParts, { id, to }: Receipt): string | undefined {
  const session = recipientOf(options.facts.fleet, to)
  if (session === undefined) return 'nobody is there yet'
  const { message, problem } = messages.find(id)
  const agent = live.get(session.id)
  const { hasSignals = true } = agent?.backend.capabilities ?? {}
  return whyHold(session, { hasSignals, hasDraft: agent?.hasDraft === true }, message) ?? problem
}
