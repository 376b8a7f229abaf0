import type { Socket } from 'node:net'
import { createDecoder, FrameError, frameHeader } from '../codec.ts'
import {
  CLOSED_HERE,
  createTransportEvents,
  NOT_READING,
  type Transport,
  type TransportEvents,
  type TransportOptions,
} from '../transport.ts'

/** Frames up to this size are joined with their header: one small copy is cheaper than two writes. */
const JOIN_BELOW_BYTES = 4096

/** How long a closed connection may still flush what was sent before it. */
const LINGER_MS = 1000

/** Frames over a connected stream socket (Unix or TCP). The transport owns the socket from here on. */
export function createSocketTransport(socket: Socket, options: TransportOptions = {}): Transport {
  const events = createTransportEvents(() => readFrames(socket, { events, close, longest: options.maxFrameBytes }))
  const maxBufferedBytes = options.maxBufferedBytes ?? Number.POSITIVE_INFINITY

  function close(reason: string = CLOSED_HERE): void {
    if (!events.emitClose(reason)) return
    socket.end()
    // Without a reader the end is never seen, and the socket would stay half open.
    socket.resume()
    const linger = setTimeout(() => socket.destroy(), LINGER_MS)
    linger.unref()
    socket.once('close', () => clearTimeout(linger))
  }

  socket.on('drain', () => events.emitDrain())
  socket.on('error', (error: NodeJS.ErrnoException) => events.emitClose(error.code ?? error.message))
  socket.on('end', () => close('the other side closed the connection'))
  socket.on('close', () => events.emitClose('the connection was lost'))

  return {
    ...pick(events),
    get isClosed() {
      return events.isClosed
    },
    get bufferedBytes() {
      return socket.writableLength
    },
    send(type, payload) {
      if (events.isClosed) return false
      if (socket.writableLength > maxBufferedBytes) {
        close(NOT_READING)
        return false
      }
      return writeFrame(socket, type, payload)
    },
    close,
  }
}

function pick(events: TransportEvents): Pick<Transport, 'onFrame' | 'onDrain' | 'onClose'> {
  return { onFrame: events.onFrame, onDrain: events.onDrain, onClose: events.onClose }
}

function writeFrame(socket: Socket, type: number, payload: Uint8Array): boolean {
  const header = frameHeader(type, payload.byteLength)
  if (payload.byteLength <= JOIN_BELOW_BYTES) return socket.write(Buffer.concat([header, payload]))
  socket.cork()
  socket.write(header)
  const hasRoom = socket.write(payload)
  socket.uncork()
  return hasRoom
}

interface Reading {
  readonly events: TransportEvents
  readonly close: (reason: string) => void
  readonly longest: number | undefined
}

function readFrames(socket: Socket, { events, close, longest }: Reading): void {
  const decoder = createDecoder(longest)
  socket.on('data', (chunk: Buffer) => {
    if (events.isClosed) return
    try {
      for (const frame of decoder.push(chunk)) {
        events.emitFrame(frame)
        if (events.isClosed) return
      }
    } catch (error) {
      if (!(error instanceof FrameError)) throw error
      close(error.message)
    }
  })
  socket.resume()
}
