import { setTimeout } from 'node:timers/promises'

const LOOK_AGAIN_MS = 25

/** Lets time pass: a soak is about time. */
export async function pass(ms: number): Promise<void> {
  await setTimeout(ms)
}

/** Resolves with the first value that `look` gives; rejects after the deadline. */
export async function until<Value>(
  what: string,
  look: () => Value | undefined | Promise<Value | undefined>,
  deadlineMs: number,
): Promise<Value> {
  const giveUpAt = performance.now() + deadlineMs
  for (;;) {
    const value = await look()
    if (value !== undefined) return value
    if (performance.now() > giveUpAt) throw new Error(`waited ${deadlineMs} ms in vain for: ${what}`)
    await setTimeout(LOOK_AGAIN_MS)
  }
}
