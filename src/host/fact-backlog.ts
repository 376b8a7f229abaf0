import { fail } from '../core/errors.ts'
import type { Fact } from '../core/facts.ts'
import type { Journal, JournalEntry } from './journal.ts'

/** Facts held in memory while the disk takes none; more than that is a day without a disk. */
const MOST_HELD = 20_000

/** From so many on they are tried again once in a while: trying all of them with each new one would take all the time there is. */
const MANY = 100
const RETRY_MS = 1_000

/** What somebody is told because of it: it is on the disk, or it is refused. Everything else has happened, whether or not it can be written down. */
const PROMISES: ReadonlySet<Fact['type']> = new Set<Fact['type']>([
  'session.registered',
  'session.relaunched',
  'message.queued',
  'message.acknowledged',
  'session.paused',
  'session.unpaused',
  'work.queued',
])

function isPromised(fact: Fact): boolean {
  return PROMISES.has(fact.type) || (fact.type === 'message.advanced' && fact.receipt.status === 'cancelled')
}

/** Writes facts in their order, and holds what happened while nothing can be written. */
export interface FactBacklog {
  /** Undefined: on disk. Otherwise why it is held. Throws `journal.unwritable` for what may not be promised then. */
  write(entry: JournalEntry): string | undefined
}

/** A backlog that is empty as long as the disk is well. */
export function createFactBacklog(journal: Pick<Journal, 'append'>): FactBacklog {
  const held: JournalEntry[] = []
  let last = { at: 0, detail: '' }
  return {
    write(entry) {
      const { fact, at } = entry.envelope
      const isPromise = isPromised(fact)
      if (!isPromise && held.length >= MANY && held.length < MOST_HELD && Math.abs(at - last.at) < RETRY_MS) {
        held.push(entry)
        return last.detail
      }
      try {
        journal.append([...held, entry], isPromise ? 'power-cut' : 'crash')
        held.length = 0
        return undefined
      } catch (error) {
        const detail = error instanceof Error ? error.message : String(error)
        if (isPromise || held.length >= MOST_HELD) fail('journal.unwritable', { detail })
        held.push(entry)
        last = { at, detail }
        return detail
      }
    },
  }
}
