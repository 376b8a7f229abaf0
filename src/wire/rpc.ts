import { ControlError, toControlError } from '../core/errors.ts'
import { createPartsReader, MAX_ANSWER_BYTES, sendInParts } from './answer-parts.ts'
import { type Frame, FrameError } from './codec.ts'
import { decodeControl, encodeControl, fromWireError, toWireError } from './control.ts'
import {
  type ClientNotifications,
  type ControlMessage,
  FRAME,
  type HostNotifications,
  MAX_FRAME_BYTES,
  MAX_REQUEST_BYTES,
  type Requests,
} from './protocol.ts'
import type { Transport } from './transport.ts'

/** What one side of a connection answers, calls, hears and tells, each a map from name to types. */
export interface Side {
  readonly answers: object
  readonly calls: object
  readonly hears: object
  readonly tells: object
}

export interface HostSide extends Side {
  readonly answers: Requests
  readonly calls: Record<never, never>
  readonly hears: ClientNotifications
  readonly tells: HostNotifications
}

export interface ClientSide extends Side {
  readonly answers: Record<never, never>
  readonly calls: Requests
  readonly hears: HostNotifications
  readonly tells: ClientNotifications
}

type ParamsOf<Map, Name extends keyof Map> = Map[Name] extends { readonly params: infer Params } ? Params : never
type ResultOf<Map, Name extends keyof Map> = Map[Name] extends { readonly result: infer Result } ? Result : never

/** What a handler may do beside answering. */
export interface RequestContext {
  /** Calls back as soon as the answer, or the error, was handed to the connection. */
  onReplied(listener: () => void): void
}

/** A handler for every request: a missing one does not compile. */
export type Handlers<Map> = {
  readonly [Name in keyof Map]: (
    params: ParamsOf<Map, Name>,
    context: RequestContext,
  ) => ResultOf<Map, Name> | Promise<ResultOf<Map, Name>>
}

/** A listener for every notification. */
export type Listeners<Map> = { readonly [Name in keyof Map]: (params: Map[Name]) => void }

export interface PeerOptions<This extends Side> {
  readonly handlers: Handlers<This['answers']>
  readonly listeners: Listeners<This['hears']>
  /** Asked before a handler runs, with what was sent; throws a ControlError to refuse. */
  readonly admit?: (request: string, params: unknown) => void
  /** Gets what a handler or listener threw that is no ControlError, with the name of the request. */
  readonly onUnexpected: (error: unknown, name: string) => void
}

export interface CallOptions {
  /** Rejects with `host.unreachable` when there is no answer by then; absent = waits as long as the connection lives. */
  readonly timeoutMs?: number
}

/** One end of a connection that asks and answers. */
export interface Peer<This extends Side> {
  /** Rejects with the other side's ControlError, or `host.unreachable` when the connection is lost. */
  call<Name extends keyof This['calls'] & string>(
    name: Name,
    params: ParamsOf<This['calls'], Name>,
    options?: CallOptions,
  ): Promise<ResultOf<This['calls'], Name>>
  /** Tells without an answer; nothing happens when the connection is closed. */
  notify<Name extends keyof This['tells'] & string>(name: Name, params: This['tells'][Name]): void
}

interface Pending {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: ControlError) => void
}

type AnyHandler = (params: unknown, context: RequestContext) => unknown
type AnyListener = (params: unknown) => void
type Outcome = { readonly result: unknown } | { readonly error: ReturnType<typeof toWireError> }

class WirePeer<This extends Side> {
  readonly #transport: Transport
  readonly #options: PeerOptions<This>
  // The maps are checked by their types above; names and values that cross the wire are plain data.
  readonly #handlers: ReadonlyMap<string, AnyHandler>
  readonly #listeners: ReadonlyMap<string, AnyListener>
  readonly #pending = new Map<number, Pending>()
  readonly #parts = createPartsReader()
  #lastId = 0
  #closedBecause: string | undefined

