import { readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import type { Fact } from '../../../src/core/facts.ts'
import { EMPTY_FLEET } from '../../../src/core/fleet.ts'
import { messageId } from '../../../src/core/ids.ts'
import type { Message } from '../../../src/core/message.ts'
import { createFactLog } from '../../../src/host/fact-log.ts'
import { type Journal, openJournal } from '../../../src/host/journal.ts'
import { aSession } from '../../harness/sessions.ts'
import { temporaryDirectory } from '../../harness/temporary.ts'

const tools = { now: () => 1_000, log: () => undefined }
const registered: Fact = { type: 'session.registered', session: aSession() }
const replied = (text: string): Fact => ({ type: 'session.replied', id: aSession().id, text })

test('what was appended is there after the journal is opened again', () => {
  using directory = temporaryDirectory()
  const path = join(directory.path, 'journal.db')
  const journal = openJournal(path, Date.now)
  const log = createFactLog(journal, tools)
  log.append(registered, replied('first'))
  const { fleet } = log
  journal.close()
  const again = openJournal(path, Date.now)
  expect(createFactLog(again, tools).fleet).toEqual(fleet)
  again.close()
})

test('snapshots and the facts after them give the same state', () => {
  using directory = temporaryDirectory()
  const path = join(directory.path, 'journal.db')
  const journal = openJournal(path, Date.now)
  const log = createFactLog(journal, tools)
  log.append(registered)
  for (let index = 0; index < 1_203; index += 1) log.append(replied(`reply ${index}`))
  const { fleet } = log
  expect(log.since(1_200, 10).map((each) => each.seq)).toEqual([1_201, 1_202, 1_203, 1_204])
  journal.close()
  const again = openJournal(path, Date.now)
  expect(again.load().snapshot.seq).toBeGreaterThanOrEqual(1_000)
  expect(createFactLog(again, tools).fleet).toEqual(fleet)
  again.close()
})

test('a fact is in the journal before a listener hears of it', () => {
  using directory = temporaryDirectory()
  const journal = openJournal(join(directory.path, 'journal.db'), Date.now)
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
  expect(() => openJournal(path, Date.now)).toThrow('was written by a newer signalbox (schema 99')
})

describe('a damaged journal', () => {
  /** A journal of some hundred replies whose host did not live to close it. */
  function leftOpen(path: string): number {
    const journal = openJournal(path, Date.now)
    const log = createFactLog(journal, tools)
    log.append(registered)
    for (let index = 0; index < 400; index += 1) log.append(replied(`reply ${index} ${'x'.repeat(200)}`))
    journal.close()
    writeFileSync(`${path}-wal`, '')
    return log.fleet.seq
  }

  test('is no reason to lose what can be read of it, and is kept as it was', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'journal.db')
    const facts = leftOpen(path)
    const bytes = readFileSync(path)
    bytes.fill(0xff, 4096 * 20 + 100, 4096 * 23)
    writeFileSync(path, bytes)
    const journal = openJournal(path, Date.now)
    expect(journal.repair?.kept).toBeGreaterThan(facts / 2)
    expect(journal.repair?.kept).toBeLessThan(facts)
    expect(readFileSync(journal.repair?.copy ?? '')).toEqual(bytes)
    const { fleet, append } = createFactLog(journal, tools)
    expect(fleet.seq).toBe(facts)
    expect(fleet.sessions[aSession().id]?.lastReply).toContain('reply 399')
    append(replied('and on'))
    journal.close()
    const again = openJournal(path, Date.now)
    expect(again.repair).toBeUndefined()
    expect(createFactLog(again, tools).fleet.sessions[aSession().id]?.lastReply).toBe('and on')
    again.close()
  })

  test('after a clean stop is repaired by the first start that cannot load it', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'journal.db')
    const facts = leftOpen(path)
    rmSync(`${path}-wal`)
    const bytes = readFileSync(path)
    bytes.fill(0xff, 4096 * 20 + 100, 4096 * 23)
    writeFileSync(path, bytes)
    const journal = openJournal(path, Date.now)
    expect(createFactLog(journal, tools).fleet.seq).toBe(facts)
    expect(journal.repair?.kept).toBeGreaterThan(facts / 2)
    expect(journal.repair?.isEndLost).toBe(false)
    expect(readFileSync(journal.repair?.copy ?? '')).toEqual(bytes)
    journal.close()
  })

  test('after a clean stop with a snapshot that is no JSON goes on from its facts', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'journal.db')
    const facts = leftOpen(path)
    rmSync(`${path}-wal`)
    const database = new DatabaseSync(path)
    database.exec(`INSERT INTO snapshot (one, seq, fleet) VALUES (1, 9, '{"seq":')`)
    database.close()
    const journal = openJournal(path, Date.now)
    expect(createFactLog(journal, tools).fleet.seq).toBe(facts)
    expect(journal.repair?.kept).toBe(facts)
    journal.close()
  })

  test('loses a tail that is cut off, and nothing before it', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'journal.db')
    const facts = leftOpen(path)
    truncateSync(path, readFileSync(path).length - 4096 * 3)
    const journal = openJournal(path, Date.now)
    expect(journal.repair?.kept).toBeGreaterThan(facts / 2)
    expect(journal.list(0, 100).map(({ seq }) => seq)).toEqual(Array.from({ length: 100 }, (_, at) => at + 1))
    journal.close()
  })

  test('with a fact that is no JSON goes on without that fact', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'journal.db')
    const facts = leftOpen(path)
    const database = new DatabaseSync(path)
    database.exec('UPDATE facts SET fact = substr(fact, 1, 10) WHERE seq = 7')
    database.close()
    writeFileSync(`${path}-wal`, '')
    const journal = openJournal(path, Date.now)
    expect(journal.repair?.kept).toBe(facts - 1)
    expect(journal.list(5, 2).map(({ seq }) => seq)).toEqual([6, 8])
    journal.close()
  })

  test.each(['repairing', 'repaired'])('is whole after a repair that was cut off when it was %s', (stage) => {
    using directory = temporaryDirectory()
    const [path, other] = [join(directory.path, 'journal.db'), join(directory.path, 'other.db')]
    const facts = leftOpen(other)
    leftOpen(path)
    renameSync(other, `${path}.${stage}`)
    truncateSync(path, readFileSync(path).length - 4096 * 3)
    writeFileSync(`${path}-wal`, 'what a killed host left of the damaged one')
    const journal = openJournal(path, Date.now)
    expect(createFactLog(journal, tools).fleet.seq).toBe(stage === 'repaired' ? facts : journal.repair?.kept)
    expect(journal.repair === undefined).toBe(stage === 'repaired')
    journal.close()
    const left = readdirSync(directory.path).filter((name) => /repair|reading/.test(name))
    expect(left).toEqual([])
  })

  test('that is no database at all is put aside', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'journal.db')
    const noise = 'this is not a database, and long enough to be read as one'.repeat(100)
    writeFileSync(path, noise)
    const journal = openJournal(path, Date.now)
    expect(journal.repair).toMatchObject({ kept: 0 })
    expect(readFileSync(journal.repair?.copy ?? '', 'utf8')).toBe(noise)
    expect(createFactLog(journal, tools).fleet).toEqual(EMPTY_FLEET)
    journal.close()
  })
})

