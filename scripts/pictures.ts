/** Runs the demo in a real terminal and draws what it shows: `npm run pictures` writes assets/pictures/*.svg. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Room, startRoom } from '../test/harness/room.ts'
import type { Screen } from '../test/harness/screen.ts'
import { svgOf } from './pictures/svg.ts'

const FOLDER = join(import.meta.dirname, '../assets/pictures')
const STARTED_MS = 90_000

const SIZES = [
  { cols: 80, rows: 24 },
  { cols: 120, rows: 40 },
  { cols: 200, rows: 60 },
] as const

interface Scene {
  readonly name: string
  /** The session that is to be selected: Tab goes on until it is. */
  readonly selects?: string
  readonly keys: readonly string[]
  /** What must be on the screen before it is drawn. */
  readonly shows: readonly string[]
  /** What Escape takes away again. */
  readonly leaves?: string
}

/** What is pictured, in this order. */
const SCENES: readonly Scene[] = [
  { name: 'triage', selects: 'nux', keys: [], shows: ['NEEDS YOU', 'Esc to canc'] },
  { name: 'deny', selects: 'furiosa', keys: ['r'], shows: ['and say why'], leaves: 'and say why' },
  { name: 'why', keys: ['E'], shows: ['Why: '], leaves: 'Why: ' },
  { name: 'grid', keys: ['g'], shows: ['nux', 'proceed?', 'GET /api'] },
  { name: 'broadcast', keys: ['b'], shows: ['Broadcast'], leaves: 'Broadcast' },
]

const MOST_NEEDS = 8
const FRAMES_AFTER = 8

/** Each kind of session that the demo shows has come to its point. */
function isCast(screen: Screen): boolean {
  const failing = ['retry', 'limited', 'error'].some((word) => screen.has(word))
  return failing && ['permi', 'question', 'unread', 'streaming'].every((word) => screen.has(word))
}

const selected = (screen: Screen): string | undefined => screen.lines.find((line) => line.startsWith('▌'))

async function select(room: Room, session: string): Promise<void> {
  for (let tries = 0; tries < MOST_NEEDS; tries += 1) {
    const before = selected(room.screen)
    if (before?.includes(session)) return
    room.press('tab')
    await room.see('another need', (screen) => selected(screen) !== before)
  }
}

async function show(room: Room, { name, selects, keys, shows }: Scene): Promise<Screen> {
  if (selects !== undefined) await select(room, selects)
  for (const key of keys) room.press(key)
  await room.see(name, (screen) => shows.every((text) => screen.has(text)))
  // The panes that were not shown before come with one of the next frames.
  const first = room.mark?.frame ?? 0
  return room.see('the frames after it', () => (room.mark?.frame ?? 0) >= first + FRAMES_AFTER)
}

async function leave(room: Room, { leaves }: Scene): Promise<void> {
  if (leaves === undefined) return
  room.press('escape')
  await room.see('the overlay is gone', (screen) => !screen.has(leaves))
}

await mkdir(FOLDER, { recursive: true })
for (const size of SIZES) {
  await using room = await startRoom({ size, args: ['demo'] })
  await room.see('the whole cast', isCast, STARTED_MS)
  for (const scene of SCENES) {
    const name = `${scene.name}-${size.cols}x${size.rows}`
    const screen = await show(room, scene)
    await writeFile(
      join(FOLDER, `${name}.svg`),
      svgOf(screen, `The ${scene.name} view of signalbox at ${size.cols}x${size.rows}`),
    )
    process.stdout.write(`${name}.svg\n`)
    await leave(room, scene)
  }
  await room.quit()
}
