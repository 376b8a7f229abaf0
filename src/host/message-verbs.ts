import type { Orchestrator } from '../core/orchestrator.ts'
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
      work.assign(parts.session(id), order, 'given by the operator')
      const about = { workId: order.id }
      return messages.send(id, { type: 'nudge', subject: order.id, body: workPrompt(order) }, about)
    },
    async sendMessage(id, message) {
      parts.refuseWhenStopping()
      return messages.send(id, message)
    },
    async broadcastMessage(ids, message) {
      parts.refuseWhenStopping()
      return messages.broadcast(ids, message)
    },
    async sendMail(to, message) {
      parts.refuseWhenStopping()
      return messages.mail(to, message)
    },
    async cancelMessage(id) {
      deliveries.cancel(id)
      return messages.find(id).receipt
    },
    async resendMessage(id) {
      parts.refuseWhenStopping()
      return messages.resend(id)
    },
    acknowledge: async (id, by) => messages.acknowledge(id, by),
    receipt: async (id) => messages.find(id).receipt,
  }
}
