import { readdirSync } from 'node:fs'
import { pssMb } from '../../bench/cost.ts'
import { pass } from './until.ts'

/** What a host process uses, at one moment. */
export interface Use {
  readonly atSeconds: number
  readonly megabytes: number
  readonly descriptors: number
}

const EVERY_MS = 5000

/** Notes what a process uses until the signal aborts. */
export async function watchUse(pid: number, signal: AbortSignal): Promise<readonly Use[]> {
  const startedAt = performance.now()
  const uses: Use[] = []
  while (!signal.aborted) {
    const atSeconds = (performance.now() - startedAt) / 1000
    uses.push({ atSeconds, megabytes: pssMb(pid), descriptors: descriptorsOf(pid) })
    await pass(EVERY_MS)
  }
  return uses
}

/** Growth in an hour, by the straight line that fits best; the first part of the time is left out, in which caches fill. */
export function growthPerHour(uses: readonly Use[], of: 'megabytes' | 'descriptors'): number {
  const steady = uses.slice(Math.floor(uses.length / 3))
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [x, y] = [mean(steady.map(({ atSeconds }) => atSeconds)), mean(steady.map((use) => use[of]))]
  const spread = steady.reduce((sum, { atSeconds }) => sum + (atSeconds - x) ** 2, 0)
  const slope = steady.reduce((sum, use) => sum + (use.atSeconds - x) * (use[of] - y), 0) / spread
  return Number.isFinite(slope) ? slope * 3600 : 0
}

/** The least memory in each tenth of the time: what is kept, as far as garbage lets it be seen. */
export function leastOfTenths(uses: readonly Use[]): readonly number[] {
  return Array.from({ length: 10 }, (_, tenth) => {
    const part = uses.slice(Math.floor((uses.length * tenth) / 10), Math.floor((uses.length * (tenth + 1)) / 10))
    return Math.round(Math.min(...part.map(({ megabytes }) => megabytes)))
  }).filter(Number.isFinite)
}

function descriptorsOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length
  } catch {
    // The process is gone.
    return 0
  }
}
