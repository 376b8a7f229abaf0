import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Random } from '../../bench/random.ts'
import type { Town } from './town.ts'

const PAGE_BYTES = 4096

/** What was left of the sessions after the end of the journal was destroyed. */
export interface TailReport {
  readonly destroyedBytes: number
  readonly sessionsLost: readonly string[]
}

/** Kills the host, overwrites the end of its write-ahead log with noise, and looks what the next one has. */
export async function runJournalTail(town: Town, random: Random): Promise<TailReport> {
  const before = await town.site.agents()
  await town.killHost()
  const wal = join(town.site.state, 'journal.db-wal')
  const size = statSync(wal, { throwIfNoEntry: false })?.size ?? 0
  const destroyedBytes = Math.min(size, PAGE_BYTES * Math.ceil(random.between(1, 4)))
  if (destroyedBytes > 0) {
    const kept = readFileSync(wal).subarray(0, size - destroyedBytes)
    truncateSync(wal, kept.length)
    writeFileSync(wal, Buffer.concat([kept, Buffer.alloc(destroyedBytes, 0xa5)]))
  }
  await town.back()
  const after = await town.site.agents()
  const sessionsLost = before
    .filter(({ id }) => !after.some((each) => each.id === id))
    .map(({ agentName }) => agentName)
  return { destroyedBytes, sessionsLost }
}
