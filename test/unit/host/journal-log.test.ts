import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Fact } from '../../../src/core/facts.ts'
import { createFactLog } from '../../../src/host/fact-log.ts'
import { openJournal } from '../../../src/host/journal.ts'
import { aSession } from '../../harness/sessions.ts'
import { temporaryDirectory } from '../../harness/temporary.ts'

const HEADER_BYTES = 32
const FRAME_BYTES = 24 + 4096
const tools = { now: () => 1_000, log: () => undefined }
const registered: Fact = { type: 'session.registered', session: aSession() }
const replied = (text: string): Fact => ({ type: 'session.replied', id: aSession().id, text })

/** The files of a journal whose host was killed. */
interface Left {
  readonly database: Buffer
  readonly log: Buffer
  /** Length of the log after each fact. */
  readonly ends: readonly number[]
}

/** Appends until it is enough, and takes the files as a killed host leaves them. */
function killedAfter(isEnough: (log: Buffer, facts: number) => boolean): Left {
  using directory = temporaryDirectory()
  const path = join(directory.path, 'journal.db')
  const journal = openJournal(path, Date.now)
  const { append, since } = createFactLog(journal, tools)
  const ends: number[] = []
  const header = Buffer.alloc(HEADER_BYTES)
  append(registered)
  const file = openSync(`${path}-wal`, 'r')
  ends.push(statSync(`${path}-wal`).size)
  while (!isEnough(header, ends.length)) {
    append(replied(`reply ${ends.length} ${'x'.repeat(300)}`))
    ends.push(statSync(`${path}-wal`).size)
    readSync(file, header, 0, HEADER_BYTES, 0)
  }
  closeSync(file)
  expect(since(0, ends.length + 1)).toHaveLength(ends.length)
  const left = { database: readFileSync(path), log: readFileSync(`${path}-wal`), ends }
  journal.close()
  return left
}

interface Found {
  readonly seqs: readonly number[]
  readonly repair: { readonly copy: string; readonly isEndLost: boolean } | undefined
  /** The log that is kept beside the copy. */
  readonly copiedLog: Buffer | undefined
}

/** What the next host has when the log is this one. */
function nextHost({ database }: Left, log: Buffer): Found {
  using directory = temporaryDirectory()
  const path = join(directory.path, 'journal.db')
  writeFileSync(path, database)
  writeFileSync(`${path}-wal`, log)
  const journal = openJournal(path, Date.now)
  const { repair } = journal
  const seqs = journal.list(0, 100_000).map(({ seq }) => seq)
  createFactLog(journal, tools).append(replied('and on'))
  journal.close()
  expect(readdirSync(directory.path).filter((name) => /repair|reading/.test(name))).toEqual([])
  return { seqs, repair, copiedLog: repair && readFileSync(`${repair.copy}-wal`) }
}

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at + 1)

/** The log, with something else from a place on. */
function overwritten(log: Buffer, from: number, noise: (at: number) => number, to = log.length): Buffer {
  return Buffer.from(log.map((byte, at) => (at >= from && at < to ? noise(at) : byte)))
}

describe('the end of the write-ahead log', () => {
  let left: Left
  beforeAll(() => {
    left = killedAfter((_, facts) => facts === 60)
  })

  const noises = fc.oneof(
    fc.integer({ min: 0, max: 255 }).map((byte) => () => byte),
    fc.infiniteStream(fc.nat(255)).map((stream) => () => Number(stream.next().value)),
  )

  test('of a host that was killed is whole: nothing is said, and everything is there', () => {
    expect(nextHost(left, left.log)).toEqual({ seqs: upTo(60), repair: undefined, copiedLog: undefined })
  })

  test('that is noise costs what was written there, is told, and is kept as it was found', () => {
    const log = overwritten(left.log, left.log.length - 3 * 4096, () => 0xa5)
    const { seqs, repair, copiedLog } = nextHost(left, log)
    expect(seqs.length).toBeLessThan(60)
    expect(repair?.isEndLost).toBe(true)
    expect(copiedLog).toEqual(log)
  })

  test('wherever the noise begins and whatever it is, nothing is lost silently, and nothing that was before it', () => {
    const bytes = left.log.length
    fc.assert(
      fc.property(fc.integer({ min: 0, max: bytes - 1 }), noises, (from, noise) => {
        const log = overwritten(left.log, from, noise)
        const { seqs, repair } = nextHost(left, log)
        const whole = from < HEADER_BYTES ? 0 : left.ends.filter((end) => end <= from).length
        expect(seqs.slice(0, whole)).toEqual(from < HEADER_BYTES ? [] : upTo(whole))
        expect(seqs).toEqual(upTo(seqs.length))
        expect(repair?.isEndLost).toBe(seqs.length < 60 ? true : undefined)
      }),
      { numRuns: 20 },
    )
  })

  test('one page of noise in its middle is told as well', () => {
    const from = HEADER_BYTES + 20 * FRAME_BYTES + 100
    const { seqs, repair } = nextHost(
      left,
      overwritten(left.log, from, () => 0xff, from + 512),
    )
    expect(seqs).toEqual(upTo(left.ends.filter((end) => end <= from).length))
    expect(repair?.isEndLost).toBe(true)
  })

  test('that was cut off is what a killed host leaves: what is whole is there, and nothing is said', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: left.log.length - 1 }), (length) => {
        const { seqs, repair } = nextHost(left, left.log.subarray(0, length))
        expect(seqs).toEqual(upTo(left.ends.filter((end) => end <= length).length))
        expect(repair).toBeUndefined()
      }),
      { numRuns: 20 },
    )
  })
})