  constructor(transport: Transport, options: PeerOptions<This>) {
    this.#transport = transport
    this.#options = options
    this.#handlers = new Map(Object.entries(options.handlers) as [string, AnyHandler][])
    this.#listeners = new Map(Object.entries(options.listeners) as [string, AnyListener][])
    transport.onFrame((frame) => this.#receive(frame))
    transport.onClose((reason) => this.#lose(reason))
  }

  call(name: string, params: unknown, timeoutMs?: number): Promise<unknown> {
    if (this.#closedBecause !== undefined) return Promise.reject(unreachable(this.#closedBecause))
    this.#lastId += 1
    const id = this.#lastId
    const payload = encodeControl({ id, request: name, params })
    if (isTooLong(payload, MAX_REQUEST_BYTES)) return Promise.reject(tooLong('request', MAX_REQUEST_BYTES))
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    this.#pending.set(
      id,
      withTimeout({ resolve, reject }, () => this.#pending.delete(id), timeoutMs),
    )
    this.#transport.send(FRAME.control, payload)
    return promise
  }

  notify(name: string, params: unknown): void {
    this.#transport.send(FRAME.control, encodeControl({ notify: name, params }))
  }

  #receive(frame: Frame): void {
    if (frame.type === FRAME.part) this.#receivePart(frame)
    if (frame.type === FRAME.control) this.#receiveControl(frame.payload)
  }

  #receivePart(frame: Frame): void {
    try {
      const answer = this.#parts.take(frame)
      if (answer !== undefined) this.#receiveControl(answer)
    } catch (error) {
      if (!(error instanceof FrameError)) throw error
      this.#transport.close(error.message)
    }
  }

  #receiveControl(payload: Buffer): void {
    const message = decodeControl(payload)
    if (message === undefined) this.#transport.close('a control message that is not one')
    else if ('notify' in message) this.#hear(message.notify, message.params)
    else if ('request' in message) void this.#answer(message.id, message.request, message.params)
    else this.#settle(message)
  }

  #settle(message: Extract<ControlMessage, { result: unknown } | { error: unknown }>): void {
    const waiting = this.#pending.get(message.id)
    this.#pending.delete(message.id)
    if ('error' in message) waiting?.reject(fromWireError(message.error))
    else waiting?.resolve(message.result)
  }

  #lose(reason: string): void {
    this.#closedBecause = reason
    for (const { reject } of this.#pending.values()) reject(unreachable(reason))
    this.#pending.clear()
  }

  #hear(name: string, params: unknown): void {
    try {
      this.#listeners.get(name)?.(params)
    } catch (error) {
      this.#options.onUnexpected(error, name)
    }
  }

  async #answer(id: number, name: string, params: unknown): Promise<void> {
    const replied: (() => void)[] = []
    const outcome = await this.#outcomeOf(name, params, { onReplied: (listener) => replied.push(listener) })
    const reply = this.#encodeReply(id, outcome, name)
    if (isTooLong(reply, MAX_FRAME_BYTES)) await sendInParts(this.#transport, id, reply)
    else this.#transport.send(FRAME.control, reply)
    for (const listener of replied) listener()
  }

  async #outcomeOf(name: string, params: unknown, context: RequestContext): Promise<Outcome> {
    try {
      this.#options.admit?.(name, params)
      const handler = this.#handlers.get(name)
      if (handler === undefined) throw new ControlError('request.unknown', { method: name })
      return { result: await handler(params, context) }
    } catch (error) {
      return this.#failure(error, name)
    }
  }

  #encodeReply(id: number, outcome: Outcome, name: string): Buffer {
    try {
      const payload = encodeControl({ id, ...outcome })
      return isTooLong(payload, MAX_ANSWER_BYTES)
        ? encodeControl({ id, error: toWireError(tooLong('answer', MAX_ANSWER_BYTES)) })
        : payload
    } catch (error) {
      return encodeControl({ id, ...this.#failure(error, name) })
    }
  }

  #failure(error: unknown, name: string): Outcome {
    if (!(error instanceof ControlError)) this.#options.onUnexpected(error, name)
    return { error: toWireError(toControlError(error)) }
  }
}

/**
 * Speaks requests and notifications over a transport. Unknown requests are answered with `request.unknown`, unknown
 * notifications ignored; bytes that are no control message close the connection.
 */
export function createPeer<This extends Side>(transport: Transport, options: PeerOptions<This>): Peer<This> {
  const peer = new WirePeer(transport, options)
  return {
    // The name picks the type of the result; what the other side sent is trusted to be of it.
    call: (name, params, { timeoutMs } = {}) => peer.call(name, params, timeoutMs) as Promise<never>,
    notify: (name, params) => peer.notify(name, params),
  }
}

function withTimeout(waiting: Pending, forget: () => void, timeoutMs?: number): Pending {
  if (timeoutMs === undefined) return waiting
  const timer = setTimeout(() => {
    forget()
    waiting.reject(unreachable(`no answer within ${timeoutMs} ms`))
  }, timeoutMs)
  return {
    resolve(result) {
      clearTimeout(timer)
      waiting.resolve(result)
    },
    reject(error) {
      clearTimeout(timer)
      waiting.reject(error)
    },
  }
}

function isTooLong(payload: Buffer, most: number): boolean {
  return payload.byteLength + 1 > most
}

function tooLong(what: string, most: number): ControlError {
  return new ControlError('usage.invalid', { what: `The ${what} is longer than ${most} bytes` })
}

function unreachable(detail: string): ControlError {
  return new ControlError('host.unreachable', { detail })
}
