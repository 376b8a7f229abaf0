import { readFileSync } from 'node:fs'

/**
 * Whether the shell has given the terminal to this process. A process in the background that sets the terminal is
 * stopped by the kernel (SIGTTOU), also on its way out, and then stays for ever. True where the system has no /proc.
 */
export function isInForeground(): boolean {
  const stat = readStat()
  if (stat === undefined) return true
  // proc(5): the name in brackets may hold anything; state, parent, group, session, terminal, its foreground group follow.
  const [, , group, , , foregroundGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
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