describe('a log that was begun again over an older one', () => {
  /** Which time the log is begun, as its header says. */
  const beginnings = (log: Buffer): number => log.readUInt32BE(12)
  let left: Left
  let facts: number
  let usedBytes: number
  beforeAll(() => {
    let again = 0
    left = killedAfter((log) => beginnings(log) > 0 && ++again > 20)
    facts = left.ends.length
    const salts = left.log.subarray(16, 24)
    usedBytes = HEADER_BYTES
    while (left.log.subarray(usedBytes + 8, usedBytes + 16).equals(salts)) usedBytes += FRAME_BYTES
  })

  test('is whole, whatever is left of the older one behind its end', () => {
    expect(usedBytes).toBeLessThan(left.log.length / 2)
    expect(nextHost(left, left.log)).toMatchObject({ seqs: upTo(facts), repair: undefined })
  })

  test('loses nothing by noise over what is left of the older one', () => {
    const log = overwritten(left.log, left.log.length - 4 * 4096, () => 0xa5)
    expect(nextHost(left, log)).toMatchObject({ seqs: upTo(facts), repair: undefined })
  })

  test('says that noise over its own end cost something', () => {
    const log = overwritten(left.log, usedBytes - 2 * 4096, () => 0x11, usedBytes)
    const { seqs, repair } = nextHost(left, log)
    expect(seqs).toEqual(upTo(seqs.length))
    expect(seqs.length).toBeLessThan(facts)
    expect(repair?.isEndLost).toBe(true)
  })
})

test('what is left of a transaction that was never finished is no damage', () => {
  using directory = temporaryDirectory()
  const path = join(directory.path, 'journal.db')
  const killed = join(directory.path, 'killed.db')
  const leave = (log: Buffer): void => {
    writeFileSync(killed, readFileSync(path))
    writeFileSync(`${killed}-wal`, log)
  }
  const journal = openJournal(path, Date.now)
  const { append } = createFactLog(journal, tools)
  append(registered)
  append(replied('of many pages '.repeat(5_000)))
  const log = readFileSync(`${path}-wal`)
  leave(log.subarray(0, log.length - FRAME_BYTES))
  journal.close()

  const next = openJournal(killed, Date.now)
  createFactLog(next, tools).append(replied('of one page'))
  const [database, overlaid] = [readFileSync(killed), readFileSync(`${killed}-wal`)]
  expect(overlaid).toHaveLength(log.length - FRAME_BYTES)
  next.close()
  expect(nextHost({ database, log: overlaid, ends: [] }, overlaid)).toMatchObject({ seqs: [1, 2], repair: undefined })
})

test('a damaged log of a newer program is refused and left as it is', () => {
  using directory = temporaryDirectory()
  const [path, other] = [join(directory.path, 'journal.db'), join(directory.path, 'other.db')]
  const database = new DatabaseSync(other)
  database.exec('PRAGMA journal_mode = WAL; CREATE TABLE things (one INTEGER); PRAGMA user_version = 99')
  for (let one = 0; one < 9; one += 1) database.exec(`INSERT INTO things VALUES (${one})`)
  const log = readFileSync(`${other}-wal`)
  const damaged = overwritten(log, log.length - 4096, () => 0xa5)
  writeFileSync(path, readFileSync(other))
  writeFileSync(`${path}-wal`, damaged)
  database.close()
  expect(() => openJournal(path, Date.now)).toThrow('was written by a newer signalbox (schema 99')
  expect(readFileSync(`${path}-wal`)).toEqual(damaged)
  expect(readdirSync(directory.path).sort()).toEqual(['journal.db', 'journal.db-wal', 'other.db'])
})
