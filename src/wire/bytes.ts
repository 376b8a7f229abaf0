/** The bytes are not what they claim to be; nothing was read or written outside of its bounds. */
export class MalformedPictureError extends Error {
  override readonly name = 'MalformedPictureError'
}

/** Ends decoding. */
export function malformed(what: string): never {
  throw new MalformedPictureError(`malformed picture: ${what}`)
}

/** Grows as needed; numbers are little-endian. */
export class ByteWriter {
  bytes: Uint8Array
  length = 0

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity)
  }

  /** Makes room for `count` more bytes; the number methods below do not check. */
  ensure(count: number): void {
    if (this.length + count <= this.bytes.length) return
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + count))
    grown.set(this.bytes.subarray(0, this.length))
    this.bytes = grown
  }

  u8(value: number): void {
    this.bytes[this.length++] = value
  }

  u16(value: number): void {
    this.bytes[this.length++] = value
    this.bytes[this.length++] = value >>> 8
  }

  u32(value: number): void {
    this.bytes[this.length++] = value
    this.bytes[this.length++] = value >>> 8
    this.bytes[this.length++] = value >>> 16
    this.bytes[this.length++] = value >>> 24
  }

  /** A whole number up to 2^53. */
  u64(value: number): void {
    this.u32(value % 0x100000000)
    this.u32(Math.floor(value / 0x100000000))
  }

  /** Overwrites four bytes written before. */
  patchU32(at: number, value: number): void {
    const end = this.length
    this.length = at
    this.u32(value)
    this.length = end
  }
}

/** Reads what ByteWriter wrote; every read is checked against the end. */
export class ByteReader {
  readonly #bytes: Uint8Array
  #end: number
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#end = bytes.length
  }

  get at(): number {
    return this.#at
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#end
  }

  /** Moves the end so that exactly `count` bytes are left to read. Returns the end that was. */
  limit(count: number): number {
    const before = this.#end
    if (count > before - this.#at) malformed('longer than its bytes')
    this.#end = this.#at + count
    return before
  }

  /** Goes to where the limit ended and puts the former end back. */
  leave(end: number): void {
    this.#at = this.#end
    this.#end = end
  }

  #take(count: number): number {
    const at = this.#at
    if (at + count > this.#end) malformed('cut off')
    this.#at = at + count
    return at
  }

  #byte(at: number): number {
    return this.#bytes[at] as number
  }

  u8(): number {
    return this.#byte(this.#take(1))
  }

  u16(): number {
    const at = this.#take(2)
    return this.#byte(at) | (this.#byte(at + 1) << 8)
  }

  u32(): number {
    const at = this.#take(4)
    const low = this.#byte(at) | (this.#byte(at + 1) << 8) | (this.#byte(at + 2) << 16)
    return (low | (this.#byte(at + 3) << 24)) >>> 0
  }

  u64(): number {
    const low = this.u32()
    const high = this.u32()
    if (high > 0x1fffff) malformed('a number is too big')
    return high * 0x100000000 + low
  }
}
