import { setTimeout } from 'node:timers/promises'

/** Longest wait for anything a test waits for. */
export const DEADLINE_MS = 15_000

const LOOK_AGAIN_MS = 15

/** How long to wait, and what to print when it was in vain. */
export interface Patience {
  readonly deadlineMs?: number
  readonly describe?: () => string
}

/** Resolves with the first value that `look` returns; for what nobody announces: files, processes. */
export async function eventually<Value>(
  what: string,
  look: () => Value | undefined | false | Promise<Value | undefined | false>,
  { deadlineMs = DEADLINE_MS, describe = () => '' }: Patience = {},
): Promise<Value> {
  const giveUpAt = performance.now() + deadlineMs
  for (;;) {
    const lookedAt = performance.now()
    const value = await look()
    if (value !== undefined && value !== false) return value
    if (performance.now() > giveUpAt) throw new Error(`waited ${deadlineMs} ms in vain for: ${what}\n${describe()}`)
    // A look that runs a program or reads all processes must not take the core from what is waited for.
    await setTimeout(Math.max(LOOK_AGAIN_MS, performance.now() - lookedAt))
  }
}
