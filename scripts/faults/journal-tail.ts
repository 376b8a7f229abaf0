import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Random } from '../../bench/random.ts'
import type { Receipt } from '../../src/core/message.ts'
import type { Town } from './town.ts'

/** https://www.sqlite.org/walformat.html, with the pages that the journal has. */
const HEADER_BYTES = 32
const FRAME_BYTES = 24 + 4096

/** Messages that are sent just before: the last frames of the log are theirs. */
const LETTERS = 12

/** What the next host has after the end of the journal was destroyed. */
export interface TailReport {
  readonly destroyedBytes: number
  readonly sessionsLost: readonly string[]
  /** Messages that the host said it has. */
  readonly accepted: number
  /** Accepted, and not known to the next host: what was destroyed cannot be there. */
  readonly forgotten: readonly string[]
  /** The next host says that its journal was damaged. */
  readonly isTold: boolean
}

/** Sends messages, kills the host, overwrites the end of its write-ahead log with noise, and looks what the next one has. */
export async function runJournalTail(town: Town, random: Random): Promise<TailReport> {
  const { site } = town
  const before = await site.agents()
  const accepted = await sendLetters(town)
  await town.killHost()
  const frames = Math.ceil(random.between(8, 40))
  const destroyedBytes = destroyEnd(join(site.state, 'journal.db-wal'), frames * FRAME_BYTES)
  await town.back()
  const after = await site.agents()
  const isLost = (id: string): boolean => !after.some((each) => each.id === id)
  const forgotten: string[] = []
  for (const id of accepted) if ((await site.run('mail', 'show', '--json', id)).code !== 0) forgotten.push(id)
  return {
    destroyedBytes,
    sessionsLost: before.filter(({ id }) => isLost(id)).map(({ agentName }) => agentName),
    accepted: accepted.length,
    forgotten,
    isTold: await isDamageTold(town),
  }
}

/** Sends them all at once; returns the ids of those that were accepted. */
async function sendLetters({ site, names }: Town): Promise<readonly string[]> {
  const sent = Array.from({ length: LETTERS }, async (_, count) => {
    const { code, stdout } = await site.run(
      'nudge',
      '--json',
      names[count % names.length] ?? '',
      `SAY tail-${count}-end`,
    )
    return code === 0 ? [(JSON.parse(stdout) as Receipt).id] : []
  })
  return (await Promise.all(sent)).flat()
}

/** Overwrites the last bytes of what was written to a log since it was last begun, at most `bytes`; returns how many those were. */
function destroyEnd(file: string, bytes: number): number {
  if (!existsSync(file)) return 0
  const log = readFileSync(file)
  const end = endOf(log)
  const start = Math.max(HEADER_BYTES, end - bytes)
  if (end <= start) return 0
  writeFileSync(file, log.fill(0xa5, start, end))
  return end - start
}

/** What is behind the last frame with the salts of the header was left by an earlier round, and is worth nothing. */
function endOf(log: Buffer): number {
  const salts = log.subarray(16, 24)
  let end = HEADER_BYTES
  while (log.subarray(end + 8, end + 16).equals(salts)) end += FRAME_BYTES
  return Math.min(end, log.length)
}

async function isDamageTold({ site }: Town): Promise<boolean> {
  const { stdout } = await site.run('doctor', '--json')
  const { checks } = JSON.parse(stdout) as { readonly checks: readonly { readonly name: string }[] }
  return checks.some(({ name }) => name === 'journal')
}
