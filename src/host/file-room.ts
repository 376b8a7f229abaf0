import { readdirSync, readFileSync } from 'node:fs'
import { fail } from '../core/errors.ts'

/** Files that the host keeps free for clients that connect, its journal and its log: without them nobody could even stop it. */
const RESERVED_FILES = 24

/** Fails with `host.out-of-files` when another session would leave too few; where the system does not tell, nothing is checked. */
export function checkFileRoom(): void {
  const limit = fileLimit()
  const open = openFiles()
  if (limit === undefined || open === undefined || open + RESERVED_FILES <= limit) return
  fail('host.out-of-files', { open, limit })
}

function fileLimit(): number | undefined {
  const most = /^Max open files\s+(\d+)/m.exec(read('/proc/self/limits'))?.[1]
  return most === undefined ? undefined : Number(most)
}

function openFiles(): number | undefined {
  try {
    return readdirSync('/proc/self/fd').length
  } catch {
    // No /proc.
    return undefined
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // No /proc.
    return ''
  }
}
