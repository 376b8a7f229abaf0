import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { CostEntry } from '../core/costs.ts'
import { ControlError } from '../core/errors.ts'
import type { Envelope, Fact } from '../core/facts.ts'
import { EMPTY_FLEET, type Fleet } from '../core/fleet.ts'
import {
  checkDatabase,
  finishRepair,
  isDamage,
  isEndDamaged,
  type Repair,
  repairJournal,
  wasLeftOpen,
} from './journal-repair.ts'
import { openDatabase } from './journal-schema.ts'
import { createSpendingTable, type SpendingTable } from './spending-table.ts'

/** Facts between two snapshots: bounds the work of a restart. */
const SNAPSHOT_EVERY = 500
/** Facts kept for `events` behind the newest. */
const FACTS_KEPT = 20_000

/** A fact, and what it says was spent. */
export interface JournalEntry {
  readonly envelope: Envelope
  readonly spent: readonly CostEntry[]
}

/**
 * What is written outlives a crash of the host in any case. A power cut it outlives only once the disk has said so, which takes
 * milliseconds in which nothing else happens: that is for what somebody is promised.
 */
export type Durability = 'crash' | 'power-cut'

const SYNCHRONOUS: Readonly<Record<Durability, string>> = { crash: 'NORMAL', 'power-cut': 'FULL' }

/** A state, and the facts that came after it. */
export interface Loaded {
  readonly snapshot: Fleet
  readonly after: readonly Envelope[]
}

/** The host's memory on disk: facts in order, and a snapshot now and then. One writer: the host. */
export interface Journal {
  /** What had to be done to open it. */
  readonly repair?: Repair
  /** The state as of the last fact. */
  load(): Loaded
  /** Written when it returns, all of them or none, together with what they say was spent. Throws what SQLite does. */
  append(entries: readonly JournalEntry[], lasts: Durability): void
  /** What was spent from a day on; absent = all that is on record. */
  spending(since?: string): Iterable<CostEntry>
  /** Called after each append with the state it led to: takes a snapshot when one is due. */
  settle(fleet: Fleet): void
  /** Facts after `since`, oldest first. */
  list(since: number, limit: number): readonly Envelope[]
  /** The newest facts that name this id, at most `limit`, oldest first. */
  naming(id: string, limit: number): readonly Envelope[]
  close(): void
}

/**
 * Opens or creates the journal at a path. One that is damaged is put aside and replaced by what can be read of it, which `repair` tells.
 * Throws `journal.newer` or `journal.unreadable`; the file is then untouched.
 */
export function openJournal(path: string, now: () => number): Journal {
  try {
    finishRepair(path)
    if (!isEndDamaged(path)) return openLoaded(path)
  } catch (error) {
    if (!isDamage(error)) throw unreadable(path, error)
  }
  try {
    return openLoaded(path, repairJournal(path, new Date(now()).toISOString().replaceAll(/[:.]/g, '-')))
  } catch (error) {
    throw unreadable(path, error)
  }
}

/** Damage that loading meets has to show here, where it is repaired: only a journal that was left open is looked at as a whole. */
function openLoaded(path: string, repair?: Repair): Journal {
  const isDoubtful = repair === undefined && wasLeftOpen(path)
  const database = openDatabase(path)
  try {
    if (isDoubtful) checkDatabase(database)
    return new SqliteJournal(database, repair)
  } catch (error) {
    database.close()
    throw error
  }
}

function unreadable(path: string, error: unknown): ControlError {
  if (error instanceof ControlError) return error
  return new ControlError('journal.unreadable', {
    path,
    detail: error instanceof Error ? error.message : String(error),
  })
}

class SqliteJournal implements Journal {
  readonly #database: DatabaseSync
  readonly #insert: StatementSync
  readonly #select: StatementSync
  readonly #name: StatementSync
  readonly #spending: SpendingTable
  #loaded: Loaded | undefined
  #sinceSnapshot = 0
  #lasts: Durability | undefined

  readonly repair?: Repair

  constructor(database: DatabaseSync, repair?: Repair) {
    if (repair !== undefined) this.repair = repair
    this.#database = database
    this.#insert = database.prepare('INSERT INTO facts (seq, at, fact) VALUES (?, ?, ?)')
    this.#select = database.prepare('SELECT seq, at, fact FROM facts WHERE seq > ? ORDER BY seq LIMIT ?')
    this.#spending = createSpendingTable(database)
    this.#name = database.prepare('SELECT seq, at, fact FROM facts WHERE instr(fact, ?) > 0 ORDER BY seq DESC LIMIT ?')
    this.#loaded = this.#read()
  }

  load(): Loaded {
    const loaded = this.#loaded ?? this.#read()
    // It is asked for once, and would be held for as long as the host lives.
    this.#loaded = undefined
    return loaded
  }

  #read(): Loaded {
    const row = this.#database.prepare('SELECT fleet FROM snapshot').get()
    const kept = row === undefined ? {} : (JSON.parse(String(row['fleet'])) as Partial<Fleet>)
    // One that was written before something was known has no place for it.
    const snapshot = { ...EMPTY_FLEET, ...kept }
    const after = this.list(snapshot.seq, Number.MAX_SAFE_INTEGER)
    this.#sinceSnapshot = after.length
    return { snapshot, after }
  }

  append(entries: readonly JournalEntry[], lasts: Durability): void {
    this.#loaded = undefined
    this.#become(lasts)
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      for (const { envelope, spent } of entries) {
        const { seq, at, fact } = envelope
        this.#insert.run(seq, at, JSON.stringify(fact))
        this.#spending.add(spent)
      }
      this.#database.exec('COMMIT')
    } catch (error) {
      // SQLite may have rolled back by itself.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw error
    }
    this.#sinceSnapshot += entries.length
  }

  #become(lasts: Durability): void {
    if (lasts === this.#lasts) return
    this.#database.exec(`PRAGMA synchronous = ${SYNCHRONOUS[lasts]}`)
    this.#lasts = lasts
  }

  spending(since?: string): Iterable<CostEntry> {
    return this.#spending.since(since)
  }

  settle(fleet: Fleet): void {
    if (this.#sinceSnapshot < SNAPSHOT_EVERY) return
    this.#sinceSnapshot = 0
    this.#database
      .prepare(
        'INSERT INTO snapshot (one, seq, fleet) VALUES (1, ?, ?) ON CONFLICT (one) DO UPDATE SET seq = excluded.seq, fleet = excluded.fleet',
      )
      .run(fleet.seq, JSON.stringify(fleet))
    this.#database.prepare('DELETE FROM facts WHERE seq <= ?').run(fleet.seq - FACTS_KEPT)
  }

  list(since: number, limit: number): readonly Envelope[] {
    return this.#select.all(since, limit).map(envelopeOf)
  }

  naming(id: string, limit: number): readonly Envelope[] {
    return this.#name.all(id, limit).map(envelopeOf).reverse()
  }

  close(): void {
    this.#database.close()
  }
}

function envelopeOf(row: Readonly<Record<string, unknown>>): Envelope {
  return { seq: Number(row['seq']), at: Number(row['at']), fact: JSON.parse(String(row['fact'])) as Fact }
}
