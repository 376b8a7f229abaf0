import { readFileSync } from 'node:fs'

/** Fields 3 and 22 of /proc/PID/stat counted from the field behind the name, which may hold spaces and parentheses. */
const STATE_INDEX = 0
const START_TIME_INDEX = 22 - 3

/** Ended, and only waiting for its parent to take notice: where the first process of a container never does, that is for good. */
const ZOMBIE = 'Z'

/**
 * When a process started, as the system counts it; with the pid it names one process for good. Undefined where the system
 * does not tell, and for a process that is gone.
 */
export function processStart(pid: number): string | undefined {
  return statOf(pid)?.[START_TIME_INDEX]
}

function statOf(pid: number): readonly string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    // No such process, or a system without /proc: both mean that nothing is known.
    return undefined
  }
}

/** Whether this very process still runs: the pid is alive and, where the system tells, was not given to another one. */
export function isProcessAlive(pid: number, start: string | undefined): boolean {
  if (!isPidTaken(pid)) return false
  const stat = statOf(pid)
  if (stat?.[STATE_INDEX] === ZOMBIE) return false
  const current = stat?.[START_TIME_INDEX]
  return start === undefined || current === undefined || current === start
}

function isPidTaken(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Another user's process exists as well.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
