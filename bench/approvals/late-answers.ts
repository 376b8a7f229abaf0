import type { SessionId } from '../../src/core/ids.ts'
import type { Need } from '../../src/core/need.ts'
import { when } from '../timing.ts'
import { type Arena, deny, startIdle, wasRun } from './asking-session.ts'

/** What late answers did. */
export interface LateTally {
  readonly prompts: number
  /** Commands that were run without an answer to their own prompt, and denied ones. */
  readonly wrong: number
  readonly answers: number
  readonly refused: number
}

/** Answers that come too late, each time. */
const AT_ONCE = 10

/**
 * Two prompts in a row: the first is denied, and an "allow" for it is given again and again while the second comes up in its place.
 */
export async function answerLate(
  arena: Arena,
  { backend, rounds }: { readonly backend: string; readonly rounds: number },
): Promise<LateTally> {
  const id = await startIdle(arena, backend, `late-${backend}`)
  let [wrong, refused] = [0, 0]
  for (let round = 0; round < rounds; round += 1) {
    const [denied, allowed] = [`denied-${backend}-${round}`, `allowed-${backend}-${round}`]
    const first = await ask(arena, id, denied)
    await deny(arena, id, first)
    refused += await allowLate(arena, id, first)
    await arena.watch.rests(id)
    const second = await ask(arena, id, allowed)
    refused += await allowLate(arena, id, first)
    const isEarly = wasRun(arena, allowed)
    await arena.host.client.answer(id, second.id, { kind: 'allow' })
    await when('the allowed command was run', () => wasRun(arena, allowed))
    await arena.watch.rests(id)
    wrong += (wasRun(arena, denied) ? 1 : 0) + (isEarly ? 1 : 0)
  }
  await arena.host.client.terminateSession(id, { isForced: true })
  return { prompts: rounds * 2, wrong, answers: rounds * 2 * AT_ONCE, refused }
}

async function ask({ host, watch }: Arena, id: SessionId, file: string): Promise<Need> {
  const before = watch.session(id)?.need
  await host.client.sendMessage(id, { type: 'nudge', body: `RUN touch ${file}`, from: 'operator' })
  return watch.asks(id, before)
}

/** How many of the late answers were refused; what the others did is seen on the disk. */
async function allowLate({ host }: Arena, id: SessionId, gone: Need): Promise<number> {
  const answers = Array.from({ length: AT_ONCE }, () => host.client.answer(id, gone.id, { kind: 'allow' }))
  return (await Promise.allSettled(answers)).filter(({ status }) => status === 'rejected').length
}
