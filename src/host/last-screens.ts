import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import type { SessionId } from '../core/ids.ts'
import type { FactLog } from './fact-log.ts'
import type { LiveSession } from './live-session.ts'
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
  readonly live: Pick<LiveSessions, 'onScreenChange'> & {
    readonly get: (id: SessionId) => Pick<LiveSession, 'screen'> | undefined
  }
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
  /** What is being written, and what waits for it. */
  readonly #writing = new Map<SessionId, Promise<void>>()
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
        if (fact.type === 'session.exited' && this.#due.has(fact.id)) this.#keep(fact.id)
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
    for (const id of this.#due.keys()) this.#keep(id)
    await Promise.all(this.#writing.values())
    for (const screen of this.#open.values()) screen.dispose()
    this.#open.clear()
  }

  #keepLater(id: SessionId): void {
    if (this.#due.has(id)) return
    this.#due.set(
      id,
      setTimeout(() => this.#keep(id), KEEP_EVERY_MS),
    )
  }

  /** Takes the picture now, and writes it after those before it: two of one session would share a file. */
  #keep(id: SessionId): void {
    clearTimeout(this.#due.get(id))
    this.#due.delete(id)
    const screen = this.#options.live.get(id)?.screen
    if (screen === undefined) return
    const text = pictureOf(screen)
    if (text === undefined) {
      const detail = `it has more than ${MOST_CHARACTERS} characters`
      this.#options.log('screen.not-kept', { session: id, detail })
      return
    }
    const before = this.#writing.get(id) ?? Promise.resolve()
    const writing = before.then(() => this.#write(id, text))
    this.#writing.set(id, writing)
    void writing.then(() => {
      if (this.#writing.get(id) === writing) this.#writing.delete(id)
    })
  }

  async #write(id: SessionId, text: string): Promise<void> {
    const file = this.#file(id)
    try {
      await writeFile(`${file}.tmp`, text, { mode: 0o600 })
      // At once with the question whether the session is still there: one that is removed meanwhile must not come back.
      if (this.#options.facts.fleet.sessions[id] === undefined) rmSync(`${file}.tmp`, { force: true })
      else renameSync(`${file}.tmp`, file)
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
    // The other one is what a killed host left.
    for (const end of ['', '.tmp']) rmSync(`${this.#file(id)}${end}`, { force: true })
  }

  #close(id: SessionId): void {
    this.#open.get(id)?.dispose()
    this.#open.delete(id)
  }

  #file(id: SessionId): string {
    return join(this.#options.directory, `${id}.json`)
  }
}

/** What a screen shows as text for a file, with as much as there is room for; undefined when there is not even room for its letters. */
function pictureOf(screen: Screen): string | undefined {
  const { cols, rows } = screen
  const ways = [
    () => screen.ansi({ lines: rows + SCROLLBACK_LINES, fromBottom: true }),
    () => screen.ansi({ lines: rows, fromBottom: true }),
    () => screen.text({ lines: rows, fromBottom: true }),
  ]
  for (const linesOf of ways) {
    const text = JSON.stringify({ cols, rows, lines: linesOf() })
    if (text.length <= MOST_CHARACTERS) return text
  }
  return undefined
}
