import type { DatabaseSync } from 'node:sqlite'
import type { CostEntry } from '../core/costs.ts'

/** What was spent, by day, session and model: facts are forgotten in time, this is not. */
export const SPENDING_SCHEMA = `CREATE TABLE spending (
  day TEXT NOT NULL, session TEXT NOT NULL, model TEXT NOT NULL,
  name TEXT NOT NULL, rig TEXT NOT NULL, role TEXT NOT NULL, backend TEXT NOT NULL,
  inputTokens INTEGER NOT NULL, outputTokens INTEGER NOT NULL, costUsd REAL NOT NULL, unpricedTokens INTEGER NOT NULL,
  PRIMARY KEY (day, session, model)) STRICT;`

/** The part of the journal that knows what was spent. */
export interface SpendingTable {
  add(entries: readonly CostEntry[]): void
  /** From a day on, one row at a time. */
  since(day: string | undefined): Iterable<CostEntry>
}

const ADD = `INSERT INTO spending
  (day, session, model, name, rig, role, backend, inputTokens, outputTokens, costUsd, unpricedTokens)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (day, session, model) DO UPDATE SET
    inputTokens = inputTokens + excluded.inputTokens,
    outputTokens = outputTokens + excluded.outputTokens,
    costUsd = costUsd + excluded.costUsd,
    unpricedTokens = unpricedTokens + excluded.unpricedTokens`

/** The table of an open journal. */
export function createSpendingTable(database: DatabaseSync): SpendingTable {
  const insert = database.prepare(ADD)
  const select = database.prepare('SELECT * FROM spending WHERE day >= ?')
  return {
    add(entries) {
      for (const each of entries) {
        const { day, session, model, name, rig, role, backend } = each
        const { inputTokens, outputTokens, costUsd, unpricedTokens } = each
        insert.run(
          ...[day, session, model, name, rig, role, backend],
          ...[Math.round(inputTokens), Math.round(outputTokens), costUsd, Math.round(unpricedTokens)],
        )
      }
    },
    *since(day = '') {
      // The columns are named after the fields.
      for (const row of select.iterate(day)) yield row as unknown as CostEntry
    },
  }
}
