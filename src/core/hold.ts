import type { Fleet } from './fleet.ts'
import type { Delivery, Message, MessageMode } from './message.ts'
import { recipientOf } from './recipients.ts'
import type { Session } from './session.ts'

/** What a delivery must know besides the session itself. */
export interface HoldContext {
  /** The backend reports turns and prompts, so that "idle" can be relied on. */
  readonly hasSignals: boolean
  /** The operator has typed something into the session and has not sent it. */
  readonly hasDraft: boolean
}

const NUDGE = { mode: 'boundary', type: 'nudge', from: 'operator' } as const

/** Whether or not anything is left of what was typed, only these two keys tell that nothing is. */
export const UNSENT = 'there is unsent text in its prompt: send it with Enter, or clear it with Ctrl+C'

const UNPROVEN = 'its session ended soon after; whether the conversation has it is looked up when it is back'

/** A program that is no agent would take the words of a mail, or those of an agent, for commands. */
const NO_MAIL = 'this program reads no mail; it is kept in the mailbox'
const NO_AGENTS = 'only the operator may type into this program'

/** Why a message must wait now, in words for the operator; undefined = it may go in. The default is the turn boundary. */
export function whyHold(
  session: Session,
  context: HoldContext,
  { mode, type, from }: Pick<Message, 'mode' | 'type' | 'from'> = NUDGE,
): string | undefined {
  const why = whyClosed(session)
  if (why !== undefined) return why
  if (context.hasDraft) return UNSENT
  if (!context.hasSignals) return whyNotTyped(type, from)
  if (session.activity === 'unknown') return 'what the agent does is unknown'
  if (session.activity === 'working') return whyHoldWork(session, mode)
  return undefined
}

/** Why a queued message still waits, or one that was seen is not certain, as far as the fleet tells; the host also knows of turns. */
export function whyWaits(fleet: Fleet, { message, receipt, problem, unprovenIn }: Delivery): string | undefined {
  if (unprovenIn !== undefined) return UNPROVEN
  if (receipt.status !== 'queued') return undefined
  const session = recipientOf(fleet, message.to)
  return session === undefined ? 'nobody is there yet' : (whyClosed(session) ?? problem)
}

/** Why a session takes no message at all, whatever its backend and its mode. */
function whyClosed({ state, activity }: Session): string | undefined {
  if (state !== 'running') return `the session is ${state}`
  return activity === 'waiting' ? 'the session waits for an answer' : undefined
}

function whyNotTyped(type: Message['type'], from: string): string | undefined {
  if (type === 'mail') return NO_MAIL
  return from === 'operator' ? undefined : NO_AGENTS
}

function whyHoldWork(session: Session, mode: MessageMode): string | undefined {
  if (mode === 'now') return undefined
  if (session.isTurnOver !== true) return 'the agent is in a turn'
  return mode === 'idle' ? 'something still goes on behind its turn' : undefined
}
