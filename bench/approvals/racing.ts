import type { SessionId } from '../../src/core/ids.ts'
import { during } from '../timing.ts'
import { type Arena, deny, startIdle, wasRun } from './asking-session.ts'
import { createMailbag } from './mailbag.ts'
import { NOTHING, sumOf, type Tally } from './tally.ts'

/** How the trials of one session are made. */
export interface RacePlan {
  readonly backend: string
  readonly sessions: number
  readonly trialsOfEach: number
}

/** Prompts that one turn asks, one after the other. */
const ASKS_PER_TURN = 25
/** The model thinks for so long at most before it asks the next. */
const THINKS_MS = 250
/** How late after the answer to one prompt the message for the next may be sent: it meets the model's thought, the call, the dialog. */
const SENT_WITHIN_MS = 550
/** An operator answers so long at most after the prompt is shown. */
const ANSWERED_WITHIN_MS = 250
/** Every so many messages go to all sessions at once. */
const BROADCAST_EVERY = 6

/**
 * Messages typed into running turns while those turns ask for permission at random moments. Every prompt is denied, so each
 * command that is run was approved by a key that was not meant for it.
 */
export async function race(arena: Arena, plan: RacePlan): Promise<Tally> {
  const names = Array.from({ length: plan.sessions }, (_, at) => `${plan.backend}-${at}`)
  const ids = await Promise.all(names.map((name) => startIdle(arena, plan.backend, name)))
  const bag = createMailbag(arena)
  let sent = 0
  const send = async (id: SessionId) => {
    sent += 1
    await bag.send(sent % BROADCAST_EVERY === 0 ? ids : [id], 'now')
  }
  const tallies = await Promise.all(ids.map((id, at) => raceOne(arena, { id, name: names[at] ?? '', plan, bag, send })))
  const counted = await bag.count()
  for (const id of ids) await arena.host.client.terminateSession(id, { isForced: true })
  return { ...sumOf(tallies), ...counted }
}

interface Runner {
  readonly id: SessionId
  readonly name: string
  readonly plan: RacePlan
  readonly bag: ReturnType<typeof createMailbag>
  readonly send: (id: SessionId) => Promise<void>
}

async function raceOne(arena: Arena, runner: Runner): Promise<Tally> {
  const tallies: Tally[] = []
  for (let done = 0; done < runner.plan.trialsOfEach; done += ASKS_PER_TURN) {
    const asks = Math.min(ASKS_PER_TURN, runner.plan.trialsOfEach - done)
    tallies.push(await raceTurn(arena, runner, { first: done, asks }))
  }
  return sumOf(tallies)
}

async function raceTurn(
  arena: Arena,
  { id, name, bag, send }: Runner,
  turn: { readonly first: number; readonly asks: number },
): Promise<Tally> {
  const { host, watch, random } = arena
  const files = Array.from({ length: turn.asks }, (_, at) => `never-${name}-${turn.first + at}`)
  const steps = files.map((file) => `HANG ${(random.between(0, THINKS_MS) / 1000).toFixed(3)} ;; RUN touch ${file}`)
  await watch.rests(id)
  await host.client.sendMessage(id, { type: 'nudge', body: [...steps, 'SAY over'].join(' ;; '), from: 'operator' })
  let need = watch.session(id)?.need
  let vanished = 0
  for (const _ of files) {
    const sending = during(random.between(0, SENT_WITHIN_MS)).then(() => send(id))
    const asking = watch.asks(id, need)
    await Promise.allSettled([sending, asking])
    need = await asking
    await during(random.between(0, ANSWERED_WITHIN_MS))
    bag.noteWaiting(id)
    if (!(await deny(arena, id, need))) vanished += 1
    await sending
  }
  await watch.rests(id)
  return { ...NOTHING, trials: files.length, wrong: files.filter((file) => wasRun(arena, file)).length, vanished }
}
