import { type SessionId, sessionId } from '../core/ids.ts'

/** Characters of a session id at the front of an `input` frame. */
const ID_BYTES = 26

/** What an `input` frame holds: bytes to type into a session. */
export interface InputFrame {
  readonly id: SessionId
  readonly bytes: Uint8Array
}

/** The payload of an `input` frame; the bytes are copied. */
export function encodeInputFrame({ id, bytes }: InputFrame): Buffer {
  return Buffer.concat([Buffer.from(id.padEnd(ID_BYTES).slice(0, ID_BYTES), 'latin1'), bytes])
}

/** What a payload holds, or undefined when it is too short to name a session. */
export function decodeInputFrame(payload: Buffer): InputFrame | undefined {
  if (payload.byteLength < ID_BYTES) return undefined
  return { id: sessionId(payload.toString('latin1', 0, ID_BYTES).trimEnd()), bytes: payload.subarray(ID_BYTES) }
}
