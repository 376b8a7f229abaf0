import { readdirSync, readFileSync } from 'node:fs'
import { parseProcessStat } from '../../src/core/process-stat.ts'

/** A live process, in words. */
export interface FoundProcess {
  readonly pid: number
  readonly command: string
  /** State, signals and place of waiting, as the kernel tells them. */
  readonly state: string
}

/** The processes, this one aside, whose environment contains this text. Zombies have none and are left out. */
export function processesWith(text: string): readonly FoundProcess[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.flatMap((name) => {
    const pid = Number(name)
    if (pid === process.pid || !read(`/proc/${name}/environ`).includes(text)) return []
    return [{ pid, command: read(`/proc/${name}/cmdline`).replaceAll('\0', ' ').trim(), state: stateOf(name) }]
  })
}

function stateOf(name: string): string {
  const lines = read(`/proc/${name}/status`).split('\n')
  const wanted = lines.filter((line) => /^(State|PPid|SigBlk|SigPnd|ShdPnd):/.test(line))
  return [...wanted, `wchan: ${read(`/proc/${name}/wchan`)}`].join(' ').replaceAll('\t', ' ')
}

/** Whether a process is there and not just a zombie. */
export function isRunning(pid: number): boolean {
  const stat = read(`/proc/${pid}/stat`)
  return stat !== '' && !parseProcessStat(stat).isZombie
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // The process has ended meanwhile, or is another user's: no text to look at.
    return ''
  }
}
