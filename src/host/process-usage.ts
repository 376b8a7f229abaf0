import { readFile } from 'node:fs/promises'
import type { SessionId } from '../core/ids.ts'
import { parseProcessStat } from '../core/process-stat.ts'
import { findSessionProcesses } from './terminal/process-tree.ts'

/** What the processes of one session take. */
export interface ProcessUsage {
  readonly memoryBytes: number
  /** Processor cores kept busy since the look before; on the first look, since the processes began. */
  readonly cpuCores: number
}

/** A session as far as its processes are to be found. */
export interface SampledSession {
  readonly id: SessionId
  readonly pid: number | undefined
}

/** Looks at the processes of sessions; several who ask within ten seconds share one look, and nobody who asks costs nothing. */
export type ProcessSampler = (sessions: readonly SampledSession[]) => Promise<ReadonlyMap<SessionId, ProcessUsage>>

const LOOK_AGAIN_MS = 10_000

/** Clock ticks per second in /proc: the same on every Linux. */
const TICKS = 100

interface Look {
  readonly atMs: number
  readonly usage: ReadonlyMap<SessionId, ProcessUsage>
  /** Seconds of processor time by process. */
  readonly cpu: ReadonlyMap<number, number>
}

/** A sampler; `now` in milliseconds of a clock that never jumps. Where there is no /proc it finds nothing. */
export function createProcessSampler(now: () => number): ProcessSampler {
  let last: Look | undefined
  let looking: Promise<Look> | undefined
  return async (sessions) => {
    if (last !== undefined && now() - last.atMs < LOOK_AGAIN_MS) return last.usage
    looking ??= look(sessions, last, now).finally(() => {
      looking = undefined
    })
    last = await looking
    return last.usage
  }
}

async function look(sessions: readonly SampledSession[], before: Look | undefined, now: () => number): Promise<Look> {
  const atMs = now()
  const uptime = await uptimeSeconds()
  const cpu = new Map<number, number>()
  const usage = await Promise.all(
    sessions.map(async ({ id, pid }): Promise<readonly (readonly [SessionId, ProcessUsage])[]> => {
      const processes = await findSessionProcesses({ leader: pid, marker: id })
      const read = (await Promise.all(processes.map((each) => readProcess(each.pid, uptime)))).flat()
      if (read.length === 0) return []
      for (const each of read) cpu.set(each.pid, each.cpuSeconds)
      const memoryBytes = read.reduce((sum, each) => sum + each.memoryBytes, 0)
      const cpuCores = read.reduce((sum, each) => sum + coresOf(each, before, atMs), 0)
      return [[id, { memoryBytes, cpuCores }]]
    }),
  )
  return { atMs, usage: new Map(usage.flat()), cpu }
}

interface ReadProcess {
  readonly pid: number
  readonly memoryBytes: number
  readonly cpuSeconds: number
  readonly ageSeconds: number
}

function coresOf({ pid, cpuSeconds, ageSeconds }: ReadProcess, before: Look | undefined, atMs: number): number {
  const known = before?.cpu.get(pid)
  if (before === undefined || known === undefined) return ageSeconds > 0 ? cpuSeconds / ageSeconds : 0
  return Math.max(0, cpuSeconds - known) / Math.max(0.001, (atMs - before.atMs) / 1000)
}

async function readProcess(pid: number, uptime: number): Promise<readonly ReadProcess[]> {
  try {
    const [stat, status] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'latin1'),
      readFile(`/proc/${pid}/status`, 'latin1'),
    ])
    const { cpuTicks, start } = parseProcessStat(stat)
    const memoryBytes = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024
    return [{ pid, memoryBytes, cpuSeconds: cpuTicks / TICKS, ageSeconds: uptime - Number(start) / TICKS }]
  } catch {
    // It ended while we were looking.
    return []
  }
}

async function uptimeSeconds(): Promise<number> {
  // Without /proc there are no processes to be found either.
  const text = await readFile('/proc/uptime', 'latin1').catch(() => '0')
  return Number(text.split(' ')[0])
}
