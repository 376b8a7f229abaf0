import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import type { Fact } from '../../../src/core/facts.ts'
import { createFactLog } from '../../../src/host/fact-log.ts'
import { openJournal } from '../../../src/host/journal.ts'
import { aSession } from '../../harness/sessions.ts'
import { temporaryDirectory } from '../../harness/temporary.ts'

const tools = { now: () => 1_000, log: () => undefined }
const registered: Fact = { type: 'session.registered', session: aSession() }
const replied = (text: string): Fact => ({ type: 'session.replied', id: aSession().id, text })

test('what was appended is there after the journal is opened again', () => {
  using directory = temporaryDirectory()
  const path = join(directory.path, 'journal.db')
  const journal = openJournal(path)
  const log = createFactLog(journal, tools)
  log.append(registered, replied('first'))
  const { fleet } = log
  journal.close()
  const again = openJournal(path)
  expect(createFactLog(again, tools).fleet).toEqual(fleet)
  again.close()
})

test('snapshots and the facts after them give the same state', () => {
  using directory = temporaryDirectory()
  const path = join(directory.path, 'journal.db')
  const journal = openJournal(path)
  const log = createFactLog(journal, tools)
  log.append(registered)
  for (let index = 0; index < 1_203; index += 1) log.append(replied(`reply ${index}`))
  const { fleet } = log
  expect(log.since(1_200, 10).map((each) => each.seq)).toEqual([1_201, 1_202, 1_203, 1_204])
  journal.close()
  const again = openJournal(path)
  expect(again.load().snapshot.seq).toBeGreaterThanOrEqual(1_000)
  expect(createFactLog(again, tools).fleet).toEqual(fleet)
  again.close()
})

test('a fact is in the journal before a listener hears of it', () => {
  using directory = temporaryDirectory()
  const journal = openJournal(join(directory.path, 'journal.db'))
  const log = createFactLog(journal, tools)
  const heard: number[] = []
  log.onFact(() => heard.push(journal.list(0, 10).length))
  log.append(registered, replied('x'))
  expect(heard).toEqual([1, 2])
  journal.close()
})

test('a journal of a newer program is refused and left as it is', () => {
  using directory = temporaryDirectory()
  const path = join(directory.path, 'journal.db')
  const database = new DatabaseSync(path)
  database.exec('PRAGMA user_version = 99')
  database.close()
  expect(() => openJournal(path)).toThrow('was written by a newer signalbox (schema 99')
})

test('a file that is no journal is refused with its path', () => {
  using directory = temporaryDirectory()
  const path = join(directory.path, 'journal.db')
  writeFileSync(path, 'this is not a database, and long enough to be read as one'.repeat(100))
  expect(() => openJournal(path)).toThrow(path)
})

test('a journal of the first schema is kept, and learns what is spent from now on', () => {
  using directory = temporaryDirectory()
  const path = join(directory.path, 'journal.db')
  const first = new DatabaseSync(path)
  first.exec(`
    CREATE TABLE facts (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, fact TEXT NOT NULL) STRICT;
    CREATE TABLE snapshot (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, fleet TEXT NOT NULL) STRICT;
    PRAGMA user_version = 1;`)
  first.prepare('INSERT INTO facts VALUES (1, 1000, ?)').run(JSON.stringify(registered))
  first.close()
  const journal = openJournal(path)
  const log = createFactLog(journal, tools)
  const { id } = aSession()
  expect(Object.keys(log.fleet.sessions)).toEqual([id])
  log.append({ type: 'session.used', id, usage: { inputTokens: 3.4, outputTokens: 1, costUsd: 0.5 } })
  log.append({ type: 'session.used', id, usage: { inputTokens: 2, outputTokens: 4, costUsd: 0.75 } })
  const { total } = log.costs({ by: 'session' })
  expect(total).toEqual({ inputTokens: 3, outputTokens: 4, costUsd: 0.75, unpricedTokens: 0 })
  journal.close()
})
