import { ControlError, fail, toControlError } from '../core/errors.ts'
import { UNSENT, whyHold } from '../core/hold.ts'
import type { MessageId, SessionId } from '../core/ids.ts'
import {
  advanceReceipt,
  type Delivery,
  isFinal,
  type Message,
  messageText,
  type ReceiptStatus,
  waitingOf,
} from '../core/message.ts'
import { recipientOf } from '../core/recipients.ts'
import type { Session } from '../core/session.ts'
import { createDoubts, type Doubts, type Verdict } from './doubts.ts'
import { createExpiry, type Expiry, isOverdue } from './expiry.ts'
import type { FactLog } from './fact-log.ts'
import type { LiveSession } from './live-session.ts'
import type { Log } from './log.ts'

/** Pause before a delivery that was refused as unsafe is tried again, when nothing about the session changes by then. */
const RETRY_MS = 1_000

const LOST = 'its host ended before the agent confirmed it; look whether it arrived before sending it again'

const NOT_GIVEN = 'its host ended while it was handed over, and the agent has not got it'

const DIED_WITH = 'its agent ended before it had written it down, and the conversation lacks it'

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
  /** The session is gone: what still waits for it (mail for its address aside) failed, with this reason. */
  abandon(id: SessionId, why: string): void
  /** Takes back a message that still waits; refused once it is on its way. */
  cancel(id: MessageId): void
  close(): void
}

/** The one delivery path of the host. What had not arrived when the last host ended is looked up before anything else goes in. */
export function createDeliveries(options: DeliveriesOptions): Deliveries {
  return new DeliveryPath(options)
}

class DeliveryPath implements Deliveries {
  readonly #options: DeliveriesOptions
  /** What is being typed, by session: one writer each. */
  readonly #underWay = new Map<SessionId, MessageId>()
  readonly #retries = new Map<SessionId, NodeJS.Timeout>()
  readonly #interrupted = new Set<MessageId>()
  readonly #expiry: Expiry
  readonly #doubts: Doubts

