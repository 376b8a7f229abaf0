const ESCAPE = 0x1b
const END_MARKER = Uint8Array.of(0x1b, 0x5b, 0x32, 0x30, 0x31, 0x7e)

/** Where the reading of a chunk stopped, and whether the paste ended there. */
export interface PasteProgress {
  readonly next: number
  readonly isEnded: boolean
}

/** Finds the end marker of a bracketed paste over any chunks; everything before it is the pasted text. */
export class PasteReader {
  readonly #onPart: (bytes: Uint8Array) => void
  /** Bytes of the end marker seen so far. */
  #matched = 0

  constructor(onPart: (bytes: Uint8Array) => void) {
    this.#onPart = onPart
  }

  /** The bytes that end every paste. */
  get endMarker(): Uint8Array {
    return END_MARKER.slice()
  }

  /** Reads from `from` on until the chunk or the paste ends. */
  read(chunk: Uint8Array, from: number): PasteProgress {
    let at = from
    while (at < chunk.length) {
      if (this.#matched === 0) at = this.#readText(chunk, at)
      while (at < chunk.length && chunk[at] === END_MARKER[this.#matched]) {
        at++
        this.#matched++
        if (this.#matched < END_MARKER.length) continue
        this.#matched = 0
        return { next: at, isEnded: true }
      }
      if (at < chunk.length && this.#matched > 0) this.#onPart(this.release())
    }
    return { next: at, isEnded: false }
  }

  /** Gives back what is held of an end marker, and forgets it. */
  release(): Uint8Array {
    const held = END_MARKER.slice(0, this.#matched)
    this.#matched = 0
    return held
  }

  #readText(chunk: Uint8Array, from: number): number {
    const marker = chunk.indexOf(ESCAPE, from)
    const end = marker < 0 ? chunk.length : marker
    if (end > from) this.#onPart(chunk.slice(from, end))
    return end
  }
}
