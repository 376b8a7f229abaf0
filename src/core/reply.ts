import { isLive, type Session } from './session.ts'

/**
 * What a reply in words is to a session now: the answers to a need's questions, words that answer it, the reason of a denial,
 * or a message.
 */
export type ReplyKind = 'questions' | 'text' | 'deny' | 'message'

/** The one of the three answers that a need takes in words, if it takes one; a session that asks nothing gets a message. */
export function replyKindOf(session: Session): ReplyKind | undefined {
  const { need } = session
  if (need?.questions !== undefined && need.answers.includes('options')) return 'questions'
  if (need?.answers.includes('text') === true) return 'text'
  if (need?.answers.includes('deny') === true) return 'deny'
  const isAsking = session.activity === 'waiting'
  return isLive(session) && !isAsking ? 'message' : undefined
}

/** Why a session takes no reply now; undefined when it takes one. */
export function whyNoReply(session: Session): string | undefined {
  if (replyKindOf(session) !== undefined) return undefined
  if (!isLive(session)) return `The session is ${session.state}`
  return `Focus the session to answer this ${session.need?.kind ?? 'prompt'}`
}