  constructor(options: DeliveriesOptions) {
    this.#options = options
    this.#doubts = createDoubts(options.facts)
    for (const delivery of this.#doubts.hopeless()) this.#settle(delivery, 'unknown')
    this.#expiry = createExpiry(options, (id) => this.#expireWaiting(id))
  }

  pump(id: SessionId): void {
    const { facts, live } = this.#options
    const session = facts.fleet.sessions[id]
    const agent = live(id)
    if (session === undefined) this.abandon(id, 'the session was removed')
    if (session === undefined || agent === undefined || !agent.isOpen || this.#underWay.has(id)) return
    const doubtful = this.#doubts.of(id)[0]
    const next = doubtful ?? this.#next(session, agent)
    if (next === undefined || (doubtful !== undefined && session.state === 'starting')) return
    this.#underWay.set(id, next.message.id)
    const task = doubtful === undefined ? this.#deliver(agent, next) : this.#lookUp(agent, next)
    task
      .then((isRefused) => {
        this.#underWay.delete(id)
        if (isRefused) this.#retryLater(id)
        else this.pump(id)
      })
      .catch((error: unknown) => {
        // Its turn is over all the same: whatever went wrong here must not keep all later messages back.
        this.#underWay.delete(id)
        this.#options.log('delivery.bug', { session: id, detail: String(error) })
      })
  }

  abandon(id: SessionId, why: string): void {
    clearTimeout(this.#retries.get(id))
    this.#retries.delete(id)
    for (const delivery of this.#doubts.giveUp(id)) this.#settle(delivery, 'unknown')
    const waiting = waitingOf(Object.values(this.#options.facts.fleet.deliveries))
    for (const delivery of waiting) if (delivery.message.to === id) this.#advance(delivery, 'failed', why)
  }

  cancel(id: MessageId): void {
    const delivery = this.#options.facts.fleet.deliveries[id] ?? fail('message.not-found', { id })
    const isUnderWay = [...this.#underWay.values()].includes(id)
    if (delivery.receipt.status !== 'queued' || isUnderWay)
      fail('message.not-queued', { status: isUnderWay ? 'on its way' : delivery.receipt.status })
    this.#advance(delivery, 'cancelled')
  }

  close(): void {
    for (const timer of this.#retries.values()) clearTimeout(timer)
    this.#retries.clear()
    this.#expiry.close()
  }

  /** The first message that may go in now; one that wants the turn to be stopped has that done, and waits for its end. */
  #next(session: Session, agent: LiveSession): Delivery | undefined {
    const context = { hasSignals: agent.backend.capabilities.hasSignals, hasDraft: agent.hasDraft }
    const waiting = this.#waitingFor(session)
    for (const delivery of waiting) this.#noteDraft(delivery, whyHold(session, context, delivery.message))
    const urgent = waiting.find(({ message }) => message.mode === 'interrupt')
    if (urgent !== undefined && whyHold(session, context, { ...urgent.message, mode: 'now' }) === undefined)
      this.#interrupt(session, agent, urgent)
    return waiting.find(({ message }) => whyHold(session, context, message) === undefined)
  }

  /** Only the host knows of a draft: that one holds a message back is written down, and what does so when it is gone. */
  #noteDraft({ message, problem }: Delivery, why: string | undefined): void {
    if (why !== undefined && (why === UNSENT || problem === UNSENT)) this.#held(message.id, why)
  }

  /** A message whose time is over is given up here too: its timer does not see that the clock was set. */
  #waitingFor({ id }: Session): readonly Delivery[] {
    const { facts, now } = this.#options
    const at = now()
    const waiting = waitingOf(Object.values(facts.fleet.deliveries)).filter(
      ({ message }) => recipientOf(facts.fleet, message.to)?.id === id,
    )
    for (const { message } of waiting) if (isOverdue(message, at)) this.#expire(message)
    return waiting.filter(({ message }) => !isOverdue(message, at))
  }

  #interrupt(session: Session, agent: LiveSession, { message }: Delivery): void {
    if (session.activity !== 'working' || session.isTurnOver === true || this.#interrupted.has(message.id)) return
    this.#interrupted.add(message.id)
    agent.note({ source: 'host', what: 'interrupt', detail: `for message ${message.id}` })
    agent.agent.interrupt().catch((error: unknown) => {
      // The message then waits for the end of the turn like any other.
      this.#options.log('delivery.not-interrupted', { session: session.id, detail: String(error) })
    })
  }

  /** Whether the agent could not be asked, so that it has to be asked again. */
  async #lookUp(agent: LiveSession, delivery: Delivery): Promise<boolean> {
    try {
      this.#settle(delivery, await this.#doubts.settle(delivery, agent))
      return false
    } catch (error) {
      this.#held(delivery.message.id, `its agent cannot say yet whether it has it: ${toControlError(error).message}`)
      return true
    }
  }

  #settle(delivery: Delivery, verdict: Verdict): void {
    const { message, receipt, unprovenIn } = delivery
    const { facts } = this.#options
    if (unprovenIn !== undefined && verdict !== 'not-given')
      facts.append({ type: 'message.proven', messageId: message.id })
    else if (verdict === 'given') this.#advance(delivery, 'seen')
    else if (receipt.status === 'queued') return
    else if (verdict === 'unknown') this.#advance(delivery, 'failed', LOST)
    else
      facts.append({
        type: 'message.returned',
        messageId: message.id,
        why: unprovenIn === undefined ? NOT_GIVEN : DIED_WITH,
      })
  }

  /** Whether the agent refused as unsafe, so that the message stays queued. Every other failure ends in the receipt. */
  async #deliver(agent: LiveSession, delivery: Delivery): Promise<boolean> {
    const { message } = delivery
    try {
      await this.#handOver(agent, delivery)
      return false
    } catch (error) {
      const failure = toControlError(error)
      if (failure.code === 'message.unsafe') {
        this.#held(message.id, failure.message)
        return true
      }
      if (!isFinal(delivery.receipt.status)) this.#advance(delivery, 'failed', `${failure.message} ${failure.hint}`)
      return false
    }
  }

  /** Rejects at once when the agent ends meanwhile: what it still says of itself then counts no more. */
  async #handOver(agent: LiveSession, delivery: Delivery): Promise<void> {
    const gone = Promise.withResolvers<never>()
    const name = this.#options.facts.fleet.sessions[agent.id]?.agentName ?? agent.id
    const stop = agent.onGone(() => gone.reject(new ControlError('message.unconfirmed', { name })))
    const advance = (stage: ReceiptStatus): void => {
      if (agent.isOpen) this.#advance(delivery, stage)
    }
    const { agent: it } = agent
    await Promise.race([it.deliver(messageText(delivery.message), advance), gone.promise]).finally(stop)
  }

  /** A reason is noted once, however often it is met. */
  #held(id: MessageId, why: string): void {
    const { facts } = this.#options
    if (facts.fleet.deliveries[id]?.problem !== why) facts.append({ type: 'message.held', messageId: id, why })
  }

  #advance(delivery: Delivery, status: ReceiptStatus, error?: string): void {
    const { facts, now } = this.#options
    const current = facts.fleet.deliveries[delivery.message.id]?.receipt ?? delivery.receipt
    const receipt = advanceReceipt(current, { status, at: now(), error })
    if (receipt !== current) facts.append({ type: 'message.advanced', receipt })
    if (isFinal(status)) this.#interrupted.delete(delivery.message.id)
  }

  #expireWaiting(id: MessageId): void {
    const delivery = this.#options.facts.fleet.deliveries[id]
    if (delivery !== undefined && ![...this.#underWay.values()].includes(id)) this.#expire(delivery.message)
  }

  #expire({ id }: Message): void {
    const delivery = this.#options.facts.fleet.deliveries[id]
    if (delivery?.receipt.status !== 'queued') return
    const reason = delivery.problem === undefined ? '' : ` (${delivery.problem})`
    this.#advance(delivery, 'expired', `it could not be delivered in time${reason}`)
  }

  #retryLater(id: SessionId): void {
    clearTimeout(this.#retries.get(id))
    const retry = (): void => {
      this.#retries.delete(id)
      this.pump(id)
    }
    this.#retries.set(id, setTimeout(retry, RETRY_MS))
  }
}
