import { cpuPercent } from './cost.ts'
import type { Bench } from './figures.ts'
import { startNoise } from './noise.ts'
import { startBenchHost } from './rooms.ts'
import { during } from './timing.ts'
import { startTmux, tmuxVersion } from './tmux.ts'

const NOISE = { panes: 12, kilobytesPerSecond: 12.5, kind: 'agent', size: { cols: 64, rows: 13 } } as const

/** CPU in percent of a core and bytes a second to the terminal. */
interface Cost {
  readonly cpu: number
  readonly parts: readonly number[]
  readonly bytesPerSecond: number
}

/** Twelve agents that print 150 kB/s together, all on the screen, by us and by tmux in turns. */
export const run: Bench = async ({ isQuick }) => {
  const forMs = isQuick ? 4000 : 8000
  const rounds = isQuick ? 1 : 3
  const ours: Cost[] = []
  const tmux: Cost[] = []
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await measureRoom(forMs))
    if (tmuxVersion() !== undefined) tmux.push(await measureTmux(forMs))
  }
  const [room, rival] = [mean(ours), mean(tmux)]
  const parts = `host ${room.parts[0]?.toFixed(1)}, room ${room.parts[1]?.toFixed(1)}`
  return [
    {
      name: '12 busy panes: CPU of host + room',
      value: room.cpu,
      unit: '% of a core',
      baseline: { name: 'tmux server + client', value: rival.cpu },
      isRatio: true,
      budget: { atMost: 0.95 },
      note: parts,
    },
    {
      name: '12 busy panes: bytes to the terminal',
      value: room.bytesPerSecond / 1000,
      unit: 'kB/s',
      baseline: { name: 'tmux', value: rival.bytesPerSecond / 1000 },
      isRatio: true,
      budget: { atMost: 0.6 },
    },
  ]
}

async function measureRoom(forMs: number): Promise<Cost> {
  await using noise = await startNoise(NOISE)
  await using host = await startBenchHost()
  for (const [index, command] of noise.commands.entries()) await host.shell(`busy-${index}`, command, NOISE.size)
  await using room = host.openRoom()
  await room.printed('bench/busy-')
  room.write('g')
  await during(3000)
  return await measure([host.pid, room.pid], room, forMs)
}

async function measureTmux(forMs: number): Promise<Cost> {
  await using noise = await startNoise(NOISE)
  await using tmux = await startTmux(noise.commands)
  await during(3000)
  return await measure(tmux.pids, tmux.outer, forMs)
}

async function measure(pids: readonly number[], outer: { readonly bytes: number }, forMs: number): Promise<Cost> {
  const before = outer.bytes
  const parts: number[] = []
  await Promise.all(
    pids.map(async (pid, index) => {
      parts[index] = await cpuPercent([pid], () => during(forMs))
    }),
  )
  const cpu = parts.reduce((sum, part) => sum + part, 0)
  return { cpu, parts, bytesPerSecond: (outer.bytes - before) / (forMs / 1000) }
}

function mean(costs: readonly Cost[]): Cost {
  const of = (pick: (cost: Cost) => number): number => costs.reduce((sum, cost) => sum + pick(cost), 0) / costs.length
  return {
    cpu: of((cost) => cost.cpu),
    parts: [0, 1].map((index) => of((cost) => cost.parts[index] ?? 0)),
    bytesPerSecond: of((cost) => cost.bytesPerSecond),
  }
}
