/**
 * The only file that reaches behind the public interface of node-pty (pinned). Each function does nothing where what
 * it needs is not there; a test fails when an upgrade moves one.
 */
import { closeSync, constants, openSync, readSync } from 'node:fs'
import type { Socket } from 'node:net'
import type { IPty } from 'node-pty'

interface DecoderState {
  decoder?: unknown
  encoding?: unknown
}

const socketOf = (pty: IPty): (Socket & { readonly _readableState?: DecoderState }) | undefined =>
  (pty as unknown as { readonly _socket?: Socket })._socket

/**
 * Delivers bytes as they are. The program has to be started with encoding `utf8`, for only then does the terminal
 * driver erase whole characters; the decoder that comes with it would spoil what is cut or not text.
 */
export function deliverBytes(pty: IPty): void {
  const state = socketOf(pty)?._readableState
  if (!state) return
  state.decoder = null
  state.encoding = null
}

/** Keeps the program's end of the terminal open, so that its exit does not discard what it printed last. */
export function holdTerminal(pty: IPty): () => void {
  if (!pty.ptsName) return () => undefined
  try {
    const held = openSync(pty.ptsName, constants.O_RDWR | constants.O_NOCTTY)
    return () => closeSync(held)
  } catch {
    // It ended already, or descriptors ran out: the program runs, and at worst its last words are lost.
    return () => undefined
  }
}

/** The most that a terminal driver can still hold for us, generously. */
const DRAIN_BYTES = 4 * 1024 * 1024

/** Calls back right before the terminal's descriptor is closed, once; never where that cannot be known. */
export function beforeClose(pty: IPty, callback: () => void): void {
  const socket = socketOf(pty)
  if (!socket) return
  const destroy = socket.destroy.bind(socket)
  socket.destroy = (error) => {
    socket.destroy = destroy
    callback()
    return destroy(error)
  }
}

/**
 * Reads all that is left in the terminal, also when reading was paused. What the stream holds comes by its own event;
 * what the driver holds is read past it. The descriptor does not block, so this ends.
 */
export function drain(pty: IPty, onData: (bytes: Uint8Array) => void): void {
  const socket = socketOf(pty)
  while (socket && socket.read() !== null);
  if (pty.fd === undefined) return
  for (let total = 0; total < DRAIN_BYTES; ) {
    const chunk = readNow(pty.fd)
    if (!chunk) return
    total += chunk.length
    onData(chunk)
  }
}

function readNow(fd: number): Uint8Array | undefined {
  const chunk = Buffer.allocUnsafe(65_536)
  try {
    const count = readSync(fd, chunk)
    return count === 0 ? undefined : chunk.subarray(0, count)
  } catch {
    // Nothing is left (EAGAIN), or the other end is closed already (EIO).
    return undefined
  }
}

/** Names of the internals that are not where this file expects them; empty with the pinned version. */
export function missingPtyInternals(pty: IPty): readonly string[] {
  const socket = socketOf(pty)
  const present = {
    socket: typeof socket?.destroy === 'function' && typeof socket.read === 'function',
    'socket._readableState': socket?._readableState !== undefined && 'decoder' in socket._readableState,
    fd: typeof pty.fd === 'number',
    ptsName: typeof pty.ptsName === 'string',
  }
  return Object.entries(present).flatMap(([name, isPresent]) => (isPresent ? [] : [name]))
}
