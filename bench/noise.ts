import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Size } from '../src/core/session.ts'

/** Programs that print like working agents, fed by one process so that the programs themselves cost next to nothing. */
export interface Noise extends AsyncDisposable {
  /** A shell command for each pane. */
  readonly commands: readonly string[]
}

/** What each pane prints. `plain` is text at this rate; `agent` scrolls coloured lines above an input box with a spinner. */
export interface NoiseOptions {
  readonly panes: number
  readonly kilobytesPerSecond: number
  readonly kind: 'agent' | 'plain'
  readonly size: Size
}

/** Starts to print; a pane that nobody reads loses its output. Disposing stops it. */
export async function startNoise({ panes, kilobytesPerSecond, kind, size }: NoiseOptions): Promise<Noise> {
  const folder = mkdtempSync(join(tmpdir(), 'sb-noise-'))
  const pipes = Array.from({ length: panes }, (_, index) => join(folder, `pane-${index}`))
  execFileSync('mkfifo', pipes)
  const settings = JSON.stringify({ pipes, kilobytesPerSecond, kind, ...size })
  const child = spawn(process.execPath, [join(import.meta.dirname, 'noise-maker.ts'), settings], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  return {
    commands: pipes.map((pipe) => `exec cat ${pipe}`),
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
