import { DatabaseSync } from 'node:sqlite'
import { makePrivate } from '../config/state-directory.ts'
import { ControlError } from '../core/errors.ts'
import { SPENDING_SCHEMA } from './spending-table.ts'

/** Each takes the journal one schema further; one that was ever released is never changed. */
const MIGRATIONS = [
  `CREATE TABLE facts (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, fact TEXT NOT NULL) STRICT;
   CREATE TABLE snapshot (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, fleet TEXT NOT NULL) STRICT;`,
  SPENDING_SCHEMA,
]

/** Number of the schema that this program writes; a journal with a higher one is left alone. */
const SCHEMA = MIGRATIONS.length

/**
 * The database at a path, made when there is none and brought to the present schema. Throws `journal.newer`, and what SQLite throws for a file that it cannot read.
 */
export function openDatabase(path: string): DatabaseSync {
  makePrivate(path)
  const database = new DatabaseSync(path)
  try {
    const version = refuseNewer(database, path)
    database.exec('PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 2000;')
    for (const [index, migration] of MIGRATIONS.entries())
      if (index >= version) database.exec(`BEGIN; ${migration} PRAGMA user_version = ${index + 1}; COMMIT;`)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** The schema of the database, which belongs to the journal at a path. Throws `journal.newer` when this program does not know it. */
export function refuseNewer(database: DatabaseSync, path: string): number {
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0)
  if (version > SCHEMA) throw new ControlError('journal.newer', { path, theirs: version, ours: SCHEMA })
  return version
}
