import { Unicode11Addon } from '@xterm/addon-unicode11'
import headless from '@xterm/headless'
import { type IPty, spawn } from 'node-pty'
import type { ProcessPlan, Terminal } from '../../src/backends/backend.ts'
import { createEmitter, type Emitter } from '../../src/core/emitter.ts'
import type { Exit, Size } from '../../src/core/session.ts'

/** An emulated screen, for a process or for a transcript. */
export interface TestScreen {
  readonly size: Size
  readonly drawn: Emitter<void>
  readonly bell: Emitter<void>
  readonly emulator: InstanceType<typeof headless.Terminal>
  /** The visible rows, trimmed on the right. */
  readonly rows: () => readonly string[]
  readonly write: (text: string) => void
}

/** An empty screen. */
export function createTestScreen(size: Size): TestScreen {
  const { cols, rows } = size
  const emulator = new headless.Terminal({ cols, rows, scrollback: 2000, allowProposedApi: true })
  emulator.loadAddon(new Unicode11Addon())
  emulator.unicode.activeVersion = '11'
  const drawn = createEmitter<void>()
  const bell = createEmitter<void>()
  emulator.onBell(() => bell.emit())
  return {
    size,
    drawn,
    bell,
    emulator,
    rows: () => {
      const buffer = emulator.buffer.active
      return Array.from({ length: rows }, (_, at) => buffer.getLine(buffer.baseY + at)?.translateToString(true) ?? '')
    },
    write: (text) => emulator.write(text, () => drawn.emit()),
  }
}

/** A real process on such a screen. */
export interface TestProcess {
  readonly terminal: Terminal
  readonly type: (text: string) => void
  readonly isAlive: () => boolean
  /** SIGTERM, then SIGKILL. Resolves when it is gone and its exit was reported. */
  readonly end: () => Promise<void>
}

const killAfterMs = 5000

/** Starts a process; its exit is reported after its last output. */
export function startTestProcess(plan: ProcessPlan, screen: TestScreen, onExit: (exit: Exit) => void): TestProcess {
  const { cols, rows } = screen.size
  const options = { name: 'xterm-256color', cols, rows, cwd: plan.cwd, env: { ...plan.env } }
  const pty: IPty = spawn(plan.program, [...plan.args], options)
  let isAlive = true
  let title = ''
  screen.emulator.onTitleChange((next) => {
    title = next
  })
  const type = (text: string) => {
    if (isAlive) pty.write(text)
  }
  screen.emulator.onData(type)
  pty.onData((data) => screen.write(String(data)))
  const gone = new Promise<void>((resolve) => {
    pty.onExit(({ exitCode, signal }) => {
      isAlive = false
      screen.emulator.write('', () => {
        onExit({ code: exitCode, signal: signal === undefined || signal === 0 ? undefined : String(signal) })
        resolve()
      })
    })
  })
  return {
    type,
    isAlive: () => isAlive,
    end: async () => {
      if (isAlive) pty.kill('SIGTERM')
      const timer = setTimeout(() => pty.kill('SIGKILL'), killAfterMs)
      await gone
      clearTimeout(timer)
    },
    terminal: {
      pid: pty.pid,
      write: (bytes) => type(Buffer.from(bytes).toString('utf8')),
      lines: screen.rows,
      get title() {
        return title
      },
      get hasBracketedPaste() {
        return screen.emulator.modes.bracketedPasteMode
      },
      onChange: (listener) => screen.drawn.on(listener),
      onBell: (listener) => screen.bell.on(listener),
    },
  }
}
