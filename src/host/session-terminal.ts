import type { ProcessPlan, Terminal } from '../backends/backend.ts'
import { createEmitter } from '../core/emitter.ts'
import type { Dispose } from '../core/scope.ts'
import type { Exit, Size } from '../core/session.ts'
import { PAUSE_ABOVE_BYTES, RESUME_BELOW_BYTES } from './terminal/parse-queue.ts'
import { type Pty, spawnPty } from './terminal/pty.ts'
import { createScreen, type Screen } from './terminal/screen.ts'

export interface TerminalOptions {
  readonly plan: ProcessPlan
  readonly size: Size
  readonly version: string
  readonly onExit: (exit: Exit) => void
  readonly onError: (error: unknown) => void
}

/** A process in a pseudo-terminal together with the screen that it draws on. */
export interface SessionTerminal {
  readonly screen: Screen
  /** What the backend sees of it. */
  readonly terminal: Terminal
  resize(size: Size): void
  /** Ends the process group, then whatever is left of the session; resolves to the ids that outlived even that. */
  terminate(graceMs: number): Promise<readonly number[]>
  dispose(): void
}

/** Starts the process of a plan. Throws `program.missing` or `directory.missing` before anything is started. */
export function startTerminal(options: TerminalOptions): SessionTerminal {
  const bells = createEmitter<void>()
  let pty: Pty | undefined
  const { plan, size } = options
  const screen = createScreen({
    cols: size.cols,
    rows: size.rows,
    version: options.version,
    reply: (bytes) => pty?.write(Buffer.from(bytes)),
    onBell: () => bells.emit(),
    onError: options.onError,
  })
  try {
    pty = spawnPty({
      file: plan.program,
      args: plan.args,
      env: plan.env,
      cwd: plan.cwd,
      cols: size.cols,
      rows: size.rows,
      onData: (bytes) => screen.write(bytes),
      onExit: ({ exitCode, signal }) => options.onExit({ code: signal === undefined ? exitCode : undefined, signal }),
    })
  } catch (error) {
    screen.dispose()
    throw error
  }
  keepParserAhead(screen, pty)
  return assemble(screen, pty, bells.on)
}

function assemble(screen: Screen, pty: Pty, onBell: (listener: () => void) => Dispose): SessionTerminal {
  return {
    screen,
    terminal: {
      pid: pty.pid,
      write: (bytes) => pty.write(bytes),
      lines: () => screen.text(),
      get title() {
        return screen.title
      },
      get hasBracketedPaste() {
        return screen.modes.bracketedPaste
      },
      onChange: (listener) => screen.onChange(() => listener()),
      onBell,
    },
    resize(size) {
      screen.resize(size.cols, size.rows)
      pty.resize(size.cols, size.rows)
    },
    terminate: (graceMs) => pty.terminate({ graceMs }),
    dispose: () => screen.dispose(),
  }
}

function keepParserAhead(screen: Screen, pty: Pty): void {
  let isPaused = false
  screen.onDrained((pending) => {
    if (!isPaused && pending > PAUSE_ABOVE_BYTES) {
      isPaused = true
      pty.pause()
    } else if (isPaused && pending < RESUME_BELOW_BYTES) {
      isPaused = false
      pty.resume()
    }
  })
}
