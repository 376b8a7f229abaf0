import type { ScreenModes } from '../../core/grid.ts'
import { clipboardSequence } from './clipboard.ts'
import { isInForeground } from './foreground.ts'
import type { Schedule } from './input.ts'
import { type EndReason, installLifecycle, type ProcessEvents } from './lifecycle.ts'
import { createTerminalModes } from './modes.ts'
import { type Notice, noticeSequence } from './notification.ts'
import { createOutput, type OutputStream } from './output.ts'

/** What of a tty's input the room needs; `process.stdin` has it. */
export interface InputStream {
  setRawMode?(raw: boolean): unknown
  resume(): unknown
  pause(): unknown
  on(event: 'data' | 'end' | 'error', listener: (chunk: Uint8Array) => void): unknown
  off(event: 'data' | 'end' | 'error', listener: (chunk: Uint8Array) => void): unknown
}

/** A size in cells. */
export interface TerminalSize {
  readonly cols: number
  readonly rows: number
}

/** The streams, the process and the clock are given, so that tests can put others in their place. */
export interface RoomTerminalOptions {
  readonly stdin: InputStream
  readonly stdout: OutputStream
  readonly process: ProcessEvents
  readonly mouse: boolean
  readonly schedule: Schedule
  onInput(chunk: Uint8Array): void
  onResize(size: TerminalSize): void
  /** The terminal takes frames again. */
  onReady(): void
  /** The terminal was somebody else's meanwhile: draw everything. */
  onRepaint(): void
  /** The process ends by a signal or a crash; the terminal is already given back. */
  onEnd(reason: EndReason): void
  /** The terminal is gone: the window was closed or the line was cut. */
  onGone(): void
}

/** The operator's terminal while the room has it. */
export interface RoomTerminal {
  readonly size: TerminalSize
  /** Writes a frame; false when no other should follow before `onReady` or `onRepaint`. */
  write(bytes: Uint8Array): boolean
  mirror(modes: ScreenModes): void
  unmirror(): void
  /** Sets the title of the window, or (undefined) gives back the one before. */
  title(text: string | undefined): void
  /** Calls the operator, unless the terminal is somebody else's at the moment. */
  notify(notice: Notice): void
  /** Puts a text on the clipboard of the terminal. */
  copy(text: string): void
  /** Hands the terminal to the shell until the program is continued. */
  suspend(): void
  /** Gives the terminal back and lets go of the process. Safe to call twice. */
  close(): void
}

/** Takes the terminal: raw input, other screen, reports on. */
export function openRoomTerminal(options: RoomTerminalOptions): RoomTerminal {
  const { stdin, stdout, process, schedule, onInput, onResize, onReady, onRepaint, onEnd, onGone } = options
  const modes = createTerminalModes({ mouse: options.mouse })
  const output = createOutput({ stream: stdout, onReady: ready, onGone })
  let isTaken = false

  function ready(): void {
    if (isTaken) onReady()
  }

  function enter(): void {
    isTaken = true
    stdin.setRawMode?.(true)
    output.write(modes.enter())
  }

  function restore(): void {
    if (!isTaken) return
    isTaken = false
    output.writeFinal(modes.restore())
    leaveRawMode(stdin)
  }

  function send(text: string): void {
    if (isTaken && text !== '') output.write(text)
  }

  const size = (): TerminalSize => ({ cols: stdout.columns ?? 80, rows: stdout.rows ?? 24 })
  const resized = (): void => onResize(size())
  const lifecycle = installLifecycle({ process, restore, enter, repaint: onRepaint, onEnd, schedule })
  stdout.on('resize', resized)
  const stopReading = read(stdin, onInput, onGone)
  enter()

  return {
    get size() {
      return size()
    },
    write: (bytes) => isTaken && output.write(bytes),
    mirror: (agentModes) => send(modes.mirror(agentModes)),
    unmirror: () => send(modes.unmirror()),
    title: (text) => send(modes.title(text)),
    notify: (notice) => send(noticeSequence(notice)),
    copy: (text) => send(clipboardSequence(text)),
    suspend: () => lifecycle.suspend(),
    close() {
      restore()
      lifecycle.dispose()
      stdout.off('resize', resized)
      stopReading()
      output.dispose()
    },
  }
}

/** Reads until the returned function is called. */
function read(stdin: InputStream, onInput: (chunk: Uint8Array) => void, onGone: () => void): () => void {
  stdin.on('data', onInput)
  stdin.on('end', onGone)
  stdin.on('error', onGone)
  stdin.resume()
  return () => {
    stdin.off('data', onInput)
    stdin.off('end', onGone)
    stdin.off('error', onGone)
    stdin.pause()
  }
}

function leaveRawMode(stdin: InputStream): void {
  if (!isInForeground()) return
  try {
    stdin.setRawMode?.(false)
  } catch {
    // The terminal is gone, and with it the mode that was to be restored.
  }
}
