import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

/** CPU seconds a process has used, its waited-for children aside. 0 when it is gone. */
export function cpuSeconds(pid: number): number {
  const fields = statFields(pid)
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS_PER_SECOND
}

/** CPU seconds of the children that a process has waited for: every program it ran and forgot. */
export function childSeconds(pid: number): number {
  const fields = statFields(pid)
  return (Number(fields[13] ?? 0) + Number(fields[14] ?? 0)) / TICKS_PER_SECOND
}

/** MB of memory that belong to a process: shared pages count in parts. */
export function pssMb(pid: number): number {
  return kilobytes(`/proc/${pid}/smaps_rollup`, 'Pss') / 1024
}

/**
 * MB of memory of processes that run the same program, its code counted once. PSS would be less the more other Node programs
 * happen to run on the machine.
 */
export function sharedProgramMb(pids: readonly number[]): number {
  const of = (field: string): readonly number[] => pids.map((pid) => kilobytes(`/proc/${pid}/status`, field) / 1024)
  return of('RssAnon').reduce((sum, part) => sum + part, 0) + Math.max(...of('RssFile'))
}

/** A process and all its descendants. */
export function processTree(pid: number): readonly number[] {
  const parents = new Map<number, number[]>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const parent = Number(statFields(Number(name))[1] ?? -1)
    parents.set(parent, [...(parents.get(parent) ?? []), Number(name)])
  }
  const found = [pid]
  for (const each of found) found.push(...(parents.get(each) ?? []))
  return found
}

/** How many processes the machine has started since it was booted. */
export function forksOfMachine(): number {
  return Number(/^processes (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1] ?? 0)
}

/** The share of one core, in percent, that these processes use while `work` runs. */
export async function cpuPercent(pids: readonly number[], work: () => Promise<unknown>): Promise<number> {
  const total = (): number => pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0)
  const before = total()
  const startedAt = performance.now()
  await work()
  return ((total() - before) / ((performance.now() - startedAt) / 1000)) * 100
}

/** Fields of /proc/PID/stat after the name: 0 is the state, 1 the parent. */
function statFields(pid: number): readonly string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    // The process is gone.
    return []
  }
}

function kilobytes(file: string, field: string): number {
  try {
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(file, 'utf8'))?.[1] ?? 0)
  } catch {
    // The process is gone.
    return 0
  }
}
