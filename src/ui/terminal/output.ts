import { writeSync } from 'node:fs'

/** What of a tty stream the output needs; `process.stdout` has it. */
export interface OutputStream {
  readonly fd?: number
  readonly columns?: number
  readonly rows?: number
  write(data: Uint8Array | string): boolean
  on(event: 'drain' | 'resize' | 'error', listener: (error: Error) => void): unknown
  off(event: 'drain' | 'resize' | 'error', listener: (error: Error) => void): unknown
  /** Node's handle of a tty; its switch is not part of the documented interface. */
  readonly _handle?: { setBlocking?(blocking: boolean): unknown } | null
}

/** Called when the terminal takes bytes again, and when it is gone for good. */
export interface OutputOptions {
  readonly stream: OutputStream
  onReady(): void
  onGone(error: Error): void
}

/** The owner of the operator's terminal: nobody else writes to it while the room is open. */
export interface Output {
  /** False while the terminal is still taking what it was given: frames are left out until `onReady`. */
  readonly isReady: boolean
  /** Hands over bytes in any case; returns `isReady` afterwards. Does nothing once the terminal is gone. */
  write(data: Uint8Array | string): boolean
  /** Writes at once, past everything that waits, and gives up on a terminal that takes nothing for a while. */
  writeFinal(text: string): void
  /** Makes the terminal blocking again, as other programs expect it, and lets go of the stream. */
  dispose(): void
}

const FINAL_PATIENCE_MS = 500
const FINAL_PAUSE_MS = 5

/** Takes a stream and makes its writes non-blocking where the platform can. */
export function createOutput({ stream, onReady, onGone }: OutputOptions): Output {
  let isReady = true
  let isGone = false

  const drained = (): void => {
    isReady = true
    onReady()
  }
  const failed = (error: Error): void => {
    if (isGone) return
    isGone = true
    onGone(error)
  }
  stream.on('drain', drained)
  stream.on('error', failed)
  // A blocking tty would stop the whole program for as long as the terminal needs to draw.
  stream._handle?.setBlocking?.(false)

  return {
    get isReady() {
      return isReady && !isGone
    },
    write(data) {
      if (isGone) return false
      isReady = stream.write(data)
      return isReady
    },
    writeFinal(text) {
      if (isGone || text === '') return
      if (stream.fd === undefined) stream.write(text)
      else writeAll(stream.fd, new TextEncoder().encode(text))
    },
    dispose() {
      stream.off('drain', drained)
      stream.off('error', failed)
      if (!isGone) stream._handle?.setBlocking?.(true)
    },
  }
}

/** Writes everything, waiting for a terminal that is busy but not for one that is stuck. */
function writeAll(fd: number, bytes: Uint8Array): void {
  const pause = new Int32Array(new SharedArrayBuffer(4))
  let left = bytes
  let patienceMs = FINAL_PATIENCE_MS
  while (left.length > 0 && patienceMs > 0) {
    try {
      left = left.subarray(writeSync(fd, left))
    } catch (error) {
      // Anything but "busy" means that there is no terminal to restore any more.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return
      patienceMs -= FINAL_PAUSE_MS
      Atomics.wait(pause, 0, 0, FINAL_PAUSE_MS)
    }
  }
}
