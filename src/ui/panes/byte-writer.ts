const INITIAL_BYTES = 1 << 16
const DIGITS = Array.from({ length: 1000 }, (_, value) => [...String(value)].map((digit) => digit.charCodeAt(0)))

/** Collects the bytes of a frame in one buffer that grows as needed and is used again for the next frame. */
export class ByteWriter {
  #bytes = new Uint8Array(INITIAL_BYTES)
  #length = 0

  /** Bytes written so far. */
  get length(): number {
    return this.#length
  }

  /** Makes room for `count` more bytes; the other methods write without looking. */
  reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count))
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
  }

  /** Appends one byte. */
  byte(value: number): void {
    this.#bytes[this.#length++] = value
  }

  /** Appends a text of ASCII characters. */
  ascii(text: string): void {
    this.reserve(text.length)
    for (let index = 0; index < text.length; index++) this.#bytes[this.#length++] = text.charCodeAt(index)
  }

  /** Appends a whole number in decimal digits. */
  number(value: number): void {
    const digits = DIGITS[value]
    if (digits === undefined) {
      this.ascii(String(value))
      return
    }
    for (let index = 0; index < digits.length; index++) this.#bytes[this.#length++] = digits[index] as number
  }

  /** Appends a code point as UTF-8. */
  codePoint(value: number): void {
    if (value < 0x80) {
      this.#bytes[this.#length++] = value
      return
    }
    if (value < 0x800) {
      this.#bytes[this.#length++] = 0xc0 | (value >> 6)
    } else {
      if (value < 0x10000) {
        this.#bytes[this.#length++] = 0xe0 | (value >> 12)
      } else {
        this.#bytes[this.#length++] = 0xf0 | (value >> 18)
        this.#bytes[this.#length++] = 0x80 | ((value >> 12) & 0x3f)
      }
      this.#bytes[this.#length++] = 0x80 | ((value >> 6) & 0x3f)
    }
    this.#bytes[this.#length++] = 0x80 | (value & 0x3f)
  }

  /** Appends bytes as they are. */
  append(bytes: Uint8Array): void {
    this.reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** The bytes as a copy of its own, and starts anew. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#length)
    this.#length = 0
    return taken
  }

  /** Drops everything from `length` on. */
  truncate(length: number): void {
    this.#length = Math.min(this.#length, length)
  }
}
