import { cutCharacter } from './utf8.ts'

/** Longest one call may parse before it lets the event loop go on, in milliseconds. */
const SLICE_MS = 10

/** Bytes parsed between two looks at the clock: well under a millisecond of work. */
const SLICE_BYTES = 16_384

/** The reader should pause the program above this many unparsed bytes … */
export const PAUSE_ABOVE_BYTES = 100_000

/** … and let it go on below this many. */
export const RESUME_BELOW_BYTES = 5_000

/** Bytes on their way into a parser: parsed at once as far as the time goes, the rest on later turns of the loop. */
export interface ParseQueue {
  readonly pendingBytes: number
  push(bytes: Uint8Array): void
  /** Drops what is waiting and parses nothing any more. */
  close(): void
}

interface ParseQueueOptions {
  readonly parse: (slice: Uint8Array) => void
  readonly parsed: () => void
  readonly failed: (error: unknown) => void
}

class SlicedQueue implements ParseQueue {
  readonly #options: ParseQueueOptions
  readonly #waiting: Uint8Array[] = []
  /** How much of the first waiting chunk is parsed already. */
  #offset = 0
  /** The beginning of a character that is not whole yet. */
  #cut: Uint8Array | undefined
  #timer: NodeJS.Immediate | undefined
  #isRunning = false
  #isClosed = false
  #pendingBytes = 0

  constructor(options: ParseQueueOptions) {
    this.#options = options
  }

  get pendingBytes(): number {
    return this.#pendingBytes
  }

  push(bytes: Uint8Array): void {
    if (this.#isClosed) return
    const whole = this.#withoutCut(bytes)
    if (whole.length === 0) return
    this.#waiting.push(whole)
    this.#pendingBytes += whole.length
    if (!this.#isRunning && !this.#timer) this.#run()
  }

  close(): void {
    this.#isClosed = true
    this.#waiting.length = 0
    this.#pendingBytes = 0
    this.#offset = 0
    this.#cut = undefined
    if (this.#timer) clearImmediate(this.#timer)
    this.#timer = undefined
  }

  /** The bytes with what was held back before them, without the beginning of a character that goes on later. */
  #withoutCut(bytes: Uint8Array): Uint8Array {
    const joined = this.#cut ? Buffer.concat([this.#cut, bytes]) : bytes
    const end = joined.length - cutCharacter(joined)
    this.#cut = end < joined.length ? Uint8Array.from(joined.subarray(end)) : undefined
    return joined.subarray(0, end)
  }

  #run(): void {
    this.#timer = undefined
    this.#isRunning = true
    const until = performance.now() + SLICE_MS
    do this.#parseSlice()
    while (this.#waiting.length > 0 && performance.now() < until)
    this.#isRunning = false
    if (this.#waiting.length > 0) this.#timer = setImmediate(() => this.#run())
    this.#options.parsed()
  }

  #parseSlice(): void {
    const chunk = this.#waiting[0]
    if (!chunk) return
    const end = Math.min(chunk.length, this.#offset + SLICE_BYTES)
    const slice = chunk.subarray(this.#offset, end - (end < chunk.length ? cutCharacter(chunk, end) : 0))
    this.#offset += slice.length
    this.#pendingBytes -= slice.length
    if (this.#offset >= chunk.length) {
      this.#waiting.shift()
      this.#offset = 0
    }
    try {
      this.#options.parse(slice)
    } catch (error) {
      this.#options.failed(error)
    }
  }
}

/**
 * A queue in front of a synchronous parser. `parse` gets slices in order, cut only between characters; `parsed` is
 * told after each batch of slices. A parser that throws loses that slice only; `failed` is told.
 */
export function createParseQueue(options: ParseQueueOptions): ParseQueue {
  return new SlicedQueue(options)
}
