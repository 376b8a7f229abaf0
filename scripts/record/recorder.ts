import { StringDecoder } from 'node:string_decoder'
import { type IPty, spawn } from 'node-pty'
import { createScreen, type Screen } from '../../src/host/terminal/screen.ts'
import type { TerminalSize } from '../../test/oracle/our-screen.ts'
import type { Recording, RecordingEvent } from '../../test/oracle/recording.ts'

/** What to record: a program in a terminal of this size. */
export interface Recorded {
  readonly name: string
  readonly program: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly size: TerminalSize
}

/** Plays the operator of a recorded program. */
export interface Recorder extends AsyncDisposable {
  type(text: string): void
  /** Resolves when the screen shows it. */
  until(what: RegExp): Promise<void>
  /** Waits until the program draws nothing any more, and remembers the place under this name. */
  mark(name: string): Promise<void>
  resize(size: TerminalSize): Promise<void>
  readonly screen: () => string
  readonly recording: () => Recording
}

const QUIET_MS = 700
const LOOK_AGAIN_MS = 50
const DEADLINE_MS = 60_000
const KILL_AFTER_MS = 5000

/** Starts the program on one of our screens, which answers what it asks. Disposing ends it. */
export function startRecorder(recorded: Recorded): Recorder {
  return new PtyRecorder(recorded)
}

class PtyRecorder implements Recorder {
  readonly #recorded: Recorded
  readonly #child: IPty
  readonly #screen: Screen
  readonly #events: RecordingEvent[] = []
  readonly #decoder = new StringDecoder('utf8')
  readonly #startedAt = performance.now()
  readonly #exited: Promise<void>
  #heardAt = performance.now()
  #isGone = false

  constructor(recorded: Recorded) {
    this.#recorded = recorded
    const { program, args, cwd, env, size } = recorded
    const child = spawn(program, [...args], { name: 'xterm-256color', encoding: null, ...size, cwd, env: { ...env } })
    this.#child = child
    this.#screen = createScreen({ ...size, version: '1', reply: (bytes) => this.#isGone || child.write(bytes) })
    child.onData((data) => this.#hear(Buffer.from(data)))
    this.#exited = new Promise((resolve) => {
      child.onExit(() => {
        this.#isGone = true
        resolve()
      })
    })
  }

  readonly screen = (): string => this.#screen.text().join('\n')

  type(text: string): void {
    this.#child.write(text)
  }

  async until(what: RegExp): Promise<void> {
    const giveUpAt = performance.now() + DEADLINE_MS
    while (!what.test(this.screen())) {
      if (this.#isGone || performance.now() > giveUpAt) throw new Error(`no ${what} on the screen:\n${this.screen()}`)
      await pause(LOOK_AGAIN_MS)
    }
  }

  async mark(name: string): Promise<void> {
    this.#heardAt = performance.now()
    const giveUpAt = performance.now() + DEADLINE_MS
    while (performance.now() - this.#heardAt < QUIET_MS && performance.now() < giveUpAt) await pause(LOOK_AGAIN_MS)
    this.#events.push({ kind: 'mark', atMs: this.#now(), name })
  }

  async resize(size: TerminalSize): Promise<void> {
    this.#events.push({ kind: 'resize', atMs: this.#now(), size })
    this.#screen.resize(size.cols, size.rows)
    this.#child.resize(size.cols, size.rows)
    await this.mark(`resized to ${size.cols}x${size.rows}`)
  }

  readonly recording = (): Recording => {
    const { name, size } = this.#recorded
    return { name, size, events: this.#events }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const kill = (signal: NodeJS.Signals) => this.#isGone || process.kill(this.#child.pid, signal)
    const timer = setTimeout(() => kill('SIGKILL'), KILL_AFTER_MS)
    kill('SIGTERM')
    await this.#exited
    clearTimeout(timer)
    this.#screen.dispose()
  }

  #hear(bytes: Buffer): void {
    this.#heardAt = performance.now()
    this.#screen.write(bytes)
    const text = this.#decoder.write(bytes)
    const last = this.#events.at(-1)
    // One frame comes in several reads: as one event it packs better, and the tests cut it as they like.
    if (last?.kind === 'output' && last.atMs === this.#now()) {
      this.#events[this.#events.length - 1] = { ...last, text: last.text + text }
    } else this.#events.push({ kind: 'output', atMs: this.#now(), text })
  }

  #now(): number {
    return Math.round((performance.now() - this.#startedAt) / 10) * 10
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
