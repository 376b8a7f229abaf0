import type { SessionId } from '../../src/core/ids.ts'
import { during, when } from '../timing.ts'
import { type Arena, deny, startIdle, wasRun } from './asking-session.ts'
import { createMailbag } from './mailbag.ts'
import { NOTHING, sumOf, type Tally } from './tally.ts'

/** How many trials are made, in how many sessions. */
export interface CrossingPlan {
  readonly sessions: number
  readonly trialsOfEach: number
}

/** A message is sent so long before the operator's Enter at the earliest, and so long after it at the latest. */
const BEFORE_MS = 200
const AFTER_MS = 600

/**
 * Messages for the turn boundary that meet the operator's own prompt, which asks for permission at once: the operator's unsent
 * text is gone, the agent still says that it is idle, and the dialog is about to come up.
 */
export async function cross(arena: Arena, { sessions, trialsOfEach }: CrossingPlan): Promise<Tally> {
  const names = Array.from({ length: sessions }, (_, at) => `crossing-${at}`)
  const ids = await Promise.all(names.map((name) => startIdle(arena, 'claude', name)))
  const bag = createMailbag(arena)
  const tallies = await Promise.all(
    ids.map(async (id, at) => {
      const found: Tally[] = []
      for (let trial = 0; trial < trialsOfEach; trial += 1) {
        found.push(await crossOnce(arena, { id, file: `never-${names[at]}-${trial}`, bag }))
      }
      return sumOf(found)
    }),
  )
  const counted = await bag.count()
  for (const id of ids) await arena.host.client.terminateSession(id, { isForced: true })
  return { ...sumOf(tallies), ...counted }
}

interface Trial {
  readonly id: SessionId
  readonly file: string
  readonly bag: ReturnType<typeof createMailbag>
}

async function crossOnce(arena: Arena, { id, file, bag }: Trial): Promise<Tally> {
  const { host, watch, random } = arena
  const prompt = `RUN touch ${file}`
  // Two who type at the same moment type into one line; that is another matter.
  await watch.until('nothing is being typed', () => (bag.isUnderWay(id) ? undefined : true))
  await watch.rests(id)
  const before = watch.session(id)?.need
  host.client.type(id, Buffer.from(prompt))
  await when('the prompt is in the box', async () => (await host.client.screen(id)).lines.join('\n').includes(prompt))
  const sending = during(random.between(0, BEFORE_MS + AFTER_MS)).then(() => bag.send([id], 'boundary'))
  await during(BEFORE_MS)
  host.client.type(id, Buffer.from('\r'))
  const need = await watch.asks(id, before)
  await during(random.between(0, AFTER_MS))
  bag.noteWaiting(id)
  const isAnswered = await deny(arena, id, need)
  await sending
  await watch.rests(id)
  return { ...NOTHING, trials: 1, wrong: wasRun(arena, file) ? 1 : 0, vanished: isAnswered ? 0 : 1 }
}
