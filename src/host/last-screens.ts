import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import type { SessionId } from '../core/ids.ts'
import type { FactLog } from './fact-log.ts'
import type { LiveSessions } from './live-sessions.ts'
import type { Log } from './log.ts'
import { createScreen, type Screen } from './terminal/screen.ts'

/** How old the kept picture of a session may be. */
const KEEP_EVERY_MS = 15_000
/** Lines kept above the visible ones. */
const SCROLLBACK_LINES = 60
/** Longest picture kept, in characters. */
const MOST_CHARACTERS = 256 * 1024
/** Kept pictures of ended sessions that are held in memory. */
const OPEN_SCREENS = 6

const picture = z.object({
  cols: z.number().int().positive(),
  rows: z.number().int().positive(),
  lines: z.array(z.string()),
})

export interface LastScreensOptions {
  /** Made (0700) when there is none. */
  readonly directory: string
  readonly live: Pick<LiveSessions, 'get' | 'onScreenChange'>
  readonly facts: FactLog
  readonly log: Log
}

/** What sessions showed last, on disk: it is still there when neither they nor their host are. */
export interface LastScreens {
  /** The kept picture of a session; undefined when there is none. */
  screenOf(id: SessionId): Screen | undefined
  /** Keeps what is shown now. */
  close(): Promise<void>
}

/** Keeps the screens of all sessions in a directory, each some seconds after it changed, and forgets those of removed ones. */
export function createLastScreens(options: LastScreensOptions): LastScreens {
  return new ScreenKeeper(options)
}

class ScreenKeeper implements LastScreens {
  readonly #options: LastScreensOptions
  readonly #due = new Map<SessionId, NodeJS.Timeout>()
  readonly #open = new Map<SessionId, Screen>()
  readonly #stops: readonly (() => void)[]

  constructor(options: LastScreensOptions) {
    this.#options = options
    const { directory, live, facts } = options
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    this.#stops = [
      live.onScreenChange((id) => this.#keepLater(id)),
      facts.onFact(({ fact }) => {
        if (fact.type === 'session.removed') this.#forget(fact.id)
        if (fact.type === 'session.exited' && this.#due.has(fact.id)) void this.#keep(fact.id)
      }),
    ]
  }

  screenOf(id: SessionId): Screen | undefined {
    const open = this.#open.get(id)
    if (open !== undefined) return open
    const screen = this.#read(id)
    if (screen === undefined) return undefined
    this.#open.set(id, screen)
    for (const [other, oldest] of this.#open) {
      if (this.#open.size <= OPEN_SCREENS) break
      this.#open.delete(other)
      oldest.dispose()
    }
    return screen
  }

  async close(): Promise<void> {
    for (const stop of this.#stops) stop()
    await Promise.all([...this.#due.keys()].map((id) => this.#keep(id)))
    for (const screen of this.#open.values()) screen.dispose()
    this.#open.clear()
  }

  #keepLater(id: SessionId): void {
    if (this.#due.has(id)) return
    this.#due.set(
      id,
      setTimeout(() => void this.#keep(id), KEEP_EVERY_MS),
    )
  }

  async #keep(id: SessionId): Promise<void> {
    clearTimeout(this.#due.get(id))
    this.#due.delete(id)
    const screen = this.#options.live.get(id)?.screen
    if (screen === undefined) return
    const { cols, rows } = screen
    const lines = screen.ansi({ lines: rows + SCROLLBACK_LINES, fromBottom: true })
    const text = JSON.stringify({ cols, rows, lines })
    if (text.length > MOST_CHARACTERS) return
    const file = this.#file(id)
    try {
      await writeFile(`${file}.tmp`, text, { mode: 0o600 })
      await rename(`${file}.tmp`, file)
    } catch (error) {
      // A full disk costs a picture, and nothing else.
      this.#options.log('screen.not-kept', { session: id, detail: String(error) })
    }
    this.#close(id)
  }

  #read(id: SessionId): Screen | undefined {
    try {
      const { cols, rows, lines } = picture.parse(JSON.parse(readFileSync(this.#file(id), 'utf8')))
      const screen = createScreen({ cols, rows, scrollback: SCROLLBACK_LINES, reply: () => undefined })
      screen.write(lines.join('\r\n'))
      return screen
    } catch {
      // It never showed anything, or what was kept is damaged: then there is no picture.
      return undefined
    }
  }

  #forget(id: SessionId): void {
    clearTimeout(this.#due.get(id))
    this.#due.delete(id)
    this.#close(id)
    rmSync(this.#file(id), { force: true })
  }

  #close(id: SessionId): void {
    this.#open.get(id)?.dispose()
    this.#open.delete(id)
  }

  #file(id: SessionId): string {
    return join(this.#options.directory, `${id}.json`)
  }
}
