import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bench, Figure } from './figures.ts'
import { type Outer, openOuter } from './outer.ts'
import { startBenchHost } from './rooms.ts'
import { during } from './timing.ts'
import { startTmux, tmuxVersion } from './tmux.ts'

/** A letter that the flood does not contain. */
const END = 'Ж'

/** `cat` of a big file in the focused session, from Enter to its end on the screen. */
export const run: Bench = async ({ isQuick }) => {
  const folder = mkdtempSync(join(tmpdir(), 'sb-flood-'))
  const megabytes = isQuick ? 5 : 20
  try {
    const figures: Figure[] = []
    for (const kind of ['plain text', 'coloured text'] as const) {
      const file = join(folder, kind.replace(' ', '-'))
      const text = flood(kind, megabytes)
      writeFileSync(file, text)
      figures.push(await floodWith(kind, { file, megabytes: text.length / 1e6 }))
    }
    return figures
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function floodWith(kind: string, { file, megabytes }: { file: string; megabytes: number }): Promise<Figure> {
  const command = `read go; cat ${file}; echo ${END}; exec cat > /dev/null`
  const rate = (ms: number): number => megabytes / (ms / 1000)
  const bare = rate(await bareFlood(command))
  const ours = rate(await roomFlood(command))
  const tmux = tmuxVersion() === undefined ? undefined : rate(await tmuxFlood(command))
  return {
    name: `focused flood, ${kind}`,
    value: ours,
    unit: 'MB/s',
    ...(tmux === undefined ? {} : { baseline: { name: 'tmux', value: tmux } }),
    isRatio: true,
    budget: { atLeast: 1 },
    note: `thrown away at ${bare.toFixed(0)} MB/s`,
  }
}

async function roomFlood(command: string): Promise<number> {
  await using host = await startBenchHost()
  await host.shell('flood', command)
  await using room = host.openRoom('attach', 'flood')
  await room.printed('FOCUS')
  return await untilEnd(room)
}

async function tmuxFlood(command: string): Promise<number> {
  await using tmux = await startTmux([command])
  return await untilEnd(tmux.outer)
}

async function bareFlood(command: string): Promise<number> {
  const env = { PATH: '/usr/bin:/bin', TERM: 'xterm-256color', LANG: 'C.UTF-8' }
  await using outer = openOuter({ file: '/bin/sh', args: ['-c', command], env, cwd: '/' })
  return await untilEnd(outer)
}

async function untilEnd(outer: Outer): Promise<number> {
  await during(1000)
  const ended = outer.printed(END, 120_000)
  const startedAt = performance.now()
  outer.write('\r')
  return (await ended) - startedAt
}

function flood(kind: string, megabytes: number): string {
  const line = (index: number): string => {
    const text = `${index} the quick brown fox jumps over the lazy dog and reads the log again`
    return kind === 'plain text'
      ? text
      : text.replace(/\w+/g, (word) => `\x1b[${31 + (word.length % 6)}m${word}\x1b[0m`)
  }
  const block = `${Array.from({ length: 4000 }, (_, index) => line(index)).join('\n')}\n`
  return block.repeat(Math.ceil((megabytes * 1e6) / block.length))
}
