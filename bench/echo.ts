import { type Bench, type Figure, percentile } from './figures.ts'
import { startNoise } from './noise.ts'
import { type Outer, openOuter } from './outer.ts'
import { startBenchHost } from './rooms.ts'
import { during } from './timing.ts'
import { startTmux, tmuxVersion } from './tmux.ts'

const NOISE = { panes: 11, kilobytesPerSecond: 12.5, kind: 'agent', size: { cols: 64, rows: 13 } } as const

/** The terminal itself echoes what is typed; the dot keeps the session among the live ones. */
const ECHO = "while :; do printf '\\0337\\033[3;1H.\\0338'; sleep 1; done & exec cat > /dev/null"

/** Letters that no other pane prints. */
const LETTERS = [...'абвгдежзийклмнопрстуфхцчшщъыьэюя']

/** From a key to its letter on the screen: in the room, in tmux, in a bare terminal; alone and beside eleven busy panes. */
export const run: Bench = async ({ isQuick }) => {
  const keys = isQuick ? 80 : 300
  const bare = await bareEcho(keys)
  const alone = { ours: await roomEcho(keys, []), tmux: await tmuxEcho(keys, []) }
  const besideOurs = await withNoise((commands) => roomEcho(keys, commands))
  const besideTmux = await withNoise((commands) => tmuxEcho(keys, commands))
  return [
    ...figuresOf('echo, one pane', { ours: alone.ours, tmux: alone.tmux, bare }),
    ...figuresOf('echo beside 11 busy panes', { ours: besideOurs, tmux: besideTmux, bare }),
  ]
}

interface Samples {
  readonly ours: readonly number[]
  readonly tmux: readonly number[] | undefined
  readonly bare: readonly number[]
}

function figuresOf(name: string, { ours, tmux, bare }: Samples): readonly Figure[] {
  const rival = tmux ?? bare
  const rivalName = tmux === undefined ? 'bare terminal' : 'tmux'
  const baseline = (share: number) => ({ name: rivalName, value: percentile(rival, share), unit: 'ms' })
  const note = `bare terminal p50 ${percentile(bare, 0.5).toFixed(2)} ms`
  return [
    {
      name: `${name}: p50`,
      value: percentile(ours, 0.5),
      unit: 'ms',
      baseline: baseline(0.5),
      isRatio: true,
      budget: { atMost: 3 },
      note,
    },
    {
      name: `${name}: p95`,
      value: percentile(ours, 0.95),
      unit: 'ms',
      baseline: baseline(0.95),
      budget: { atMost: 12 },
    },
  ]
}

async function withNoise<Result>(measure: (commands: readonly string[]) => Promise<Result>): Promise<Result> {
  await using noise = await startNoise(NOISE)
  return await measure(noise.commands)
}

async function roomEcho(keys: number, noise: readonly string[]): Promise<readonly number[]> {
  await using host = await startBenchHost()
  for (const [index, command] of noise.entries()) await host.shell(`busy-${index}`, command, NOISE.size)
  await host.shell('echo', ECHO, NOISE.size)
  await using room = host.openRoom()
  await room.printed('bench/echo')
  room.write('g')
  await during(500)
  room.write('/')
  room.write('bench/echo')
  await during(300)
  // The filter selects the session; taking it away brings the others back beside it.
  room.write('\r')
  await during(300)
  room.write('/')
  room.write('\x15\r')
  await during(500)
  room.write('\r')
  await room.printed('FOCUS')
  await during(1500)
  return await typeInto(room, keys)
}

async function tmuxEcho(keys: number, noise: readonly string[]): Promise<readonly number[] | undefined> {
  if (tmuxVersion() === undefined) return undefined
  await using tmux = await startTmux([ECHO, ...noise])
  await during(2000)
  return await typeInto(tmux.outer, keys)
}

async function bareEcho(keys: number): Promise<readonly number[]> {
  const env = { PATH: '/usr/bin:/bin', TERM: 'xterm-256color', LANG: 'C.UTF-8' }
  await using outer = openOuter({ file: '/bin/sh', args: ['-c', ECHO], env, cwd: '/' })
  await during(500)
  return await typeInto(outer, keys)
}

async function typeInto(outer: Outer, keys: number): Promise<readonly number[]> {
  const samples: number[] = []
  for (let key = 0; key < keys; key += 1) {
    // Not in step with anything else that ticks.
    await during(25 + ((key * 7) % 23))
    if (key > 0 && key % 20 === 0) outer.write('\r')
    if (key > 0 && key % 20 === 0) await during(60)
    const letter = LETTERS[(key * 5) % LETTERS.length] ?? 'я'
    const seen = outer.printed(letter, 5000)
    const startedAt = performance.now()
    outer.write(letter)
    samples.push((await seen) - startedAt)
  }
  return samples.slice(10)
}
