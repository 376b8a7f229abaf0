import { createEmitter } from '../core/emitter.ts'
import type { Dispose } from '../core/scope.ts'
import type { Frame } from './codec.ts'

/** A two-way connection that carries frames: in order, whole, each once, until it closes. */
export interface Transport {
  /** Hands over a frame; its bytes must not be changed afterwards. False = wait for `onDrain` before sending more. */
  send(type: number, payload: Uint8Array): boolean
  /** Bytes handed over that the other side has not taken yet. */
  readonly bufferedBytes: number
  readonly isClosed: boolean
  /** Frames that come before the first listener wait for it. */
  onFrame(listener: (frame: Frame) => void): Dispose
  onDrain(listener: () => void): Dispose
  /** Called once with the reason in words; a listener that comes later is called soon. */
  onClose(listener: (reason: string) => void): Dispose
  /** Closes both directions: what was sent still goes out if the other side takes it soon; nothing more is heard. */
  close(reason?: string): void
}

/** Limits of one connection. */
export interface TransportOptions {
  /** A side that leaves more than this unread is disconnected at the next send; absent = no limit. */
  readonly maxBufferedBytes?: number
  /** A side that sends a longer frame is disconnected; absent = MAX_FRAME_BYTES. */
  readonly maxFrameBytes?: number
}

/** Why a transport closed when its own side closed it without saying why. */
export const CLOSED_HERE = 'closed on this side'

/** Why a transport closed when the other side did not read. */
export const NOT_READING = 'the other side does not read'

/** The listening half of a transport, the same for every kind. */
export interface TransportEvents extends Pick<Transport, 'onFrame' | 'onDrain' | 'onClose' | 'isClosed'> {
  emitFrame(frame: Frame): void
  emitDrain(): void
  /** Closes for the listeners; false when it was closed already. */
  emitClose(reason: string): boolean
}

/** Listeners of one transport; `onFirstListener` is called when somebody begins to listen for frames. */
export function createTransportEvents(onFirstListener: () => void): TransportEvents {
  const frames = createEmitter<Frame>()
  const drains = createEmitter<void>()
  const closes = createEmitter<string>()
  let closedBecause: string | undefined
  let hasListener = false
  return {
    get isClosed() {
      return closedBecause !== undefined
    },
    onFrame(listener) {
      const dispose = frames.on(listener)
      if (!hasListener) onFirstListener()
      hasListener = true
      return dispose
    },
    onDrain: (listener) => drains.on(listener),
    onClose(listener) {
      if (closedBecause === undefined) return closes.on(listener)
      const late = createEmitter<string>()
      const dispose = late.on(listener)
      const reason = closedBecause
      queueMicrotask(() => late.emit(reason))
      return dispose
    },
    emitFrame: (frame) => frames.emit(frame),
    emitDrain: () => drains.emit(),
    emitClose(reason) {
      if (closedBecause !== undefined) return false
      closedBecause = reason
      closes.emit(reason)
      return true
    },
  }
}
