import type { Envelope, Fact } from './facts.ts'
import type { SessionId } from './ids.ts'
import type { Message } from './message.ts'

/** Something that was said to a session, or by its agent. */
export interface Said {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** `agent`, or who sent it. */
  readonly who: string
  readonly text: string
}

/** Puts a conversation together from the facts of one session, given in order. A message counts once it was handed over. */
export interface Conversation {
  take(envelope: Envelope): Said | undefined
}

/** The conversation of a session, from nothing on. */
export function createConversation(id: SessionId): Conversation {
  const waiting = new Map<string, Message>()
  return {
    take({ at, fact }) {
      if (fact.type === 'session.replied' && fact.id === id) return { at, who: 'agent', text: fact.text }
      if (fact.type === 'message.queued' && fact.message.to === id) waiting.set(fact.message.id, fact.message)
      if (fact.type !== 'message.advanced') return undefined
      const { status } = fact.receipt
      const message = waiting.get(fact.receipt.id)
      if (message === undefined || status === 'queued' || status === 'injected') return undefined
      waiting.delete(message.id)
      return status === 'submitted' || status === 'seen' ? { at, who: message.from, text: message.body } : undefined
    },
  }
}

/** Whether a fact shows that a session's agent speaks for itself, so that there is a conversation to come. */
export function isAgentSpeaking(fact: Fact): boolean {
  if (fact.type === 'session.replied') return true
  return 'source' in fact && SPOKEN.has(fact.source)
}

const SPOKEN: ReadonlySet<string> = new Set(['hook', 'status-file', 'server'])

/**
 * What was written since the last look at an output: `before` and `after` end where it ended then and now. The last line
 * may still grow, so that it counts as written only when another follows it.
 */
export function appendedLines(before: readonly string[], after: readonly string[]): readonly string[] {
  const known = before.slice(0, -1)
  for (let gone = 0; gone <= known.length; gone += 1) {
    const kept = known.length - gone
    if (known.slice(gone).every((line, index) => after[index] === line)) return after.slice(kept, -1)
  }
  return after.slice(0, -1)
}
