import { appendFileSync, renameSync, statSync } from 'node:fs'
import { redactData } from '../core/redact.ts'

/** Longest log file kept; one older file is kept beside it. */
const MAX_LOG_BYTES = 5 * 1024 * 1024

/** The length of the file is looked at again after so much. */
const CHECK_EVERY_BYTES = 64 * 1024

/** Longest text within a line, in characters; what is cut says so. */
const LONGEST_TEXT = 8_000

/** Writes one structured line: what happened, and the data that explains it. */
export type Log = (line: string, data?: Readonly<Record<string, unknown>>) => void

/**
 * A log of NDJSON lines in a 0600 file that is rotated once it is long, without secrets. A full disk costs log lines, never
 * the host.
 */
export function createLog(file: string, now: () => number): Log {
  let unchecked = CHECK_EVERY_BYTES
  let isFailing = false
  return (line, data = {}) => {
    const said = redactData({ at: new Date(now()).toISOString(), line, ...data }, LONGEST_TEXT)
    const entry = `${JSON.stringify(said)}\n`
    try {
      if (unchecked >= CHECK_EVERY_BYTES) {
        rotate(file)
        unchecked = 0
      }
      unchecked += Buffer.byteLength(entry)
      appendFileSync(file, entry, { mode: 0o600 })
      isFailing = false
    } catch (error) {
      // Its standard error may be the same full disk: it is told once.
      if (!isFailing) process.stderr.write(`signalbox: cannot write ${file}: ${String(error)}\n`)
      isFailing = true
    }
  }
}

function rotate(file: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (size > MAX_LOG_BYTES) renameSync(file, `${file}.1`)
}
