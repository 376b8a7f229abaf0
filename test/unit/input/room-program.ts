import { appendFileSync } from 'node:fs'
import { SYSTEM_CLOCK } from '../../../src/ui/room/clock.ts'
import { openRoomTerminal } from '../../../src/ui/terminal/room-terminal.ts'

/**
 * A program of its own that takes the terminal it runs in: what the tests start in a real pseudo terminal. It notes what it
 * does in the file it is given, so that a test sees it while the terminal takes nothing.
 */
const [, , notes] = process.argv
const terminal = openRoomTerminal({
  stdin: process.stdin,
  stdout: process.stdout,
  process,
  mouse: true,
  schedule: SYSTEM_CLOCK.schedule,
  onInput: (chunk) => [...String.fromCharCode(...chunk)].forEach(act),
  onResize: ({ cols, rows }) => say(`size ${cols}x${rows}`),
  onReady: () => say('ready'),
  onRepaint: () => say('repaint'),
  onEnd: (reason) => {
    note('ended')
    process.stdout.write(`ended by ${reason.kind}\r\n`)
  },
  onGone: () => process.exit(1),
})

function note(text: string): void {
  if (notes !== undefined) appendFileSync(notes, `${text}\n`)
}

function say(text: string): void {
  terminal.write(new TextEncoder().encode(`<${text}>`))
}

function act(key: string): void {
  if (key === 'q') {
    terminal.close()
    process.stdout.write('closed\r\n')
  } else if (key === 'x') {
    throw new Error('defect')
  } else if (key === 'r') {
    void Promise.reject(new Error('defect'))
  } else if (key === 'z') {
    terminal.suspend()
  } else if (key === 'f') {
    note(terminal.write(new Uint8Array(4_000_000).fill(0x2e)) ? 'kept up' : 'full')
  } else {
    note(`key ${key}`)
    say(`input ${JSON.stringify(key)}`)
  }
}

say('open')
