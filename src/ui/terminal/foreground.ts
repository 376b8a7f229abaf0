import { readFileSync } from 'node:fs'
import { parseProcessStat } from '../../core/process-stat.ts'

/**
 * Whether the shell has given the terminal to this process. A process in the background that sets the terminal is
 * stopped by the kernel (SIGTTOU), also on its way out, and then stays for ever. True where the system has no /proc.
 */
export function isInForeground(): boolean {
  const stat = readStat()
  if (stat === undefined) return true
  const { group, foregroundGroup } = parseProcessStat(stat)
  return group === foregroundGroup
}

function readStat(): string | undefined {
  try {
    return readFileSync('/proc/self/stat', 'latin1')
  } catch {
    // Not Linux.
    return undefined
  }
}
