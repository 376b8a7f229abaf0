import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Agent, ProcessPlan } from '../backends/backend.ts'
import type { Size } from '../core/session.ts'
import type { Log } from './log.ts'
import { type SessionTerminal, startTerminal } from './session-terminal.ts'
import type { Screen } from './terminal/screen.ts'

/** Keys kept while the screen opens; more than anyone types in a few seconds. */
const MAX_HELD_BYTES = 256 * 1024

/** How long its program may take to end by itself. */
const GRACE_MS = 1_000

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
export class OwnScreen {
  readonly #options: OwnScreenOptions
  readonly #running: SessionTerminal
  /** Its temporary files, if its plan says where such go. */
  readonly #scratch: string | undefined
  #size: Size
  #isWanted = true
  #isReady = false
  #hasEnded = false
  #held: Uint8Array[] = []

  /** Starts the program. Throws when it is missing. */
  constructor(options: OwnScreenOptions) {
    this.#options = options
    this.#size = options.size
    const plan = options.own.plan()
    this.#scratch = makeScratch(plan)
    this.#running = this.#start(plan)
    options.onScreen(this.screen)
    const stopWatching = this.screen.onChange(() => {
      if (!options.own.isReady(this.screen.text())) return
      stopWatching()
      this.#becomeReady()
    })
  }

  get screen(): Screen {
    return this.#running.screen
  }

  get isShown(): boolean {
    return this.#isWanted && this.#isReady && !this.#hasEnded
  }

  get isOpening(): boolean {
    return this.#isWanted && !this.#isReady && !this.#hasEnded
  }

  /** Its process is gone: another one must be started. */
  get hasEnded(): boolean {
    return this.#hasEnded
  }

  show(size: Size): void {
    this.#isWanted = true
    if (size.cols !== this.#size.cols || size.rows !== this.#size.rows) this.#running.resize(size)
    this.#size = size
    this.#options.onChange()
  }

  hide(): void {
    this.#isWanted = false
    this.#held = []
    this.#options.onChange()
  }

  /** Types into it; keys that come before it is there are held. */
  type(bytes: Uint8Array): void {
    if (this.#isReady) {
      this.#running.terminal.write(bytes)
      return
    }
    const held = this.#held.reduce((sum, each) => sum + each.length, bytes.length)
    if (held <= MAX_HELD_BYTES) this.#held.push(bytes)
  }

  close(): void {
    this.#isWanted = false
    this.#end().catch((error: unknown) =>
      this.#options.log('own-screen.close-failed', { session: this.#options.mark, detail: String(error) }),
    )
  }

  async #end(): Promise<void> {
    await this.#running.terminate(GRACE_MS)
    this.#running.dispose()
    this.#removeScratch()
  }

  #start(plan: ProcessPlan): SessionTerminal {
    const { size, version, log, mark, onChange } = this.#options
    const env = this.#scratch === undefined ? plan.env : { ...plan.env, TMPDIR: this.#scratch }
    try {
      return startTerminal({
        plan: { ...plan, env },
        size,
        version,
        onExit: (exit) => {
          this.#hasEnded = true
          this.#removeScratch()
          log('own-screen.ended', { session: mark, ...exit })
          onChange()
        },
        onError: (error) => log('screen.error', { session: mark, detail: String(error) }),
      })
    } catch (error) {
      this.#removeScratch()
      throw error
    }
  }

  #removeScratch(): void {
    if (this.#scratch === undefined) return
    try {
      rmSync(this.#scratch, { recursive: true, force: true })
    } catch (error) {
      // Something of it still writes there: what is left goes with the session's directory.
      this.#options.log('own-screen.files-left', { session: this.#options.mark, detail: String(error) })
    }
  }

  #becomeReady(): void {
    const held = this.#held
    this.#held = []
    this.#isReady = true
    if (this.#options.mayFlush()) for (const each of held) this.#running.terminal.write(each)
    else if (held.length > 0)
      this.#options.log('own-screen.keys-dropped', { session: this.#options.mark, chunks: held.length })
    this.#options.onChange()
  }
}

/** A directory of this start alone: what a program unpacks for itself would gather with each start. */
function makeScratch({ env }: ProcessPlan): string | undefined {
  const directory = env['TMPDIR']
  return directory === undefined ? undefined : mkdtempSync(join(directory, 'own-screen-'))
}
