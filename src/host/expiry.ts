import type { Fact } from '../core/facts.ts'
import type { MessageId } from '../core/ids.ts'
import { type Message, waitingOf } from '../core/message.ts'
import type { FactLog } from './fact-log.ts'

/** Timers hold at most 2^31 - 1 milliseconds; what expires later is looked at again then. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

export interface ExpiryOptions {
  readonly facts: FactLog
  readonly now: () => number
}

/** Whether a message has waited as long as it may. */
export function isOverdue({ expiresAt }: Message, now: number): boolean {
  return expiresAt !== undefined && expiresAt <= now
}

/** Calls when a message that still waits has waited long enough. */
export interface Expiry {
  close(): void
}

/** One timer, for the message that expires next; none while nothing that waits can expire. */
export function createExpiry({ facts, now }: ExpiryOptions, expire: (id: MessageId) => void): Expiry {
  let timer: NodeJS.Timeout | undefined

  function arm(): void {
    clearTimeout(timer)
    const at = now()
    const times = waitingOf(Object.values(facts.fleet.deliveries)).flatMap(({ message }) => message.expiresAt ?? [])
    // One whose time is over and that is on its way right now is looked at again when it comes back.
    const next = Math.min(...times.filter((time) => time > at))
    if (Number.isFinite(next)) timer = setTimeout(ring, Math.min(LONGEST_TIMER_MS, next - at))
  }

  function ring(): void {
    for (const { message } of waitingOf(Object.values(facts.fleet.deliveries)))
      if (isOverdue(message, now())) expire(message.id)
    arm()
  }

  const stop = facts.onFact(({ fact }) => {
    const id = newlyWaiting(fact)
    const message = id === undefined ? undefined : facts.fleet.deliveries[id]?.message
    if (message?.expiresAt === undefined) return
    arm()
    // Its time may be over by now: writing it down takes a moment, and a crash more than that.
    if (!isOverdue(message, now())) return
    clearTimeout(timer)
    timer = setTimeout(ring)
  })
  ring()
  return {
    close() {
      stop()
      clearTimeout(timer)
    },
  }
}

/** The message that waits from now on, or again. */
function newlyWaiting(fact: Fact): MessageId | undefined {
  if (fact.type === 'message.queued') return fact.message.id
  return fact.type === 'message.returned' ? fact.messageId : undefined
}
