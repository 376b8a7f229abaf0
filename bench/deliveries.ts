import { type MessageId, messageId, type SessionId } from '../src/core/ids.ts'
import { type FrailFleet, startFrailFleet } from './deliveries/fleet.ts'
import { type Ledger, stuck } from './deliveries/frail-agent.ts'
import { type Random, seeded } from './deliveries/random.ts'
import type { Bench } from './figures.ts'
import { during } from './timing.ts'

const SESSIONS = 20
const SETTLE_MS = 60_000
/** How long the last ones may take from being sent off to being seen. */
const LAST_WORDS_MS = 500
/** Messages that wait at once: the fleet takes some hundred a second. */
const MOST_WAITING = 100

/** What became of all messages of a run. */
interface Report {
  readonly sent: number
  readonly seen: number
  readonly failed: number
  readonly expired: number
  readonly cancelled: number
  readonly submitted: number
  readonly lost: number
  readonly doubled: number
  readonly claimed: number
}

/** Sends to a fleet that is busy, asks, is typed into, crashes and loses its host; every message must be accounted for. */
export const run: Bench = async ({ isQuick }) => {
  const count = isQuick ? 1000 : 10_000
  const random = seeded(20_260_101)
  const ledger: Ledger = { received: new Map(), receipts: new Map(), intoDialog: 0, overDraft: 0 }
  await using fleet = await startFrailFleet(SESSIONS, { ledger, random })
  const bodies = new Map<MessageId, string>()
  const trouble = startTrouble(fleet, random)
  try {
    for (let number = 0; number < count; number += 1) {
      await sendOne(fleet, { number, random, bodies })
      while (waiting(ledger) > MOST_WAITING) await during(5)
      if (number > 0 && number % Math.floor(count / 4) === 0) await trouble.pause(() => fleet.loseHost())
    }
  } finally {
    await trouble.stop()
  }
  await settle(ledger)
  const report = reportOf(bodies, ledger)
  const { sent, seen, failed, expired, cancelled, submitted } = report
  const note = `${sent} sent: ${seen} seen, ${failed} failed and say why, ${expired} expired, ${cancelled} taken back, ${submitted} sent off and never confirmed`
  const none = { unit: '', budget: { atMost: 0 } } as const
  return [
    { name: 'messages lost', value: report.lost, ...none, note },
    { name: 'messages that arrived twice', value: report.doubled, ...none },
    { name: 'messages said to be seen that were not', value: report.claimed, ...none },
    { name: 'keys typed into a dialog', value: ledger.intoDialog, ...none },
    { name: 'texts pasted over a draft', value: ledger.overDraft, ...none },
  ]
}

interface Sending {
  readonly number: number
  readonly random: Random
  readonly bodies: Map<MessageId, string>
}

async function sendOne(fleet: FrailFleet, { number, random, bodies }: Sending): Promise<void> {
  const { host } = fleet.host()
  const id = fleet.ids[Math.floor(random() * fleet.ids.length)]
  if (id === undefined) return
  const body = `message ${number}`
  const message = {
    id: messageId(`MESSAGE-${number}`),
    type: 'nudge' as const,
    body,
    priority: Math.floor(random() * 3),
    ...(random() < 0.05 ? { expiresInMs: 40 } : {}),
  }
  const receipt = await host.sendMessage(id, message).catch(() => undefined)
  // A session that has just crashed takes none: that is said at once, and nothing is accepted.
  if (receipt === undefined) return
  bodies.set(receipt.id, body)
  // Sent twice by an impatient script: it is one message.
  if (random() < 0.1) await host.sendMessage(id, message).catch(() => undefined)
  if (random() < 0.03) await host.cancelMessage(receipt.id).catch(() => undefined)
}

interface Trouble {
  /** Does something while there is none. */
  pause(act: () => Promise<void>): Promise<void>
  stop(): Promise<void>
}

/** Dialogs, drafts and crashes at random, until it is stopped; each ends by itself. */
function startTrouble(fleet: FrailFleet, random: Random): Trouble {
  let isOver = false
  let isPaused = false
  const ends = new Set<Promise<void>>()
  const loop = (async () => {
    while (!isOver) {
      await during(2)
      const id = fleet.ids[Math.floor(random() * fleet.ids.length)]
      if (isPaused || id === undefined) continue
      const end = strike(fleet, id, random)
      ends.add(end)
      void end.finally(() => ends.delete(end))
    }
  })()
  const quiet = () => Promise.all([...ends])
  return {
    async pause(act) {
      isPaused = true
      await quiet()
      await act()
      isPaused = false
    },
    async stop() {
      isOver = true
      await loop
      await quiet()
    },
  }
}

async function strike(fleet: FrailFleet, id: SessionId, random: Random): Promise<void> {
  const { host } = fleet.host()
  const agent = fleet.agentOf(id)
  const kind = random()
  if (!agent.isAlive) return
  if (kind < 0.55) {
    agent.setDialog(true)
    await during(5 + random() * 40)
    agent.setDialog(false)
  } else if (kind < 0.97) {
    host.type(id, Buffer.from('half a thought'))
    agent.setDraft(true)
    await during(5 + random() * 40)
    while (agent.isAsking) await during(2)
    // Its prompt went with it: this Enter would hit the prompt of the next one, which another draft may be in.
    if (!agent.isAlive) return
    agent.setDraft(false)
    host.type(id, Buffer.from('\r'))
  } else {
    agent.crash()
    await during(5)
    await host.resume(id).catch(() => undefined)
  }
}

async function settle(ledger: Ledger): Promise<void> {
  const end = Date.now() + SETTLE_MS
  while (waiting(ledger) > 0) {
    if (Date.now() > end) stuck(`${waiting(ledger)} messages still wait`)
    await during(20)
  }
  await during(LAST_WORDS_MS)
}

function waiting({ receipts }: Ledger): number {
  // Sent off without a word of the agent is an end too: the operator took the text out of the prompt.
  return [...receipts.values()].filter(({ status }) => status === 'queued' || status === 'injected').length
}

function reportOf(bodies: Sending['bodies'], { received, receipts }: Ledger): Report {
  const counts = { seen: 0, failed: 0, expired: 0, cancelled: 0, submitted: 0, lost: 0, doubled: 0, claimed: 0 }
  for (const [id, body] of bodies) {
    const times = received.get(body) ?? 0
    const status = receipts.get(id)?.status
    if (times > 1) counts.doubled += 1
    if (status === 'seen' && times === 0) counts.claimed += 1
    if (status === undefined || status === 'queued' || status === 'injected') counts.lost += 1
    else counts[status] += 1
  }
  return { sent: bodies.size, ...counts }
}
