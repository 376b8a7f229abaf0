import { readFileSync, statSync } from 'node:fs'

/** Lines of a log that are shown with a failure. */
const LINES = 5

/** Where a log ends now, in bytes; 0 when there is none. */
export function logMark(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}

/** The last lines that were written behind a mark. */
export function logSince(file: string, mark: number): readonly string[] {
  try {
    const bytes = readFileSync(file)
    const added = bytes.subarray(bytes.byteLength >= mark ? mark : 0).toString('utf8')
    return added.split('\n').filter(Boolean).slice(-LINES)
  } catch {
    // No log was written: there is nothing to show.
    return []
  }
}
