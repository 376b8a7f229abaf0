import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Outer, openOuter } from './outer.ts'

/** A tmux server of its own with one window and a client on it. */
export interface Tmux extends AsyncDisposable {
  /** The server and the client. */
  readonly pids: readonly [number, number]
  readonly outer: Outer
  readonly command: (...args: readonly string[]) => string
}

/** The rival's version, or undefined when it is not installed. */
export function tmuxVersion(): string | undefined {
  try {
    return execFileSync('tmux', ['-V'], { encoding: 'utf8' }).trim()
  } catch {
    // Not installed: figures come without this baseline.
    return undefined
  }
}

/** Shows these shell commands side by side in 200×60, with the default settings and no escape delay. */
export async function startTmux(commands: readonly string[]): Promise<Tmux> {
  const folder = mkdtempSync(join(tmpdir(), 'sb-tmux-'))
  const env = {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: folder,
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
    TMUX_TMPDIR: folder,
    SHELL: '/bin/sh',
  }
  const server = ['-u', '-L', 'bench', '-f', '/dev/null']
  const command = (...args: readonly string[]): string =>
    execFileSync('tmux', [...server, ...args], { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()
  const [first = 'true', ...others] = commands
  command('new-session', '-d', '-x', '200', '-y', '60', '-s', 'bench', first)
  command('set', '-g', 'escape-time', '0')
  for (const each of others) {
    command('select-layout', '-t', 'bench', 'tiled')
    command('split-window', '-t', 'bench', each)
  }
  command('select-layout', '-t', 'bench', 'tiled')
  command('select-pane', '-t', 'bench:0.0')
  const pid = Number(command('display-message', '-p', '#{pid}'))
  const outer = openOuter({ file: 'tmux', args: [...server, 'attach', '-t', 'bench'], env, cwd: folder })
  return {
    pids: [pid, outer.pid],
    outer,
    command,
    [Symbol.asyncDispose]: async () => {
      command('kill-server')
      await outer[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
