import type { MessageId, SessionId } from '../../src/core/ids.ts'
import { isFinal, type OutgoingMessage, type Receipt } from '../../src/core/message.ts'
import { when } from '../timing.ts'
import type { Arena } from './asking-session.ts'
import type { Tally } from './tally.ts'

/** The messages that were sent during the trials, and what became of each. */
export interface Mailbag {
  /** Sends a text of its own to each of these; by a broadcast when there are several. */
  readonly send: (ids: readonly SessionId[], mode: 'now' | 'boundary') => Promise<void>
  /** Notes which ones still wait for this session. */
  readonly noteWaiting: (id: SessionId) => void
  /** Whether one of them waits for this session, or is being typed. */
  readonly isUnderWay: (id: SessionId) => boolean
  /** Waits until nothing waits any more, and looks up what the model was given. */
  readonly count: () => Promise<Pick<Tally, 'held' | 'delivered' | 'lost' | 'doubled' | 'failed'>>
}

interface Sent {
  readonly to: SessionId
  readonly message: MessageId
  readonly word: string
}

const SETTLED_WITHIN_MS = 120_000
const HEARD_WITHIN_MS = 15_000

/** An empty bag. Its texts hold no script, so that the model goes on with what it was doing. */
export function createMailbag(arena: Arena): Mailbag {
  const { host, watch, lab } = arena
  const sent: Sent[] = []
  const held = new Set<MessageId>()
  let count = 0
  const receiptOf = ({ message }: Sent): Receipt | undefined => watch.fleet.deliveries[message]?.receipt
  const send: Mailbag['send'] = async (ids, mode) => {
    count += 1
    const word = `parcel-${count}-end`
    const message: OutgoingMessage = { type: 'nudge', body: `Please note ${word}.`, from: 'operator', mode }
    const [first] = ids
    const receipts =
      ids.length === 1 && first !== undefined
        ? [await host.client.sendMessage(first, message)]
        : await host.client.broadcastMessage(ids, message)
    sent.push(...receipts.map(({ id, to }) => ({ to: to as SessionId, message: id, word })))
  }
  const timesHeard = ({ to, word }: Sent) => timesIn(lab.model.heard(watch.session(to)?.resumeId ?? ''), word)
  const settled = () => {
    const open = sent.filter((each) => !isSettled(receiptOf(each)))
    return open.length === 0 ? true : undefined
  }
  return {
    send,
    noteWaiting: (id) => {
      const waiting = sent.filter((each) => each.to === id && receiptOf(each)?.status === 'queued')
      for (const { message } of waiting) held.add(message)
    },
    isUnderWay: (id) => sent.some((each) => each.to === id && !isSettled(receiptOf(each))),
    count: async () => {
      await watch.until('no message waits', settled, { deadlineMs: SETTLED_WITHIN_MS })
      // What was queued in the agent may become a turn of its own after the one that ran.
      const isHeard = (each: Sent) => receiptOf(each)?.status === 'failed' || timesHeard(each) > 0
      await when('the model has got them all', () => sent.every(isHeard), HEARD_WITHIN_MS).catch(() => undefined)
      const counts = { held: held.size, delivered: 0, lost: 0, doubled: 0, failed: 0 }
      for (const each of sent) {
        const times = timesHeard(each)
        const hasFailed = receiptOf(each)?.status === 'failed'
        if (times > 1) counts.doubled += 1
        else if (hasFailed) counts.failed += 1
        else if (times === 0) counts.lost += 1
        else counts.delivered += 1
      }
      return counts
    },
  }
}

function isSettled(receipt: Receipt | undefined): boolean {
  // Finished messages leave the fleet after a while.
  return receipt === undefined || isFinal(receipt.status) || receipt.status === 'submitted'
}

function timesIn(texts: readonly string[], word: string): number {
  return texts.reduce((sum, text) => sum + text.split(word).length - 1, 0)
}
