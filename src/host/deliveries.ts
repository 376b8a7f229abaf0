import { toControlError } from '../core/errors.ts'
import { whyHold } from '../core/hold.ts'
import type { SessionId } from '../core/ids.ts'
import { advanceReceipt, type Delivery, isFinal, type ReceiptStatus } from '../core/message.ts'
import type { Session } from '../core/session.ts'
import type { FactLog } from './fact-log.ts'
import type { LiveSession } from './live-session.ts'
import type { Log } from './log.ts'

/** Pause before a delivery that was refused as unsafe is tried again, when nothing about the session changes by then. */
const RETRY_MS = 1_000

export interface DeliveriesOptions {
  readonly facts: FactLog
  readonly now: () => number
  readonly log: Log
  readonly live: (id: SessionId) => LiveSession | undefined
}

/** Takes queued messages to their sessions: one at a time for each session, and only when it is safe. */
export interface Deliveries {
  /** Looks whether the next message of a session may go in. Call whenever anything about the session changed. */
  pump(id: SessionId): void
  /** The session is gone: what still waits for it failed, with this reason. */
  abandon(id: SessionId, why: string): void
  close(): void
}

/** The one delivery path of the host. */
export function createDeliveries(options: DeliveriesOptions): Deliveries {
  const busy = new Set<SessionId>()
  const retries = new Map<SessionId, NodeJS.Timeout>()
  const advance = (delivery: Delivery, status: ReceiptStatus, error?: string): void => {
    const current = options.facts.fleet.deliveries[delivery.message.id]?.receipt ?? delivery.receipt
    const receipt = advanceReceipt(current, { status, at: options.now(), error })
    if (receipt !== current) options.facts.append({ type: 'message.advanced', receipt })
  }
  const pump = (id: SessionId): void => {
    const session = options.facts.fleet.sessions[id]
    const live = options.live(id)
    if (session === undefined || live === undefined || busy.has(id) || mustWait(session, live)) return
    const next = waitingFor(options.facts, id)[0]
    if (next === undefined) return
    busy.add(id)
    deliver(live, next, advance)
      .then((isRefused) => {
        busy.delete(id)
        if (isRefused) retryLater(id)
        else pump(id)
      })
      .catch((error: unknown) => options.log('delivery.bug', { session: id, detail: String(error) }))
  }
  const retryLater = (id: SessionId): void => {
    clearTimeout(retries.get(id))
    retries.set(
      id,
      setTimeout(() => {
        retries.delete(id)
        pump(id)
      }, RETRY_MS),
    )
  }
  return {
    pump,
    abandon(id, why) {
      clearTimeout(retries.get(id))
      retries.delete(id)
      for (const delivery of waitingFor(options.facts, id)) advance(delivery, 'failed', why)
    },
    close() {
      for (const timer of retries.values()) clearTimeout(timer)
      retries.clear()
    },
  }
}

function mustWait(session: Session, live: LiveSession): boolean {
  if (!live.isOpen) return true
  const { hasSignals } = live.backend.capabilities
  return whyHold(session, { hasSignals, hasDraft: live.hasDraft }) !== undefined
}

function waitingFor(facts: FactLog, id: SessionId): readonly Delivery[] {
  return Object.values(facts.fleet.deliveries).filter(
    (each) => each.message.to === id && each.receipt.status === 'queued',
  )
}

/** Whether the agent refused as unsafe, so that the message stays queued. Every other failure ends in the receipt. */
async function deliver(
  live: LiveSession,
  delivery: Delivery,
  advance: (delivery: Delivery, status: ReceiptStatus, error?: string) => void,
): Promise<boolean> {
  try {
    await live.agent.deliver(delivery.message.body, (stage) => advance(delivery, stage))
    return false
  } catch (error) {
    const failure = toControlError(error)
    if (failure.code === 'message.unsafe') return true
    if (!isFinal(delivery.receipt.status)) advance(delivery, 'failed', `${failure.message} ${failure.hint}`)
    return false
  }
}
