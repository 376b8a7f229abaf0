import { constants, openSync, writeSync } from 'node:fs'
import { agentFrame, plainText } from './content.ts'

/** Its own program, started by noise.ts: prints into named pipes until it is killed. */
interface Settings {
  readonly pipes: readonly string[]
  readonly kilobytesPerSecond: number
  readonly kind: 'agent' | 'plain'
  readonly cols: number
  readonly rows: number
}

const TICK_MS = 20

const settings = JSON.parse(process.argv[2] ?? '{}') as Settings
const frame = settings.kind === 'agent' ? agentFrame(settings, 1000) : ''
/** An agent prints whole frames, as often as the rate asks for; plain text comes in bursts of 40 ms. */
const everyTicks =
  settings.kind === 'agent'
    ? Math.max(1, Math.round(Buffer.byteLength(frame) / settings.kilobytesPerSecond / TICK_MS))
    : 2
const burstBytes = settings.kilobytesPerSecond * TICK_MS * everyTicks
// Readers and writers both: opening does not wait for the other end, and a reader never sees an end.
const files = settings.pipes.map((pipe) => openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK))
let tick = 0

setInterval(() => {
  tick += 1
  for (const [pane, file] of files.entries()) {
    if ((tick + pane) % everyTicks !== 0) continue
    const seed = tick + pane * 31
    print(file, settings.kind === 'agent' ? agentFrame(settings, seed) : plainText(seed, burstBytes))
  }
}, TICK_MS)
process.stdout.write('ready\n')

function print(file: number, text: string): void {
  try {
    writeSync(file, text)
  } catch (error) {
    // A pane that is not read fast enough loses this piece, as noise.ts says.
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
  }
}
