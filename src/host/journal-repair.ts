import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, statSync, truncateSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { ControlError } from '../core/errors.ts'
import { isLogDamaged } from './journal-log.ts'
import { openDatabase, refuseNewer } from './journal-schema.ts'

/** What was done to a damaged journal. */
export interface Repair {
  /** The damaged file, kept as it was found. */
  readonly copy: string
  /** Facts that could be read out of it. */
  readonly kept: number
  /** The end of its write-ahead log was damaged, or torn by a power cut: what was written last may be missing. */
  readonly isEndLost: boolean
}

/** Files that belong to a database. */
const COMPANIONS = ['', '-wal', '-shm']

/** A header that says more than this is damaged itself. */
const MOST_BYTES = 4 * 1024 ** 3

/** What SQLite says of a file that is damaged, or that is no database (https://sqlite.org/rescode.html). */
const DAMAGED: ReadonlySet<number> = new Set([11, 26])

interface Table {
  readonly name: string
  readonly key: string
  readonly columns: readonly string[]
  /** The column that holds JSON. */
  readonly json?: string
}

const TABLES: readonly Table[] = [
  { name: 'facts', key: 'seq', columns: ['seq', 'at', 'fact'], json: 'fact' },
  { name: 'snapshot', key: 'one', columns: ['one', 'seq', 'fleet'], json: 'fleet' },
  {
    name: 'spending',
    key: 'rowid',
    columns: [
      ...['day', 'session', 'model', 'name', 'rig', 'role', 'backend'],
      ...['inputTokens', 'outputTokens', 'costUsd', 'unpricedTokens'],
    ],
  },
]

/** Whether an error says that the file itself is broken, as opposed to a full disk or a lock. */
export function isDamage(error: unknown): boolean {
  if (error instanceof SyntaxError) return true
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) : Number.NaN
  // The lower byte is the kind of the error, the rest says more about it.
  return DAMAGED.has(code & 0xff)
}

/** Throws when the pages of a database do not fit together, or when a fact or the snapshot in it is no JSON. */
export function checkDatabase(database: DatabaseSync): void {
  const result = database.prepare('PRAGMA quick_check(1)').get()?.['quick_check']
  if (result !== 'ok') throw new SyntaxError(String(result))
  for (const { name, json } of TABLES) {
    if (json === undefined) continue
    const broken = database.prepare(`SELECT count(*) AS n FROM ${name} WHERE NOT json_valid(${json})`).get()?.['n']
    if (broken !== 0) throw new SyntaxError(`${broken} rows of ${name} are no JSON`)
  }
}

/** Whether SQLite would drop the end of a journal without a word. To be asked before it is opened: closing it removes the log. */
export function isEndDamaged(path: string): boolean {
  return isLogDamaged(`${path}-wal`)
}

/**
 * Keeps a copy of the damaged journal, and puts in its place a new one with what can still be read of it. `stamp` makes the name of
 * the copy unique. The new one is whole before it replaces the damaged one: whenever this is cut off, nothing is lost. Throws
 * `journal.newer`; the journal is then as it was, and there is no copy.
 */
export function repairJournal(path: string, stamp: string): Repair {
  const isEndLost = isEndDamaged(path)
  const unfinished = `${path}.repairing`
  const kept = salvageInto(unfinished, path)
  const copy = `${path}.damaged-${stamp}`
  for (const end of COMPANIONS) if (existsSync(`${path}${end}`)) copyFileSync(`${path}${end}`, `${copy}${end}`)
  renameSync(unfinished, repairedOf(path))
  finishRepair(path)
  return { copy, kept, isEndLost }
}

function salvageInto(unfinished: string, path: string): number {
  removeDatabase(unfinished)
  const database = openDatabase(unfinished)
  let kept: number | undefined
  try {
    kept = salvage(path, database)
    return kept
  } finally {
    database.close()
    if (kept === undefined) removeDatabase(unfinished)
  }
}

/** Puts a repaired journal in its place, if there is one: also the one of a repair that was cut off. */
export function finishRepair(path: string): void {
  const repaired = repairedOf(path)
  if (!existsSync(repaired)) return
  // SQLite would apply what is left of the damaged one to the repaired one.
  for (const end of ['-wal', '-shm']) rmSync(`${path}${end}`, { force: true })
  renameSync(repaired, path)
}

const repairedOf = (path: string): string => `${path}.repaired`

function removeDatabase(path: string): void {
  for (const end of COMPANIONS) rmSync(`${path}${end}`, { force: true })
}

/** Whether the journal was not closed by the host that wrote it last: then its pages are worth a look. */
export function wasLeftOpen(path: string): boolean {
  return existsSync(`${path}-wal`)
}

function salvage(damaged: string, into: DatabaseSync): number {
  // Reading may change files, and the damaged one is to stay as it was found.
  const reading = `${damaged}.reading`
  for (const end of ['', '-wal'])
    if (existsSync(`${damaged}${end}`)) copyFileSync(`${damaged}${end}`, `${reading}${end}`)
  let from: DatabaseSync | undefined
  try {
    padToSize(reading)
    from = new DatabaseSync(reading)
    const source = from
    refuseNewer(source, damaged)
    return TABLES.map((table) => copyTable(table, source, into))[0] ?? 0
  } catch (error) {
    if (error instanceof ControlError) throw error
    // Not a database at all: nothing in it can be told from noise.
    return 0
  } finally {
    from?.close()
    removeDatabase(reading)
  }
}

/** SQLite refuses a file that is shorter than it says it is: what was cut off is given back as nothing. https://sqlite.org/fileformat.html */
function padToSize(file: string): void {
  const header = readFileSync(file).subarray(0, 100)
  if (header.length < 100) return
  const pageBytes = header.readUInt16BE(16) || 65_536
  const bytes = pageBytes * header.readUInt32BE(28)
  if (bytes > statSync(file).size && bytes < MOST_BYTES) truncateSync(file, bytes)
}

/** Copies the rows that can be read: from the first on as far as possible, then from the last one back. */
function copyTable(table: Table, from: DatabaseSync, into: DatabaseSync): number {
  const { name, columns, key } = table
  const insert = into.prepare(
    `INSERT OR IGNORE INTO ${name} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  )
  const seen = new Set<unknown>()
  into.exec('BEGIN')
  for (const order of ['ASC', 'DESC']) {
    try {
      const rows = from.prepare(`SELECT ${columns.join(', ')}, ${key} AS key FROM ${name} ORDER BY ${key} ${order}`)
      for (const row of rows.iterate()) {
        if (seen.has(row['key'])) break
        seen.add(row['key'])
        if (isWhole(table, row)) insert.run(...columns.map((column) => row[column] as SQLInputValue))
        else seen.delete(row['key'])
      }
    } catch {
      // Up to here, and no further from this end.
    }
  }
  into.exec('COMMIT')
  return seen.size
}

function isWhole({ json }: Table, row: Readonly<Record<string, unknown>>): boolean {
  if (json === undefined) return true
  try {
    JSON.parse(String(row[json]))
    return true
  } catch {
    // What is no JSON is no fact.
    return false
  }
}
