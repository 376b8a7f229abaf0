import { readFileSync } from 'node:fs'
import { type ProcessStat, parseProcessStat } from '../core/process-stat.ts'

/**
 * When a process started, as the system counts it; with the pid it names one process for good. Undefined where the system
 * does not tell, and for a process that is gone.
 */
export function processStart(pid: number): string | undefined {
  return statOf(pid)?.start
}

function statOf(pid: number): ProcessStat | undefined {
  try {
    return parseProcessStat(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    // No such process, or a system without /proc: both mean that nothing is known.
    return undefined
  }
}

/** Whether this very process still runs: the pid is alive and, where the system tells, was not given to another one. */
export function isProcessAlive(pid: number, start: string | undefined): boolean {
  if (!isPidTaken(pid)) return false
  const stat = statOf(pid)
  if (stat?.isZombie) return false
  return start === undefined || stat === undefined || stat.start === start
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
