import { writeSync } from 'node:fs'

/** More than this waiting for a program that does not read is dropped: it would never be read, only kept. */
const MAX_PENDING_BYTES = 8 * 1024 * 1024

/** Tries at once before waiting: a program that reads makes room within microseconds. */
const QUICK_TRIES = 20

const FIRST_WAIT_MS = 1
const LONGEST_WAIT_MS = 50

/** Bytes on their way to a program's input. */
export interface InputQueue {
  readonly pendingBytes: number
  /** Takes all of the bytes, or none (false) when too much is waiting already. */
  push(bytes: Uint8Array): boolean
  /** Drops what is waiting. Must be called before the descriptor is closed. */
  close(): void
}

/**
 * Writes to a non-blocking descriptor in order, whatever the sizes. The stream that node-pty keeps would spin inside
 * one write until the program reads, and so stop every other session; here a full terminal is tried again later.
 */
export function createInputQueue(fd: number): InputQueue {
  const waiting: Uint8Array[] = []
  let pendingBytes = 0
  let tries = 0
  let cancel: (() => void) | undefined
  let isClosed = false

  const close = (): void => {
    isClosed = true
    waiting.length = 0
    pendingBytes = 0
    cancel?.()
    cancel = undefined
  }

  const retry = (): void => {
    tries += 1
    if (tries <= QUICK_TRIES) {
      const immediate = setImmediate(flush)
      cancel = () => clearImmediate(immediate)
      return
    }
    const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.floor((tries - QUICK_TRIES - 1) / 8))
    const timer = setTimeout(flush, waitMs)
    cancel = () => clearTimeout(timer)
  }

  const flush = (): void => {
    cancel = undefined
    for (let chunk = waiting[0]; chunk && !isClosed; chunk = waiting[0]) {
      const written = tryWrite(fd, chunk)
      if (written === 'closed') close()
      if (written === 'full') retry()
      if (typeof written === 'string') return
      tries = 0
      pendingBytes -= written
      if (written === chunk.length) waiting.shift()
      else waiting[0] = chunk.subarray(written)
    }
  }

  return {
    get pendingBytes() {
      return pendingBytes
    },
    push(bytes) {
      if (isClosed || pendingBytes + bytes.length > MAX_PENDING_BYTES) return false
      if (bytes.length === 0) return true
      waiting.push(bytes)
      pendingBytes += bytes.length
      if (!cancel && waiting.length === 1) flush()
      return true
    },
    close,
  }
}

function tryWrite(fd: number, bytes: Uint8Array): number | 'full' | 'closed' {
  try {
    return writeSync(fd, bytes)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    return code === 'EAGAIN' || code === 'EINTR' ? 'full' : 'closed'
  }
}
