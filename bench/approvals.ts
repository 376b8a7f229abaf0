import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { SessionId } from '../src/core/ids.ts'
import type { Need } from '../src/core/need.ts'
import { startLab } from '../test/harness/lab.ts'
import type { Bench } from './figures.ts'
import { type BenchHost, startBenchHost } from './rooms.ts'
import { when } from './timing.ts'

/**
 * Permissions of the real Opencode, two in a row: the first is denied, and an "allow" for it is sent again and again while the
 * second appears. Whatever was done without its own "allow" counts as wrong.
 */
export const run: Bench = async ({ isQuick }) => {
  const rounds = isQuick ? 3 : 20
  await using lab = await startLab()
  await using host = await startBenchHost(lab.env)
  const counts = { wrong: 0, refused: 0 }
  for (let round = 0; round < rounds; round += 1) {
    const outcome = await answerRound(host, { round, project: lab.project })
    counts.wrong += outcome.wrong
    counts.refused += outcome.refused
  }
  return [
    {
      name: `wrong approvals, of ${rounds * 2} questions`,
      value: counts.wrong,
      unit: '',
      budget: { atMost: 0 },
      note: `${counts.refused} of ${rounds * 20} late answers refused`,
    },
  ]
}

async function answerRound(host: BenchHost, { round, project }: { readonly round: number; readonly project: string }) {
  const [denied, allowed] = [`denied-${round}`, `allowed-${round}`]
  const { client } = host
  const id = await client.spawnSession({
    backend: 'opencode',
    role: 'crew',
    rig: 'bench',
    agentName: `asks-${round}`,
    workDir: project,
    prompt: `RUN touch ${denied}`,
  })
  const first = await needOf(host, id)
  await client.answer(id, first.id, { kind: 'deny' })
  let refused = await lateAnswers(host, id, first)
  await client.sendMessage(id, { type: 'nudge', body: `RUN touch ${allowed}`, from: 'operator' })
  const second = await needOf(host, id, first)
  refused += await lateAnswers(host, id, first)
  const isEarly = existsSync(join(project, allowed))
  await client.answer(id, second.id, { kind: 'allow' })
  await when('the allowed command was run', () => existsSync(join(project, allowed)))
  await client.terminateSession(id, { isForced: true })
  const wrong = (existsSync(join(project, denied)) ? 1 : 0) + (isEarly ? 1 : 0)
  return { wrong, refused }
}

/** How many answers to a question that is gone were refused; the others are what the caller then finds on the disk. */
async function lateAnswers({ client }: BenchHost, id: SessionId, gone: Need): Promise<number> {
  const answers = Array.from({ length: 10 }, () => client.answer(id, gone.id, { kind: 'allow' }))
  return (await Promise.allSettled(answers)).filter(({ status }) => status === 'rejected').length
}

async function needOf({ client, site }: BenchHost, id: SessionId, before?: Need): Promise<Need> {
  let need: Need | undefined
  const asks = async (): Promise<boolean> => {
    const now = (await client.getSession(id)).need
    need = now?.id === before?.id ? undefined : now
    return need !== undefined
  }
  await when('the session asks', asks, 30_000).catch(async (error: unknown) => {
    const { lines } = await client.screen(id)
    throw new Error(`${String(error)}\n${lines.join('\n').trim()}\n${site.hostLog()}`)
  })
  if (need === undefined) throw new Error('the session asks nothing')
  return need
}
