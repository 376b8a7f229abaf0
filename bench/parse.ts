import xterm from '@xterm/headless'
import { createScreen } from '../src/host/terminal/screen.ts'
import type { Bench, Figure } from './figures.ts'

const CHUNK_BYTES = 4096
const SIZE = { cols: 120, rows: 40 }

/** How fast our screens take what programs print, beside the bare emulator; MB for each second of CPU. */
export const run: Bench = async ({ isQuick }) => {
  const megabytes = isQuick ? 8 : 32
  const figures: Figure[] = []
  for (const [kind, sample] of Object.entries(samples())) {
    const chunks = chunksOf(sample, megabytes)
    await parseBare(chunks.slice(0, 200))
    await parseOurs(chunks.slice(0, 200))
    const [bare, ours] = [await parseBare(chunks), await parseOurs(chunks)]
    figures.push({
      name: `parsing, ${kind}`,
      value: megabytes / ours,
      unit: 'MB/CPU-s',
      baseline: { name: 'bare emulator', value: megabytes / bare },
      isRatio: true,
      budget: { atLeast: 0.8 },
    })
  }
  return figures
}

function samples(): Readonly<Record<string, string>> {
  const words = 'the quick brown fox jumps over the lazy dog and reads the log again'
  const plain = Array.from({ length: 200 }, (_, index) => `${index} ${words}\r\n`).join('')
  const coloured = plain.replace(/[a-z]+/g, (word) => `\x1b[38;5;${word.length * 17}m${word}\x1b[0m`)
  const drawn = Array.from({ length: 60 }, (_, frame) => {
    const rows = Array.from(
      { length: 36 },
      (_, row) => `\x1b[${row + 1};1H\x1b[3${(row + frame) % 8}m│ ${words} ⚡ ${frame}`,
    )
    return `\x1b[?2026h${rows.join('')}\x1b[0m\x1b[?2026l`
  }).join('')
  return { 'plain text': plain, 'coloured text': coloured, 'full-screen drawing': drawn }
}

function chunksOf(sample: string, megabytes: number): readonly Uint8Array[] {
  const bytes = Buffer.from(sample)
  const whole = Buffer.alloc(megabytes * 1e6, bytes)
  const count = Math.ceil(whole.length / CHUNK_BYTES)
  return Array.from({ length: count }, (_, index) => whole.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES))
}

async function parseBare(chunks: readonly Uint8Array[]): Promise<number> {
  const terminal = new xterm.Terminal({ ...SIZE, scrollback: 1000, allowProposedApi: true, logLevel: 'off' })
  return await cpuOf(async () => {
    for (const [index, chunk] of chunks.entries()) {
      if (index % 64 === 0) await new Promise<void>((resolve) => terminal.write(chunk, resolve))
      else terminal.write(chunk)
    }
    await new Promise<void>((resolve) => terminal.write('', resolve))
    terminal.dispose()
  })
}

async function parseOurs(chunks: readonly Uint8Array[]): Promise<number> {
  const screen = createScreen({ ...SIZE, reply: () => undefined })
  const drained = (): Promise<void> =>
    new Promise((resolve) => {
      if (screen.pendingBytes === 0) return resolve()
      const stop = screen.onDrained((pending) => {
        if (pending > 0) return
        stop()
        resolve()
      })
    })
  return await cpuOf(async () => {
    for (const [index, chunk] of chunks.entries()) {
      screen.write(chunk)
      if (index % 64 === 0) await drained()
    }
    await drained()
    screen.dispose()
  })
}

async function cpuOf(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}
