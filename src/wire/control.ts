import { ControlError, isErrorCode } from '../core/errors.ts'
import { isObject, parseObject } from '../core/json.ts'
import type { ControlMessage } from './protocol.ts'

type WireError = Extract<ControlMessage, { error: unknown }>['error']

/** The bytes of a control message. */
export function encodeControl(message: ControlMessage): Buffer {
  return Buffer.from(JSON.stringify(message))
}

/** The control message in these bytes, or undefined when they are none. */
export function decodeControl(payload: Buffer): ControlMessage | undefined {
  const value = parseObject(payload.toString('utf8'))
  if (value === undefined) return undefined
  const { id, request, notify, error } = value
  if (typeof notify === 'string') return { notify, params: value['params'] }
  if (typeof id !== 'number') return undefined
  if (typeof request === 'string') return { id, request, params: value['params'] }
  if (error === undefined) return { id, result: value['result'] }
  const wireError = readError(error)
  return wireError === undefined ? undefined : { id, error: wireError }
}

/** How a failure travels. */
export function toWireError(error: ControlError): WireError {
  return { code: error.code, message: error.message, data: error.data }
}

/** The failure that travelled; a code that this version does not know becomes `internal` with the other side's words. */
export function fromWireError(error: WireError): ControlError {
  if (isErrorCode(error.code)) return new ControlError(error.code, error.data)
  return new ControlError('internal', { detail: `${error.code}: ${error.message}` })
}

function readError(value: unknown): WireError | undefined {
  if (!isObject(value)) return undefined
  const { code, message, data } = value
  if (typeof code !== 'string') return undefined
  return { code, message: String(message), data: isObject(data) ? data : {} }
}
