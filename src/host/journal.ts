import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { CostEntry } from '../core/costs.ts'
import { ControlError } from '../core/errors.ts'
import type { Envelope, Fact } from '../core/facts.ts'
import { EMPTY_FLEET, type Fleet } from '../core/fleet.ts'
import { createSpendingTable, SPENDING_SCHEMA, type SpendingTable } from './spending-table.ts'

/** Number of the schema below; a journal with a higher one is left alone. */
const SCHEMA = 2
/** Facts between two snapshots: bounds the work of a restart. */
const SNAPSHOT_EVERY = 500
/** Facts kept for `events` behind the newest. */
const FACTS_KEPT = 20_000

/** The host's memory on disk: facts in order, and a snapshot now and then. One writer: the host. */
export interface Journal {
  /** The state as of the last fact. */
  load(): { readonly snapshot: Fleet; readonly after: readonly Envelope[] }
  /** On disk when it returns, together with what it says was spent. */
  append(envelope: Envelope, spent?: readonly CostEntry[]): void
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

const MIGRATIONS = [
  `CREATE TABLE facts (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, fact TEXT NOT NULL) STRICT;
   CREATE TABLE snapshot (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, fleet TEXT NOT NULL) STRICT;`,
  SPENDING_SCHEMA,
]

/** Opens or creates the journal at a path. Throws `journal.newer` or `journal.unreadable`; the file is then untouched. */
export function openJournal(path: string): Journal {
  try {
    return new SqliteJournal(open(path))
  } catch (error) {
    if (error instanceof ControlError) throw error
    throw new ControlError('journal.unreadable', {
      path,
      detail: error instanceof Error ? error.message : String(error),
    })
  }
}

function open(path: string): DatabaseSync {
  const database = new DatabaseSync(path)
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0)
  if (version > SCHEMA) {
    database.close()
    throw new ControlError('journal.newer', { path, theirs: version, ours: SCHEMA })
  }
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 2000;')
  for (const [index, migration] of MIGRATIONS.entries())
    if (index >= version) database.exec(`BEGIN; ${migration} PRAGMA user_version = ${index + 1}; COMMIT;`)
  return database
}

class SqliteJournal implements Journal {
  readonly #database: DatabaseSync
  readonly #insert: StatementSync
  readonly #select: StatementSync
  readonly #name: StatementSync
  readonly #spending: SpendingTable
  #sinceSnapshot = 0

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#insert = database.prepare('INSERT INTO facts (seq, at, fact) VALUES (?, ?, ?)')
    this.#select = database.prepare('SELECT seq, at, fact FROM facts WHERE seq > ? ORDER BY seq LIMIT ?')
    this.#spending = createSpendingTable(database)
    this.#name = database.prepare('SELECT seq, at, fact FROM facts WHERE instr(fact, ?) > 0 ORDER BY seq DESC LIMIT ?')
  }

  load(): { readonly snapshot: Fleet; readonly after: readonly Envelope[] } {
    const row = this.#database.prepare('SELECT fleet FROM snapshot').get()
    const snapshot = row === undefined ? EMPTY_FLEET : (JSON.parse(String(row['fleet'])) as Fleet)
    const after = this.list(snapshot.seq, Number.MAX_SAFE_INTEGER)
    this.#sinceSnapshot = after.length
    return { snapshot, after }
  }

  append(envelope: Envelope, spent: readonly CostEntry[] = []): void {
    if (spent.length === 0) this.#insertFact(envelope)
    else this.#appendSpending(envelope, spent)
    this.#sinceSnapshot += 1
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

  #insertFact({ seq, at, fact }: Envelope): void {
    this.#insert.run(seq, at, JSON.stringify(fact))
  }

  /** Both or neither: what is counted twice, or not at all, would never be found out. */
  #appendSpending(envelope: Envelope, spent: readonly CostEntry[]): void {
    this.#database.exec('BEGIN')
    try {
      this.#insertFact(envelope)
      this.#spending.add(spent)
      this.#database.exec('COMMIT')
    } catch (error) {
      this.#database.exec('ROLLBACK')
      throw error
    }
  }
}

function envelopeOf(row: Readonly<Record<string, unknown>>): Envelope {
  return { seq: Number(row['seq']), at: Number(row['at']), fact: JSON.parse(String(row['fact'])) as Fact }
}
