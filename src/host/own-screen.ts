import type { Agent } from '../backends/backend.ts'
import type { Size } from '../core/session.ts'
import type { Log } from './log.ts'
import { type SessionTerminal, startTerminal } from './session-terminal.ts'
import type { Screen } from './terminal/screen.ts'

/** Keys kept while the screen opens; more than anyone types in a few seconds. */
const MAX_HELD_BYTES = 256 * 1024

export interface OwnScreenOptions {
  readonly own: NonNullable<Agent['ownScreen']>
  readonly size: Size
  readonly version: string
  readonly mark: string
  /** It became shown or hidden, or ended. */
  readonly onChange: () => void
  /** A process was started: its screen, to be watched. */
  readonly onScreen: (screen: Screen) => void
  readonly log: Log
  /** Whether keys that were held may go in: not into a dialog that came up meanwhile. */
  readonly mayFlush: () => boolean
}

/** The real screen of an agent that otherwise shows a transcript: started on focus, shown once it is there, kept warm after. */
export interface OwnScreen {
  readonly screen: Screen
  readonly isShown: boolean
  readonly isOpening: boolean
  /** Its process is gone: start another one. */
  readonly hasEnded: boolean
  show(size: Size): void
  hide(): void
  type(bytes: Uint8Array): void
  close(): void
}

/** Starts the agent's own screen. Throws when its program is missing. */
export function createOwnScreen(options: OwnScreenOptions): OwnScreen {
  let isWanted = true
  let isReady = false
  let hasEnded = false
  let held: Uint8Array[] = []
  let size = options.size
  const running: SessionTerminal = startTerminal({
    plan: options.own.plan(),
    size,
    version: options.version,
    onExit: (exit) => {
      hasEnded = true
      options.log('own-screen.ended', { session: options.mark, ...exit })
      options.onChange()
    },
    onError: (error) => options.log('screen.error', { session: options.mark, detail: String(error) }),
  })
  options.onScreen(running.screen)
  const flush = (): void => {
    const bytes = held
    held = []
    if (options.mayFlush()) for (const each of bytes) running.terminal.write(each)
    else if (bytes.length > 0) options.log('own-screen.keys-dropped', { session: options.mark, chunks: bytes.length })
  }
  const stopWatching = running.screen.onChange(() => {
    if (isReady || !options.own.isReady(running.screen.text())) return
    isReady = true
    stopWatching()
    flush()
    options.onChange()
  })
  return {
    screen: running.screen,
    get isShown() {
      return isWanted && isReady && !hasEnded
    },
    get isOpening() {
      return isWanted && !isReady && !hasEnded
    },
    get hasEnded() {
      return hasEnded
    },
    show(next) {
      isWanted = true
      if (next.cols !== size.cols || next.rows !== size.rows) running.resize(next)
      size = next
      options.onChange()
    },
    hide() {
      isWanted = false
      held = []
      options.onChange()
    },
    type(bytes) {
      if (isReady) running.terminal.write(bytes)
      else if (held.reduce((sum, each) => sum + each.length, bytes.length) <= MAX_HELD_BYTES) held.push(bytes)
    },
    close() {
      isWanted = false
      running.terminate(1_000).then(
        () => running.dispose(),
        (error: unknown) => options.log('own-screen.close-failed', { session: options.mark, detail: String(error) }),
      )
    },
  }
}
