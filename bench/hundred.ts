import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cpuPercent, pssMb } from './cost.ts'
import type { Bench } from './figures.ts'
import { startNoise } from './noise.ts'
import { type BenchHost, startBenchHost } from './rooms.ts'
import { during, when } from './timing.ts'

const SIZE = { cols: 120, rows: 40 }

/** A hundred sessions that print 50 kB/s each, nobody watching: the share of a core, and how late the host's loop is. */
export const run: Bench = async ({ isQuick }) => {
  const panes = isQuick ? 40 : 100
  const forMs = isQuick ? 4000 : 10_000
  await using noise = await startNoise({ panes, kilobytesPerSecond: 50, kind: 'plain', size: SIZE })
  const probe = join(import.meta.dirname, 'loop-probe.mjs')
  await using host = await startBenchHost({ NODE_OPTIONS: `--import=${probe}` })
  await raiseLimit(host, panes)
  for (const [index, command] of noise.commands.entries()) await host.shell(`loud-${index}`, command, SIZE)
  await during(2000)
  const file = join(host.site.folder, 'tmp', `loop-${host.pid}.json`)
  process.kill(host.pid, 'SIGUSR2')
  const cpu = await cpuPercent([host.pid], () => during(forMs))
  process.kill(host.pid, 'SIGUSR2')
  await when('the loop was written down', () => readLoop(file)?.round === 2)
  const loop = readLoop(file)
  const share = panes / 100
  return [
    {
      name: `${panes} sessions × 50 kB/s: CPU of the host`,
      value: cpu,
      unit: '% of a core',
      budget: { atMost: 60 * share },
      note: `${pssMb(host.pid).toFixed(0)} MB`,
    },
    {
      name: `${panes} sessions × 50 kB/s: lateness of the loop, p99`,
      value: loop?.p99Ms ?? Number.NaN,
      unit: 'ms',
      budget: { atMost: 10 },
      note: `longest ${loop?.maxMs.toFixed(0)} ms`,
    },
  ]
}

/** As an operator does who wants more sessions than are usual. */
async function raiseLimit({ site }: BenchHost, shell: number): Promise<void> {
  const settings = { type: 'town-settings', version: 1, pool: { limits: { shell } } }
  mkdirSync(join(site.project, 'settings'))
  writeFileSync(join(site.project, 'settings/config.json'), JSON.stringify(settings))
  await site.run('config', 'trust')
}

interface Loop {
  readonly round: number
  readonly p99Ms: number
  readonly maxMs: number
}

function readLoop(file: string): Loop | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Loop
  } catch {
    // Not written yet, or just being written.
    return undefined
  }
}
