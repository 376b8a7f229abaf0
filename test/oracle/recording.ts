import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { TerminalSize } from './our-screen.ts'

/** What happened between a real program and its terminal, in order. */
export type RecordingEvent =
  | { readonly kind: 'output'; readonly atMs: number; readonly text: string }
  | { readonly kind: 'resize'; readonly atMs: number; readonly size: TerminalSize }
  /** The screen was at rest and worth a look: no sequence is cut here. */
  | { readonly kind: 'mark'; readonly atMs: number; readonly name: string }

/** A program's output with what the terminal did meanwhile. */
export interface Recording {
  readonly name: string
  readonly size: TerminalSize
  readonly events: readonly RecordingEvent[]
}

const FOLDER = join(import.meta.dirname, '../fixtures/recordings')
const ENDING = '.cast.gz'

/** Letters that asciicast v2 gives the kinds of events. */
const LETTERS = { output: 'o', resize: 'r', mark: 'm' } as const

/** Every recording, by name. */
export function readRecordings(): readonly Recording[] {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith(ENDING))
  return files.sort().map((file) => decode(file.slice(0, -ENDING.length), gunzipSync(readFileSync(join(FOLDER, file)))))
}

/** Keeps a recording as a gzipped asciicast v2, which other programs play too. Returns the file and its bytes. */
export function writeRecording(recording: Recording): { readonly file: string; readonly bytes: number } {
  const file = join(FOLDER, `${recording.name}${ENDING}`)
  const packed = gzipSync(encode(recording), { level: 9 })
  writeFileSync(file, packed)
  return { file, bytes: packed.length }
}

/** Everything that the program printed, as one text. */
export function outputOf({ events }: Recording): string {
  return events.map((event) => (event.kind === 'output' ? event.text : '')).join('')
}

function encode({ name, size, events }: Recording): string {
  const header = { version: 2, width: size.cols, height: size.rows, title: name }
  const lines = events.map((event) => [event.atMs / 1000, LETTERS[event.kind], dataOf(event)])
  return `${[header, ...lines].map((line) => JSON.stringify(line)).join('\n')}\n`
}

function dataOf(event: RecordingEvent): string {
  if (event.kind === 'output') return event.text
  return event.kind === 'mark' ? event.name : `${event.size.cols}x${event.size.rows}`
}

function decode(name: string, bytes: Buffer): Recording {
  const [header = '{}', ...lines] = bytes.toString('utf8').trimEnd().split('\n')
  const { width, height } = JSON.parse(header) as { readonly width: number; readonly height: number }
  return { name, size: { cols: width, rows: height }, events: lines.map(decodeEvent) }
}

function decodeEvent(line: string): RecordingEvent {
  const [seconds, letter, data] = JSON.parse(line) as [number, string, string]
  const atMs = Math.round(seconds * 1000)
  if (letter === LETTERS.output) return { kind: 'output', atMs, text: data }
  if (letter === LETTERS.mark) return { kind: 'mark', atMs, name: data }
  const [cols = 80, rows = 24] = data.split('x').map(Number)
  return { kind: 'resize', atMs, size: { cols, rows } }
}
