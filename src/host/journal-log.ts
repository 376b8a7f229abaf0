/** The write-ahead log of the journal, as https://www.sqlite.org/walformat.html describes it. */
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs'

const HEADER_BYTES = 32
const FRAME_HEADER_BYTES = 24
const LEAST_PAGE_BYTES = 512
const MOST_PAGE_BYTES = 65_536
const VERSION = 3_007_000
/** How a log begins whose checksums are of little-endian words; one more when they are of big-endian ones. */
const MAGIC = 0x377f0682

/** A checksum that goes on from one frame to the next. */
type Sum = readonly [number, number]

interface Header {
  readonly pageBytes: number
  readonly isLittleEndian: boolean
  /** How often the log was begun again from its first frame: each time the first salt grows by one. */
  readonly beginnings: number
  readonly salts: Sum
  readonly sum: Sum
}

/**
 * Whether something that was written whole at the end of a write-ahead log is no longer what was written: SQLite drops it, and all
 * behind it, without a word. A log that was merely cut off, as by a host that was killed, is not damaged. What was torn by a power
 * cut cannot be told from damage. Changes nothing; throws what the file system does.
 */
export function isLogDamaged(log: string): boolean {
  if (!existsSync(log)) return false
  const file = openSync(log, 'r')
  try {
    return hasDamage(file, fstatSync(file).size)
  } finally {
    closeSync(file)
  }
}

function hasDamage(file: number, bytes: number): boolean {
  if (bytes < HEADER_BYTES + FRAME_HEADER_BYTES + LEAST_PAGE_BYTES) return false
  const header = readHeader(read(file, 0, HEADER_BYTES))
  // SQLite takes a log whose header it cannot read for an empty one.
  if (header === undefined) return true
  const frameBytes = FRAME_HEADER_BYTES + header.pageBytes
  let sum: Sum | undefined = header.sum
  let isBehindEnd = false
  for (let at = HEADER_BYTES; at + frameBytes <= bytes; at += frameBytes) {
    const frame = read(file, at, frameBytes)
    sum = sum && nextSum(header, frame, sum)
    if (sum !== undefined) continue
    const age = ageOf(header, frame)
    if (age === 'earlier') isBehindEnd = true
    else if (isMissed(frame) && (age === 'present' || !isBehindEnd)) return true
  }
  return false
}

/**
 * Whether a frame behind the valid ones may have held something that counted. One that ends no transaction is left by a host that was
 * killed within it; and no frame is of page 0.
 */
function isMissed(frame: DataView): boolean {
  const [page, pagesAfterCommit] = [frame.getUint32(0), frame.getUint32(4)]
  return pagesAfterCommit !== 0 || page === 0
}

/** Which time the log was begun a frame belongs to; undefined when it is noise. What was not overwritten yet is of an earlier one. */
function ageOf({ salts, beginnings }: Header, frame: DataView): 'present' | 'earlier' | undefined {
  if (isSame(saltsOf(frame), salts)) return 'present'
  const ago = (salts[0] - saltsOf(frame)[0]) >>> 0
  return ago > 0 && ago <= beginnings ? 'earlier' : undefined
}

/** The header of a log; undefined when SQLite would not take it for one. */
function readHeader(header: DataView): Header | undefined {
  const magic = header.getUint32(0)
  const pageBytes = header.getUint32(8)
  const isLittleEndian = magic === MAGIC
  if (!isLittleEndian && magic !== MAGIC + 1) return undefined
  if (header.getUint32(4) !== VERSION || !isPageSize(pageBytes)) return undefined
  const sum = sumOver(header, [0, 24], { from: [0, 0], isLittleEndian })
  if (!isSame(sum, pairAt(header, 24))) return undefined
  return { pageBytes, isLittleEndian, beginnings: header.getUint32(12), salts: pairAt(header, 16), sum }
}

const isPageSize = (bytes: number): boolean =>
  bytes >= LEAST_PAGE_BYTES && bytes <= MOST_PAGE_BYTES && Number.isInteger(Math.log2(bytes))

/** The checksum up to and with a frame; undefined when the frame does not follow the ones before it. */
function nextSum({ isLittleEndian, salts }: Header, frame: DataView, before: Sum): Sum | undefined {
  if (frame.getUint32(0) === 0 || !isSame(saltsOf(frame), salts)) return undefined
  const head = sumOver(frame, [0, 8], { from: before, isLittleEndian })
  const sum = sumOver(frame, [FRAME_HEADER_BYTES, frame.byteLength], { from: head, isLittleEndian })
  return isSame(sum, pairAt(frame, 16)) ? sum : undefined
}

function sumOver(
  bytes: DataView,
  [start, end]: readonly [number, number],
  { from, isLittleEndian }: { readonly from: Sum; readonly isLittleEndian: boolean },
): Sum {
  let [one, other] = from
  for (let at = start; at < end; at += 8) {
    one = (one + bytes.getUint32(at, isLittleEndian) + other) >>> 0
    other = (other + bytes.getUint32(at + 4, isLittleEndian) + one) >>> 0
  }
  return [one, other]
}

const saltsOf = (frame: DataView): Sum => pairAt(frame, 8)

const pairAt = (bytes: DataView, at: number): Sum => [bytes.getUint32(at), bytes.getUint32(at + 4)]

const isSame = (one: Sum, other: Sum): boolean => one[0] === other[0] && one[1] === other[1]

function read(file: number, at: number, length: number): DataView {
  const bytes = new DataView(new ArrayBuffer(length))
  readSync(file, bytes, 0, length, at)
  return bytes
}
