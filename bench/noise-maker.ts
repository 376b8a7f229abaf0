import { constants, openSync, writeSync } from 'node:fs'

/** Its own program, started by noise.ts: prints into named pipes until it is killed. */
interface Settings {
  readonly pipes: readonly string[]
  readonly kilobytesPerSecond: number
  readonly kind: 'agent' | 'plain'
  readonly cols: number
  readonly rows: number
}

const TICK_MS = 40
const WORDS =
  'reading the tests before the change that moves the parser into its own file and keeps every caller'.split(' ')
const SPINNER = ['◐', '◓', '◑', '◒']

const settings = JSON.parse(process.argv[2] ?? '{}') as Settings
const bytesPerTick = Math.round((settings.kilobytesPerSecond * 1000 * TICK_MS) / 1000)
// Readers and writers both: opening does not wait for the other end, and a reader never sees an end.
const files = settings.pipes.map((pipe) => openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK))
let tick = 0

setInterval(() => {
  tick += 1
  for (const [pane, file] of files.entries())
    print(file, settings.kind === 'agent' ? agentFrame(pane) : plainText(pane))
}, TICK_MS)
process.stdout.write('ready\n')

function print(file: number, text: string): void {
  try {
    writeSync(file, text)
  } catch (error) {
    // A pane that is not read fast enough loses this piece, as the note in noise.ts says.
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
  }
}

function words(seed: number, length: number): string {
  let text = ''
  for (let at = seed; text.length < length; at += 1) text += `${WORDS[at % WORDS.length]} `
  return text.slice(0, length)
}

function plainText(pane: number): string {
  let text = ''
  for (let line = 0; text.length < bytesPerTick; line += 1) text += `${words(tick * 7 + pane + line, 78)}\r\n`
  return text
}

/** New lines above a box of three rows that is drawn anew, as an inline agent does. */
function agentFrame(pane: number): string {
  const { cols, rows } = settings
  const width = cols - 2
  const box = `\x1b[38;5;240m╭${'─'.repeat(width)}╮\x1b[0m\r\n│ ${words(pane, width - 2)} │\r\n╰${'─'.repeat(width)}╯`
  let lines = ''
  for (let line = 0; lines.length + box.length < bytesPerTick; line += 1) {
    const colour = 31 + ((tick + line) % 6)
    lines += `\x1b[${colour}m● \x1b[0m${words(tick * 3 + line + pane, cols - 4)}\r\n`
  }
  const status = `\x1b[33m${SPINNER[tick % 4]}\x1b[0m working ${tick}s  ↑ ${tick * 13} tokens`
  return `\x1b[${rows - 3};1H\x1b[J${lines}${status}\x1b[K\r\n${box}`
}
