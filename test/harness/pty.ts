import { Unicode11Addon } from '@xterm/addon-unicode11'
import headless from '@xterm/headless'
import { spawn } from 'node-pty'

/** A program in a real pseudo-terminal, seen through an emulated screen. */
export interface TestTerminal extends AsyncDisposable {
  readonly pid: number
  /** The visible rows, right-trimmed. */
  readonly screen: () => string
  /** Everything, scrollback included. */
  readonly transcript: () => string
  readonly titles: () => readonly string[]
  /** Resolves with the screen that meets the condition; rejects with the screen on time-out or exit. */
  readonly until: (condition: RegExp | ((screen: string) => boolean), timeoutMs?: number) => Promise<string>
  readonly write: (text: string) => void
  readonly paste: (text: string) => void
  readonly exited: Promise<{ readonly exitCode: number; readonly signal?: number }>
}

/** What to start, and how large its terminal is. */
export interface TerminalOptions {
  readonly file: string
  readonly args?: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly columns?: number
  readonly rows?: number
}

const killAfterMs = 4000

/** Starts a program. Disposing sends SIGTERM, then SIGKILL, and resolves when the program is gone. */
export function openTerminal(options: TerminalOptions): TestTerminal {
  const { columns: cols = 110, rows = 34 } = options
  const emulator = new headless.Terminal({ cols, rows, scrollback: 2000, allowProposedApi: true })
  emulator.loadAddon(new Unicode11Addon())
  emulator.unicode.activeVersion = '11'
  const { cwd, env } = options
  const settings = { name: 'xterm-256color', encoding: 'utf8', cols, rows, cwd, env } as const
  const child = spawn(options.file, [...(options.args ?? [])], settings)
  const titles: string[] = []
  const checks = new Set<() => void>()
  const check = () => {
    for (const each of checks) each()
  }
  let isOver = false
  let isGone = false
  const exited = new Promise<{ exitCode: number; signal?: number }>((resolve) => {
    child.onExit((exit) => {
      isGone = true
      // Behind everything the program has printed: who waits for the end sees the whole screen.
      emulator.write('\x1b[m', () => {
        isOver = true
        check()
        resolve(exit)
      })
    })
  })
  emulator.onData((reply) => child.write(reply))
  emulator.onTitleChange((title) => {
    titles.push(title)
  })
  child.onData((data) => emulator.write(data, check))
  const lines = (from: number, to: number) =>
    Array.from(
      { length: to - from },
      (_, at) => emulator.buffer.active.getLine(from + at)?.translateToString(true) ?? '',
    )
      .join('\n')
      .replace(/\n+$/, '')
  const screen = () => lines(emulator.buffer.active.baseY, emulator.buffer.active.baseY + rows)
  const transcript = () => lines(0, emulator.buffer.active.length)
  return {
    pid: child.pid,
    screen,
    transcript,
    titles: () => [...titles],
    write: (text) => child.write(text),
    paste: (text) => child.write(`\x1b[200~${text}\x1b[201~`),
    exited,
    until: (condition, timeoutMs = 15_000) =>
      wait({ condition, timeoutMs, screen, transcript, checks, isOver: () => isOver }),
    [Symbol.asyncDispose]: async () => {
      const kill = (signal: NodeJS.Signals) => isGone || process.kill(child.pid, signal)
      const timer = setTimeout(() => kill('SIGKILL'), killAfterMs)
      kill('SIGTERM')
      await exited
      clearTimeout(timer)
      emulator.dispose()
    },
  }
}

interface Waiting {
  readonly condition: RegExp | ((screen: string) => boolean)
  readonly timeoutMs: number
  readonly screen: () => string
  readonly transcript: () => string
  /** Called after each change of the screen and at the end. */
  readonly checks: Set<() => void>
  readonly isOver: () => boolean
}

function wait({ condition, timeoutMs, screen, transcript, checks, isOver }: Waiting): Promise<string> {
  const isMet = (text: string) => (condition instanceof RegExp ? condition.test(text) : condition(text))
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void) => {
      clearTimeout(timer)
      checks.delete(look)
      finish()
    }
    const look = () => {
      const text = screen()
      if (isMet(text)) settle(() => resolve(text))
      else if (isOver()) settle(() => reject(new Error(`exited before ${condition}\n${transcript()}`)))
    }
    const timer = setTimeout(() => {
      settle(() => reject(new Error(`no ${condition} within ${timeoutMs} ms\n${screen()}`)))
    }, timeoutMs)
    checks.add(look)
    look()
  })
}
