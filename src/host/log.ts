import { appendFileSync, renameSync, statSync } from 'node:fs'

/** Longest log file kept; one older file is kept beside it. */
const MAX_LOG_BYTES = 5 * 1024 * 1024
const CHECK_EVERY_LINES = 200

/** Writes one structured line: what happened, and the data that explains it. */
export type Log = (line: string, data?: Readonly<Record<string, unknown>>) => void

/** A log of NDJSON lines in a 0600 file that is rotated once it is long. A full disk costs log lines, never the host. */
export function createLog(file: string, now: () => number): Log {
  let lines = 0
  return (line, data = {}) => {
    const entry = JSON.stringify({ at: new Date(now()).toISOString(), line, ...data })
    try {
      if (lines % CHECK_EVERY_LINES === 0) rotate(file)
      lines += 1
      appendFileSync(file, `${entry}\n`, { mode: 0o600 })
    } catch (error) {
      process.stderr.write(`signalbox: cannot write ${file}: ${String(error)}\n`)
    }
  }
}

function rotate(file: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (size > MAX_LOG_BYTES) renameSync(file, `${file}.1`)
}