test('a journal that cannot be opened is refused with its path, and left alone', () => {
  using directory = temporaryDirectory()
  expect(() => openJournal(directory.path, Date.now)).toThrow(directory.path)
})

describe('a disk that takes nothing', () => {
  const message: Message = {
    ...{
      id: messageId('01J00000000000000000000MSG'),
      from: 'operator',
      to: aSession().id,
      type: 'nudge',
      body: 'go on',
    },
    ...{ sentAt: 0, mode: 'boundary', priority: 0, threadId: messageId('01J00000000000000000000MSG') },
  }
  const full = Object.assign(new Error('database or disk is full'), { errcode: 13 })

  test('costs nothing that has happened: it is written when there is room, in its order', () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'journal.db')
    const journal = openJournal(path, Date.now)
    let isFull = false
    const frail = withFault(journal, () => isFull)
    const log = createFactLog(frail, tools)
    log.append(registered)
    isFull = true
    log.append(replied('while it was full'))
    expect(log.fleet.notices?.disk?.title).toBe('disk trouble')
    expect(() => log.append({ type: 'message.queued', message })).toThrow(/nothing was accepted/)
    expect(log.fleet.deliveries).toEqual({})
    isFull = false
    log.append(replied('with room again'))
    expect(log.fleet.notices?.disk).toBeUndefined()
    const { fleet } = log
    journal.close()
    const again = openJournal(path, Date.now)
    expect(createFactLog(again, tools).fleet).toEqual(fleet)
    expect(again.list(0, 9).map(({ fact }) => fact.type)).toEqual([
      ...['session.registered', 'session.replied', 'host.noticed', 'session.replied', 'host.settled'],
    ])
    again.close()
  })

  test('is not tried with all that is held again and again', () => {
    using directory = temporaryDirectory()
    const journal = openJournal(join(directory.path, 'journal.db'), Date.now)
    let [isFull, now, tried] = [false, 1_000, 0]
    const frail = withFault(journal, () => isFull)
    const counting: Journal = {
      ...frail,
      append(entries, lasts) {
        tried += entries.length
        frail.append(entries, lasts)
      },
    }
    const log = createFactLog(counting, { ...tools, now: () => now })
    log.append(registered)
    isFull = true
    for (let count = 0; count < 2_000; count += 1) log.append(replied(`${count}`))
    expect(tried).toBeLessThan(10_000)
    isFull = false
    now += 1_000
    log.append(replied('with room again'))
    expect(log.fleet.notices?.disk).toBeUndefined()
    expect(journal.list(0, 5_000).at(-2)?.fact).toEqual(replied('with room again'))
    expect(journal.list(0, 5_000)).toHaveLength(2_004)
    journal.close()
  })

  /** The journal, with a disk that takes nothing for a while. */
  function withFault(journal: Journal, isFull: () => boolean): Journal {
    return {
      load: () => journal.load(),
      spending: (since) => journal.spending(since),
      settle: (fleet) => journal.settle(fleet),
      list: (since, limit) => journal.list(since, limit),
      naming: (id, limit) => journal.naming(id, limit),
      close: () => journal.close(),
      append(entries, lasts) {
        if (isFull()) throw full
        journal.append(entries, lasts)
      },
    }
  }
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
  const journal = openJournal(path, Date.now)
  const log = createFactLog(journal, tools)
  const { id } = aSession()
  expect(Object.keys(log.fleet.sessions)).toEqual([id])
  log.append({ type: 'session.used', id, usage: { inputTokens: 3.4, outputTokens: 1, costUsd: 0.5 } })
  log.append({ type: 'session.used', id, usage: { inputTokens: 2, outputTokens: 4, costUsd: 0.75 } })
  const { total } = log.costs({ by: 'session' })
  expect(total).toEqual({ inputTokens: 3, outputTokens: 4, costUsd: 0.75, unpricedTokens: 0 })
  journal.close()
})
