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
  /** How to get there from the scene before. */
  readonly keys: readonly string[]
  /** What must be on the screen before it is drawn. */
  readonly shows: readonly string[]
}

/** What is pictured, in this order. */
const SCENES: readonly Scene[] = [
  { name: 'triage', keys: [], shows: ['NEEDS YOU', 'Esc to canc'] },
  { name: 'grid', keys: ['g'], shows: ['nux', 'proceed?', 'GET /api'] },
  { name: 'broadcast', keys: ['b'], shows: ['Broadcast'] },
]

/** Each kind of session that the demo shows has come to its point. */
function isCast(screen: Screen): boolean {
  const failing = ['retry', 'limited', 'error'].some((word) => screen.has(word))
  return failing && ['permi', 'question', 'unread', 'streaming'].every((word) => screen.has(word))
}

async function show(room: Room, scene: Scene): Promise<Screen> {
  room.press(...scene.keys)
  return room.see(scene.name, (screen) => scene.shows.every((text) => screen.has(text)))
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
  }
  room.press('escape')
  await room.see('the overlay is gone', (screen) => !screen.has('Broadcast'))
  await room.quit()
}
