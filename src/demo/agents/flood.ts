import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { setImmediate as yieldToInput } from 'node:timers/promises'

const kilobyte = `${'flood '.repeat(13)}\r\n`.repeat(12).padEnd(1022, '.').concat('\r\n')

/** Writes so many kilobytes as fast as the stream takes them. Rejects when the signal fires. */
export async function flood(stream: Writable, kilobytes: number, signal: AbortSignal): Promise<void> {
  for (let sent = 0; sent < kilobytes; sent += 1) {
    signal.throwIfAborted()
    if (!stream.write(kilobyte)) await once(stream, 'drain', { signal })
    // A terminal takes every write at once: without a pause no key would ever be read.
    if (sent % 64 === 63) await yieldToInput()
  }
}
