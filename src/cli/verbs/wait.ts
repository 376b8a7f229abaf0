import { fail } from '../../core/errors.ts'
import type { Fleet } from '../../core/fleet.ts'
import type { MessageId } from '../../core/ids.ts'
import { type Delivery, isFinal, type ReceiptStatus } from '../../core/message.ts'
import { recipientOf } from '../../core/recipients.ts'
import { fullName, resolveSession } from '../../core/resolve.ts'
import { isLive, isRunning, type Session } from '../../core/session.ts'
import { deliveryBy } from '../find-delivery.ts'
import { argumentAt, choiceOption, textOption, timeoutOption, type VerbHandler } from '../verb-input.ts'
import { fleetNow, waitFor } from '../watch.ts'
import { sessionOutput } from './spawn.ts'

const GOALS = ['idle', 'need', 'exit', 'seen'] as const
type Goal = (typeof GOALS)[number]

/** A message in one of these stages is about to make its session work. */
const UNDER_WAY: ReadonlySet<ReceiptStatus> = new Set(['queued', 'injected'])

/** Blocks until something is true of a session. */
export const wait: VerbHandler = async (context, input) => {
  const goal = choiceOption(input, 'for', GOALS) ?? 'idle'
  const timeoutMs = timeoutOption(input)
  const wanted = textOption(input, 'message')
  if (wanted !== undefined && goal !== 'seen') fail('usage.invalid', { what: '--message goes with --for seen' })
  const connection = await context.connect()
  const session = resolveSession(await connection.listSessions(), argumentAt(input, 0))
  const name = fullName(session)
  // What is sent after this moment is not waited for: else a busy session would never be done.
  const messages = goal === 'seen' ? messagesFor(await fleetNow(connection), session, wanted) : []
  let last = session
  const reached = await waitFor(connection, {
    what: WORDS[goal](name),
    timeoutMs,
    when: (fleet) => {
      const current = fleet.sessions[session.id]
      last = current ?? { ...last, state: isLive(last) ? 'stopped' : last.state }
      return check(fleet, last, { goal, messages })
    },
  })
  return sessionOutput(connection, reached)
}

const WORDS: Readonly<Record<Goal, (name: string) => string>> = {
  idle: (name) => `${name} becoming idle`,
  need: (name) => `A need of ${name}`,
  exit: (name) => `The end of ${name}`,
  seen: (name) => `That ${name} sees its messages`,
}

interface Awaited {
  readonly goal: Goal
  readonly messages: readonly MessageId[]
}

function check(fleet: Fleet, session: Session, { goal, messages }: Awaited): Session | undefined {
  // What was seen stays seen, even when the session has ended meanwhile.
  if (goal === 'seen' && areSeen(fleet, messages)) return session
  if (!isLive(session)) {
    return goal === 'exit' ? session : fail('session.not-live', { name: fullName(session), state: session.state })
  }
  if (goal === 'exit' || goal === 'seen') return undefined
  if (goal === 'need') return session.need === undefined ? undefined : session
  return isIdle(fleet, session) ? session : undefined
}

function isIdle(fleet: Fleet, session: Session): boolean {
  if (!isRunning(session) || session.activity !== 'idle') return false
  return !Object.values(fleet.deliveries).some(
    ({ message, receipt }) => UNDER_WAY.has(receipt.status) && recipientOf(fleet, message.to)?.id === session.id,
  )
}

/** The one that was named, or all that are on their way to the session. */
function messagesFor(fleet: Fleet, session: Session, wanted: string | undefined): readonly MessageId[] {
  const isFor = ({ message }: Delivery): boolean => recipientOf(fleet, message.to)?.id === session.id
  if (wanted === undefined) {
    const onTheirWay = Object.values(fleet.deliveries).filter(({ receipt }) => !isFinal(receipt.status))
    return onTheirWay.filter(isFor).map(({ message }) => message.id)
  }
  const delivery = deliveryBy(fleet, wanted)
  if (isFor(delivery)) return [delivery.message.id]
  return fail('usage.invalid', { what: `Message ${delivery.message.id} is not for ${fullName(session)}` })
}

/** Fails when one of them never will be. */
function areSeen(fleet: Fleet, messages: readonly MessageId[]): boolean {
  return messages.every((id) => {
    const receipt = fleet.deliveries[id]?.receipt
    if (receipt === undefined || receipt.status === 'seen') return true
    return isFinal(receipt.status) ? fail('message.unseen', { ...receipt }) : false
  })
}
