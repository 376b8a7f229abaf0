import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type IPty, spawn } from 'node-pty'
import { DEADLINE_MS } from './eventually.ts'
import { keyBytes } from './key-bytes.ts'
import { openOuterTerminal, type Screen } from './screen.ts'
import { openSite, PROGRAM, type Site } from './site.ts'

/** What the room says after a frame: input chunks handled, facts applied, and where keys go. */
export interface FrameMark {
  readonly inputs: number
  readonly seq: number
  readonly focused: string | null
  readonly frame: number
}

/** How to open a room. */
export interface RoomOptions {
  readonly size?: { readonly cols: number; readonly rows: number }
  /** Added to the environment of the site. */
  readonly env?: Readonly<Record<string, string>>
  /** A site that the test owns; without it the room makes one and disposes it at the end. */
  readonly site?: Site
  /** Verb and arguments instead of none. */
  readonly args?: readonly string[]
  /** Run it as a job of an interactive shell, which stays when the room is suspended. */
  readonly inShell?: boolean
}

/** How the program ended. */
export interface Exit {
  readonly exitCode: number
  readonly signal: number
}

/** The built program in a real terminal. Disposing ends it and, unless the site was given, everything it started. */
export interface Room extends AsyncDisposable {
  readonly site: Site
  readonly pid: number
  readonly screen: Screen
  /** What the last frame said of itself; undefined before the first one. */
  readonly mark: FrameMark | undefined
  /** Everything the program wrote to the terminal, as one character per byte. */
  readonly written: () => string
  readonly exited: Promise<Exit>
  /** Presses keys in the notation of docs/keys.md, as the terminal is set to send them. */
  readonly press: (...keys: readonly string[]) => void
  readonly type: (text: string) => void
  /** Pastes as a terminal does: in brackets if the program asked for them. */
  readonly paste: (text: string) => void
  readonly send: (bytes: Uint8Array | string) => void
  /** Resolves with the screen when a whole frame meets the condition; it also looks at the present one. */
  readonly see: (what: string, isMet: (screen: Screen) => boolean, deadlineMs?: number) => Promise<Screen>
  /** The same for a text on the screen. */
  readonly seeText: (text: string, deadlineMs?: number) => Promise<Screen>
  readonly resize: (cols: number, rows: number) => void
  readonly kill: (signal: NodeJS.Signals) => void
  /** Presses q and resolves when the program has ended. */
  readonly quit: () => Promise<Exit>
}

const DEFAULT_SIZE = { cols: 120, rows: 40 }
const KILL_AFTER_MS = 5000

/** Opens the room and returns at once: wait for what it should show. */
export async function startRoom(options: RoomOptions = {}): Promise<Room> {
  const site = options.site ?? (await openSite())
  const running = runInTerminal(options, site)
  return Object.assign(running, {
    site,
    [Symbol.asyncDispose]: async () => {
      await running.end()
      if (options.site === undefined) await site[Symbol.asyncDispose]()
    },
  })
}

function commandOf({ inShell = false, args = [] }: RoomOptions) {
  if (!inShell) return { file: process.execPath, args: [PROGRAM, ...args] }
  return { file: '/bin/bash', args: ['--norc', '--noprofile', '--noediting', '-i'] }
}

