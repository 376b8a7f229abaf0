import { MAX_FRAME_BYTES } from './protocol.ts'

const LENGTH_BYTES = 4
const HEADER_BYTES = LENGTH_BYTES + 1

/** One message on a connection: what it is (see FRAME) and its bytes. */
export interface Frame {
  readonly type: number
  readonly payload: Buffer
}

/** The only thing a decoder throws: the bytes are no frames, and nothing after them can be trusted. */
export class FrameError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'FrameError'
  }
}

/** Turns a stream of bytes back into frames, however it was cut. */
export interface FrameDecoder {
  /** The frames that these bytes complete. Throws a FrameError, from then on at every call. */
  push(chunk: Uint8Array): Generator<Frame, void, void>
}

/** The five bytes before a payload. Throws a FrameError when the frame would be longer than MAX_FRAME_BYTES. */
export function frameHeader(type: number, payloadBytes: number): Buffer {
  const length = payloadBytes + 1
  if (length > MAX_FRAME_BYTES) throw new FrameError(`a frame of ${length} bytes is longer than ${MAX_FRAME_BYTES}`)
  const header = Buffer.allocUnsafe(HEADER_BYTES)
  header.writeUInt32LE(length, 0)
  header.writeUInt8(type, LENGTH_BYTES)
  return header
}

/** A whole frame. Throws a FrameError when it is too long. */
export function encodeFrame(type: number, payload: Uint8Array): Buffer {
  return Buffer.concat([frameHeader(type, payload.byteLength), payload])
}

/** Bytes in the order they came, joined only when a frame spans several chunks. */
class ByteQueue {
  #chunks: Buffer[] = []
  #bytes = 0

  get bytes(): number {
    return this.#bytes
  }

  push(chunk: Uint8Array): void {
    if (chunk.byteLength === 0) return
    this.#chunks.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
    this.#bytes += chunk.byteLength
  }

  /** Takes `count` bytes, which must be there. */
  take(count: number): Buffer {
    this.#bytes -= count
    const first = this.#chunks[0]
    if (first !== undefined && first.byteLength > count) {
      this.#chunks[0] = first.subarray(count)
      return first.subarray(0, count)
    }
    return this.#join(count)
  }

  #join(count: number): Buffer {
    const parts: Buffer[] = []
    let used = 0
    let missing = count
    while (missing > 0) {
      const chunk = this.#chunks[used]
      if (chunk === undefined) break
      const part = chunk.subarray(0, missing)
      parts.push(part)
      missing -= part.byteLength
      if (part.byteLength < chunk.byteLength) this.#chunks[used] = chunk.subarray(part.byteLength)
      else used += 1
    }
    this.#chunks.splice(0, used)
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts)
  }
}

/** A decoder for one direction of one connection; a frame that is longer than `longest` bytes breaks it. */
export function createDecoder(longest = MAX_FRAME_BYTES): FrameDecoder {
  const queue = new ByteQueue()
  let open: { readonly type: number; readonly payloadBytes: number } | undefined
  let broken: FrameError | undefined

  function readHeader(): { readonly type: number; readonly payloadBytes: number } {
    const header = queue.take(HEADER_BYTES)
    const length = header.readUInt32LE(0)
    if (length < 1 || length > longest) {
      broken = new FrameError(`${length} is not the length of a frame`)
      throw broken
    }
    return { type: header.readUInt8(LENGTH_BYTES), payloadBytes: length - 1 }
  }

  return {
    *push(chunk) {
      if (broken !== undefined) throw broken
      queue.push(chunk)
      for (;;) {
        if (open === undefined && queue.bytes < HEADER_BYTES) return
        open ??= readHeader()
        if (queue.bytes < open.payloadBytes) return
        const frame = { type: open.type, payload: queue.take(open.payloadBytes) }
        open = undefined
        yield frame
      }
    },
  }
}
