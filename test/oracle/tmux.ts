import { execFileSync } from 'node:child_process'
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { temporaryDirectory } from '../harness/temporary.ts'
import { clustersIn, joinCaptures, readCapture } from './capture.ts'
import type { Rows } from './look.ts'
import type { TerminalSize } from './our-screen.ts'
import { openTmuxControl, type TmuxControl } from './tmux-control.ts'

/** A pane of a real tmux that shows what is written to it; nothing runs in it. */
export interface TmuxScreen extends AsyncDisposable {
  /** Resolves when tmux has drawn all of it. The bytes must not end inside of a sequence or character. */
  write(bytes: Uint8Array | string): Promise<void>
  resize(size: TerminalSize): Promise<void>
  /** As new: modes, screens, tab stops and scrollback. */
  reset(): Promise<void>
  /**
   * What it shows, once: to see the colours of what was only erased, something is written into the last column, for a capture
   * ends with the last cell that was written to.
   */
  shown(): Promise<Rows>
  cursor(): Promise<{ readonly x: number; readonly y: number }>
  /** Columns that tmux itself takes for a text of one cell. */
  columnsOf(text: string): Promise<number>
}

const FIRST_SIZE: TerminalSize = { cols: 80, rows: 24 }
const DEADLINE_MS = 10_000

/** Reads nothing into the picture: what is written to the terminal goes to tmux byte for byte, its replies go nowhere. */
const SILENT_PROGRAM = 'stty raw -echo; printf "\\033]2;open\\033\\\\"; exec cat >/dev/null'

/** tmux's own reset leaves the alternate screen, and what was saved on the way into it, as they are. */
const RESET = ['\\\x0f', '[?1049l', '[?47l', '(B', ')B', 'c', '[?1049h', '[?1049l', '7']
  .map((end) => `\x1b${end}`)
  .join('')

/** The version of the tmux on this machine, or undefined when there is none. */
export function tmuxVersion(): string | undefined {
  try {
    return execFileSync('tmux', ['-V'], { encoding: 'utf8' }).trim()
  } catch {
    // Not installed: who compares with it says so.
    return undefined
  }
}

/** Starts a server with a socket and settings of its own. Disposing ends it. */
export async function openTmux(): Promise<TmuxScreen> {
  const folder = temporaryDirectory()
  const env = {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: folder.path,
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
    TMUX_TMPDIR: folder.path,
    SHELL: '/bin/sh',
  }
  const { cols, rows } = FIRST_SIZE
  const first = ['new-session', '-x', String(cols), '-y', String(rows), SILENT_PROGRAM]
  const control = await openTmuxControl(['-u', '-L', 'oracle', '-f', '/dev/null', '-C', ...first], env)
  await control.command('refresh-client -f no-output')
  const screen = await openPane(control, '%0')
  const ruler = await openPane(
    control,
    (await control.command(`new-window -d -P -F "#{pane_id}" '${SILENT_PROGRAM}'`))[0],
  )
  // Last: tmux 3.3 dies of a new window when sizes are manual.
  await control.command('set-option -g window-size manual')
  return new Pane({ control, screen, ruler, release: () => folder[Symbol.dispose]() })
}

interface PaneHandle {
  readonly id: string
  readonly tty: FileHandle
}

async function openPane(control: TmuxControl, id: string | undefined): Promise<PaneHandle> {
  if (id === undefined) throw new Error('tmux did not say which pane it made')
  const ask = (format: string) => control.command(`display-message -p -t ${id} "${format}"`)
  await until(`pane ${id} is open`, async () => (await ask('#{pane_title}'))[0] === 'open')
  const [path = ''] = await ask('#{pane_tty}')
  return { id, tty: await open(path, constants.O_WRONLY | constants.O_NOCTTY) }
}

interface PaneParts {
  readonly control: TmuxControl
  readonly screen: PaneHandle
  readonly ruler: PaneHandle
  readonly release: () => void
}

class Pane implements TmuxScreen {
  readonly #parts: PaneParts
  readonly #columns = new Map<string, number>()
  #size = FIRST_SIZE
  #count = 0

  constructor(parts: PaneParts) {
    this.#parts = parts
  }

  async write(bytes: Uint8Array | string): Promise<void> {
    await this.#draw(this.#parts.screen, bytes)
  }

  async resize({ cols, rows }: TerminalSize): Promise<void> {
    if (cols === this.#size.cols && rows === this.#size.rows) return
    this.#size = { cols, rows }
    const { control, screen } = this.#parts
    await control.command(`resize-window -t ${screen.id} -x ${cols} -y ${rows}`)
    const size = `${cols} ${rows}`
    await until(`the pane has ${size}`, async () => (await this.#ask(screen, '#{pane_width} #{pane_height}')) === size)
  }

  async reset(): Promise<void> {
    await this.write(RESET)
    await this.#parts.control.command(`clear-history -t ${this.#parts.screen.id}`)
  }

  async shown(): Promise<Rows> {
    const first = await this.#capture()
    const { cols, rows } = this.#size
    const edges = Array.from({ length: rows }, (_, y) => `\x1b[${y + 1};${cols}H|`)
    await this.write(`\x1b[?6l\x1b[r\x1b[4l\x1b[?7h${edges.join('')}`)
    return joinCaptures(first, await this.#capture())
  }

  async cursor(): Promise<{ readonly x: number; readonly y: number }> {
    const [x = 0, y = 0] = (await this.#ask(this.#parts.screen, '#{cursor_x} #{cursor_y}')).split(' ').map(Number)
    // Behind the last column while the next character will wrap.
    return { x: Math.min(x, this.#size.cols - 1), y }
  }

  async columnsOf(text: string): Promise<number> {
    const known = this.#columns.get(text)
    if (known !== undefined) return known
    const { ruler } = this.#parts
    await this.#draw(ruler, `\r\x1b[K${text}`)
    const columns = Number(await this.#ask(ruler, '#{cursor_x}'))
    this.#columns.set(text, columns)
    return columns
  }

  async #capture(): Promise<Rows> {
    const lines = await this.#parts.control.command(`capture-pane -p -e -N -t ${this.#parts.screen.id}`)
    for (const cluster of clustersIn(lines)) await this.columnsOf(cluster)
    return readCapture(lines, this.#size, (cluster) => this.#columns.get(cluster) ?? 1)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { control, screen, ruler, release } = this.#parts
    await screen.tty.close()
    await ruler.tty.close()
    // The answer to this command is the end of the connection.
    await control.command('kill-server').catch(() => undefined)
    await control.close()
    release()
  }

  /** A title behind the bytes tells when tmux has come so far. */
  async #draw(pane: PaneHandle, bytes: Uint8Array | string): Promise<void> {
    this.#count += 1
    const title = `drawn ${this.#count}`
    const all = Buffer.concat([Buffer.from(bytes), Buffer.from(`\x1b]2;${title}\x1b\\`)])
    for (let at = 0; at < all.length; ) at += (await pane.tty.write(all, at)).bytesWritten
    await until(`tmux has drawn ${bytes.length} bytes`, async () => (await this.#ask(pane, '#{pane_title}')) === title)
  }

  async #ask(pane: PaneHandle, format: string): Promise<string> {
    return (await this.#parts.control.command(`display-message -p -t ${pane.id} "${format}"`))[0] ?? ''
  }
}

/** Asks again as soon as there is an answer: each question waits for tmux itself. */
async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + DEADLINE_MS
  while (!(await isSo())) {
    if (performance.now() > giveUpAt) throw new Error(`waited ${DEADLINE_MS} ms in vain until ${what}`)
  }
}
