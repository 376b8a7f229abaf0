import { type Frame, FrameError } from './codec.ts'
import { FRAME } from './protocol.ts'
import type { Transport } from './transport.ts'

/** How much of a long answer goes in one frame. */
const PART_BYTES = 1024 * 1024

/** Longest answer, whole. What the host keeps is bounded far below it; a longer one is refused. */
export const MAX_ANSWER_BYTES = 256 * 1024 * 1024

/** The id of the answer and whether this is its last part. */
const HEAD_BYTES = 5

/**
 * Sends the bytes of one answer in parts, at the pace of the reader: what a fleet has to say must not depend on what fits into a
 * frame. Resolves when the last part was handed over or the connection is closed.
 */
export async function sendInParts(transport: Transport, id: number, answer: Buffer): Promise<void> {
  for (let at = 0; at < answer.byteLength && !transport.isClosed; at += PART_BYTES) {
    const end = Math.min(answer.byteLength, at + PART_BYTES)
    const head = Buffer.allocUnsafe(HEAD_BYTES)
    head.writeUInt32LE(id, 0)
    head.writeUInt8(end === answer.byteLength ? 1 : 0, 4)
    const hasRoom = transport.send(FRAME.part, Buffer.concat([head, answer.subarray(at, end)]))
    if (!hasRoom) await untilDrained(transport)
  }
}

function untilDrained(transport: Transport): Promise<void> {
  return new Promise((resolve) => {
    const stops = [transport.onDrain(done), transport.onClose(done)]
    function done(): void {
      for (const stop of stops) stop()
      resolve()
    }
  })
}

/** Puts the parts of answers together. */
export interface PartsReader {
  /** The whole answer once this was its last part. Throws a FrameError when it is no part, or answers get too long. */
  take(frame: Frame): Buffer | undefined
}

/** A reader for one connection; parts of several answers may come in turns. */
export function createPartsReader(): PartsReader {
  const parts = new Map<number, Buffer[]>()
  let bytes = 0
  return {
    take({ payload }) {
      if (payload.byteLength < HEAD_BYTES) throw new FrameError('a part of an answer without a head')
      const id = payload.readUInt32LE(0)
      const answer = [...(parts.get(id) ?? []), payload.subarray(HEAD_BYTES)]
      bytes += payload.byteLength
      if (bytes > MAX_ANSWER_BYTES) throw new FrameError(`answers of more than ${MAX_ANSWER_BYTES} bytes`)
      parts.set(id, answer)
      if (payload.readUInt8(4) === 0) return undefined
      parts.delete(id)
      const whole = Buffer.concat(answer)
      bytes -= whole.byteLength + answer.length * HEAD_BYTES
      return whole
    },
  }
}