function runInTerminal(options: RoomOptions, site: Site) {
  const size = options.size ?? DEFAULT_SIZE
  const { file, args } = commandOf(options)
  const env = { ...site.env, ...options.env, PS1: 'shell> ' }
  const child = spawn(file, args, { name: 'xterm-256color', encoding: null, ...size, cwd: site.project, env })
  const recording = createRecording(size)
  const looks = new Set<() => void>()
  const look = (): void => {
    for (const each of looks) each()
  }
  let mark: FrameMark | undefined
  let isGone = false
  const outer = openOuterTerminal(size, {
    onMarker: (payload) => {
      mark = JSON.parse(payload) as FrameMark
    },
    onReply: (bytes) => isGone || child.write(bytes),
  })
  child.onData((data) => {
    recording.add(data)
    outer.write(data, look)
  })
  const exited = whenExited(child, (exit, resolve) => {
    isGone = true
    outer.write('', () => {
      resolve(exit)
      look()
    })
  })
  if (options.inShell === true) child.write(`${process.execPath} ${PROGRAM} ${(options.args ?? []).join(' ')}\r`)
  const send = (bytes: Uint8Array | string): void => {
    if (!isGone) child.write(bytes)
  }
  const press = (...keys: readonly string[]): void => {
    const early = keys.indexOf('escape')
    if (early >= 0 && early < keys.length - 1) throw new Error('wait for what Escape does before the next key')
    for (const key of keys) send(keyBytes(key, { isApplicationCursor: outer.screen.modes.applicationCursor }))
  }
  const see: Room['see'] = (what, isMet, deadlineMs = DEADLINE_MS) =>
    waitForFrame({ what, isMet, deadlineMs, screen: outer.screen, looks, isGone: () => isGone }).catch((error) => {
      const file = recording.save()
      const facts = `last frame: ${JSON.stringify(mark)}\nhost.log:\n${site.hostLog()}\nrecording: ${file}`
      throw new Error(`${String(error)}\n${framed(outer.screen)}\n${facts}`)
    })
  return {
    pid: child.pid,
    screen: outer.screen,
    get mark() {
      return mark
    },
    written: recording.text,
    exited,
    press,
    send,
    type: send,
    paste: (text: string) => send(outer.screen.modes.bracketedPaste ? `\x1b[200~${text}\x1b[201~` : text),
    see,
    seeText: (text: string, deadlineMs?: number) => see(`"${text}"`, (screen) => screen.has(text), deadlineMs),
    resize: (cols: number, rows: number) => {
      outer.resize(cols, rows)
      child.resize(cols, rows)
    },
    kill: (signal: NodeJS.Signals) => isGone || process.kill(child.pid, signal),
    quit: () => {
      press('q')
      return exited
    },
    end: async () => {
      const timer = setTimeout(() => isGone || process.kill(child.pid, 'SIGKILL'), KILL_AFTER_MS)
      if (!isGone) process.kill(child.pid, options.inShell === true ? 'SIGHUP' : 'SIGTERM')
      await exited
      clearTimeout(timer)
      outer.dispose()
    },
  }
}

function whenExited(child: IPty, ended: (exit: Exit, resolve: (exit: Exit) => void) => void): Promise<Exit> {
  return new Promise((resolve) => {
    child.onExit(({ exitCode, signal = 0 }) => ended({ exitCode, signal }, resolve))
  })
}

interface FrameWait {
  readonly what: string
  readonly isMet: (screen: Screen) => boolean
  readonly deadlineMs: number
  readonly screen: Screen
  /** Called after each piece of output was parsed. */
  readonly looks: Set<() => void>
  readonly isGone: () => boolean
}

function waitForFrame({ what, isMet, deadlineMs, screen, looks, isGone }: FrameWait): Promise<Screen> {
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void): void => {
      clearTimeout(timer)
      looks.delete(look)
      finish()
    }
    const look = (): void => {
      // Inside a synchronized update the operator still sees the frame before.
      if (screen.modes.synchronized && !isGone()) return
      if (isMet(screen)) settle(() => resolve(screen))
      else if (isGone()) settle(() => reject(new Error(`the program ended before: ${what}`)))
    }
    const timer = setTimeout(() => {
      settle(() => reject(new Error(`not seen within ${deadlineMs} ms: ${what}`)))
    }, deadlineMs)
    looks.add(look)
    look()
  })
}

function framed(screen: Screen): string {
  const edge = '─'.repeat(screen.cols)
  return [`┌${edge}┐`, ...screen.lines.map((line) => `│${line}`), `└${edge}┘`].join('\n')
}

/** What the program wrote, and when; kept to be replayed with any asciicast player. */
function createRecording(size: { readonly cols: number; readonly rows: number }) {
  const startedAt = performance.now()
  const parts: { readonly at: number; readonly data: Buffer }[] = []
  return {
    add: (data: Buffer | string) => parts.push({ at: performance.now() - startedAt, data: Buffer.from(data) }),
    text: () => Buffer.concat(parts.map(({ data }) => data)).toString('latin1'),
    save: (): string => {
      const folder = join(import.meta.dirname, '../../test-output')
      mkdirSync(folder, { recursive: true })
      const file = join(folder, `room-${process.pid}-${Math.round(startedAt)}.cast`)
      const head = JSON.stringify({ version: 2, width: size.cols, height: size.rows })
      const events = parts.map(({ at, data }) => JSON.stringify([at / 1000, 'o', data.toString('utf8')]))
      writeFileSync(file, `${[head, ...events].join('\n')}\n`)
      return file
    },
  }
}
