import type { Frame } from '../codec.ts'
import { frameHeader } from '../codec.ts'
import {
  CLOSED_HERE,
  createTransportEvents,
  NOT_READING,
  type Transport,
  type TransportEvents,
  type TransportOptions,
} from '../transport.ts'

/** Above this many undelivered bytes `send` asks to wait. */
const HIGH_WATER_BYTES = 64 * 1024

/** One end; frames travel to the other end's inbox and are delivered on a later turn of the loop. */
class MemoryEnd {
  readonly events: TransportEvents
  readonly #maxBufferedBytes: number
  #other: MemoryEnd | undefined
  #inbox: Frame[] = []
  #inboxBytes = 0
  #isListening = false
  #isScheduled = false
  #isOtherWaiting = false
  #end: string | undefined

  constructor(options: TransportOptions) {
    this.#maxBufferedBytes = options.maxBufferedBytes ?? Number.POSITIVE_INFINITY
    this.events = createTransportEvents(() => {
      this.#isListening = true
      this.#schedule()
    })
  }

  connect(other: MemoryEnd): void {
    this.#other = other
  }

  get bufferedBytes(): number {
    return this.#other?.inboxBytes ?? 0
  }

  get inboxBytes(): number {
    return this.#inboxBytes
  }

  send(type: number, payload: Uint8Array): boolean {
    frameHeader(type, payload.byteLength)
    if (this.events.isClosed || this.#other === undefined) return false
    if (this.bufferedBytes > this.#maxBufferedBytes) {
      this.close(NOT_READING)
      return false
    }
    this.#other.receive({ type, payload: Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength) })
    return this.bufferedBytes <= HIGH_WATER_BYTES
  }

  receive(frame: Frame): void {
    if (this.events.isClosed) return
    this.#inbox.push(frame)
    this.#inboxBytes += frame.payload.byteLength
    if (this.#inboxBytes > HIGH_WATER_BYTES) this.#isOtherWaiting = true
    this.#schedule()
  }

  close(reason: string): void {
    if (!this.events.emitClose(reason)) return
    this.#inbox = []
    this.#inboxBytes = 0
    this.#other?.receiveEnd('the other side closed the connection')
  }

  receiveEnd(reason: string): void {
    this.#end = reason
    // Somebody who never listens must still learn that the connection is gone.
    if (!this.#isListening) this.events.emitClose(reason)
    this.#schedule()
  }

  #schedule(): void {
    if (this.#isScheduled || !this.#isListening) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.#deliver()
    })
  }

  #deliver(): void {
    const frames = this.#inbox
    this.#inbox = []
    for (const frame of frames) {
      if (this.events.isClosed) return
      this.#inboxBytes -= frame.payload.byteLength
      this.events.emitFrame(frame)
    }
    if (this.#end !== undefined && this.#inbox.length === 0) this.events.emitClose(this.#end)
    if (!this.#isOtherWaiting) return
    this.#isOtherWaiting = false
    this.#other?.events.emitDrain()
  }
}

function toTransport(end: MemoryEnd): Transport {
  return {
    onFrame: end.events.onFrame,
    onDrain: end.events.onDrain,
    onClose: end.events.onClose,
    get isClosed() {
      return end.events.isClosed
    },
    get bufferedBytes() {
      return end.bufferedBytes
    },
    send: (type, payload) => end.send(type, payload),
    close: (reason = CLOSED_HERE) => end.close(reason),
  }
}

/** Two connected ends in one process, for embedding and for tests. Delivery is never synchronous. */
export function createMemoryPair(options: TransportOptions = {}): readonly [Transport, Transport] {
  const one = new MemoryEnd(options)
  const two = new MemoryEnd(options)
  one.connect(two)
  two.connect(one)
  return [toTransport(one), toTransport(two)]
}
