import type { Schedule } from '../../../src/ui/terminal/input.ts'

/** A clock that stands still until a test runs what waits on it. */
export function createManualClock() {
  const waiting = new Map<() => void, number>()
  const schedule: Schedule = (callback, delayMs) => {
    const entry = () => callback()
    waiting.set(entry, delayMs)
    return () => {
      waiting.delete(entry)
    }
  }
  return {
    schedule,
    delays: () => [...waiting.values()],
    /** Runs what waits, and what that makes wait, until nothing does. */
    runAll(): void {
      while (waiting.size > 0) {
        const [entry] = waiting.keys()
        waiting.delete(entry!)
        entry!()
      }
    },
  }
}

/** Bytes of a text, for input. */
export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
