import type { Recorder } from './recorder.ts'

/** A menu of vttest and the keys that lead to one of its tests. */
export interface VttestTour {
  readonly name: string
  /** Choices from the main menu down, each followed by Return. */
  readonly path: readonly string[]
}

/** The tests of vttest that an emulator of our day can be held to. */
export const TOURS: readonly VttestTour[] = [
  { name: 'vttest-1-cursor-movements', path: ['1'] },
  { name: 'vttest-2-screen-features', path: ['2'] },
  { name: 'vttest-3-character-sets', path: ['3', '8'] },
  { name: 'vttest-6-reports', path: ['6', '2'] },
  { name: 'vttest-8-insert-and-delete', path: ['8'] },
  { name: 'vttest-11-ecma-48-cursor', path: ['11', '5', '2'] },
  { name: 'vttest-11-iso-6429-colours', path: ['11', '6', '2'] },
  { name: 'vttest-11-scrolling', path: ['11', '7', '2'] },
]

const MOST_SCREENS = 60
const MENU = /Enter choice number/

/** Goes down to the test and presses Return until it is back at a menu, with a mark at every screen. */
export async function tour(recorder: Recorder, path: readonly string[]): Promise<void> {
  for (const choice of path) {
    await toMenu(recorder, `before ${choice}`)
    recorder.type(`${choice}\r`)
    await recorder.mark(`menu ${choice}`)
  }
  await toMenu(recorder, 'screen')
}

async function toMenu(recorder: Recorder, name: string): Promise<void> {
  for (let screen = 1; screen <= MOST_SCREENS && !MENU.test(recorder.screen()); screen += 1) {
    await recorder.mark(`${name} ${screen}`)
    recorder.type('\r')
    await recorder.mark(`after ${name} ${screen}`)
  }
}
