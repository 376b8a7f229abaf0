import { execFileSync } from 'node:child_process'
import { type Bench, percentile } from './figures.ts'
import { type BenchHost, startBenchHost } from './rooms.ts'

/** From the start of the program to the first frame with the sessions on it: with a host that runs, and without. */
export const run: Bench = async ({ isQuick }) => {
  const rounds = isQuick ? 3 : 9
  const [warm, cold, bare]: [number[], number[], number[]] = [[], [], []]
  await using host = await startBenchHost()
  await host.shell('painted', 'exec cat')
  for (let round = 0; round < rounds; round += 1) {
    bare.push(await timed(async () => void execFileSync(process.execPath, ['-e', '0'])))
    warm.push(await paintWith(host.openRoom, 'bench/painted'))
  }
  for (let round = 0; round < Math.ceil(rounds / 2); round += 1) {
    await using other = await startBenchHost()
    await other.site.run('host', 'stop')
    cold.push(await paintWith(other.openRoom, 'start a session'))
  }
  const baseline = { name: 'an empty Node program', value: percentile(bare, 0.5), unit: 'ms' }
  return [
    {
      name: 'first frame, host runs',
      value: percentile(warm, 0.5),
      unit: 'ms',
      baseline,
      budget: { atMost: 300 },
      note: 'median',
    },
    {
      name: 'first frame, no host yet',
      value: percentile(cold, 0.5),
      unit: 'ms',
      baseline,
      budget: { atMost: 600 },
      note: 'median',
    },
  ]
}

async function paintWith(openRoom: BenchHost['openRoom'], text: string): Promise<number> {
  const startedAt = performance.now()
  await using room = openRoom()
  return (await room.printed(text)) - startedAt
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}
