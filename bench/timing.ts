import { setTimeout } from 'node:timers/promises'

/** Lets a measurement run for so long. Benches measure over time; tests never wait like this. */
export async function during(ms: number): Promise<void> {
  await setTimeout(ms)
}

/** Resolves when `isSo` holds; looks often. */
export async function when(what: string, isSo: () => boolean | Promise<boolean>, deadlineMs = 60_000): Promise<void> {
  const giveUpAt = performance.now() + deadlineMs
  while (!(await isSo())) {
    if (performance.now() > giveUpAt) throw new Error(`waited ${deadlineMs} ms in vain for: ${what}`)
    await setTimeout(10)
  }
}
