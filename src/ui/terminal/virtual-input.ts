import { Readable } from 'node:stream'

/** What Ink takes for the operator's keyboard: it gets the keys that the room leaves to it, and nothing else. */
export interface VirtualInput {
  /** For Ink's `stdin`. */
  readonly stream: NodeJS.ReadStream
  /** Types bytes, as a terminal would send them. */
  type(bytes: Uint8Array): void
  dispose(): void
}

/** Creates a keyboard that nobody has typed on. The real terminal's raw mode is not Ink's business. */
export function createVirtualInput(): VirtualInput {
  const stream = new KeyStream()
  return {
    stream: stream as unknown as NodeJS.ReadStream,
    type: (bytes) => {
      stream.push(bytes)
    },
    dispose: () => {
      stream.destroy()
    },
  }
}

class KeyStream extends Readable {
  readonly isTTY = true
  isRaw = false

  override _read(): void {
    // Keys are pushed when they are typed; there is nothing to fetch.
  }

  setRawMode(raw: boolean): this {
    this.isRaw = raw
    return this
  }

  /** A tty stream can be kept from holding the program alive; this one never holds it. */
  ref(): this {
    return this
  }

  unref(): this {
    return this
  }
}
