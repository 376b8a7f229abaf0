import { expect, test, vi } from 'vitest'
import { eventually } from '../harness/eventually.ts'
import { type Room, startRoom } from '../harness/room.ts'
import type { Screen } from '../harness/screen.ts'
import { openSite, type Site } from '../harness/site.ts'

// Longer than a wait that is in vain and the clean-up after it.
vi.setConfig({ testTimeout: 60_000 })

/** Growing and shrinking; each fresh room to compare with costs a second. */
const SIZES = {
  triage: [
    [300, 100],
    [80, 24],
  ],
  grid: [
    [200, 60],
    [80, 24],
    [60, 15],
  ],
  zoom: [
    [80, 24],
    [300, 100],
    [120, 40],
  ],
} as const

/** Draws a full screen of text in colours, anew whenever its terminal changes. */
const PAINTER = `paint() { set -- $(stty size); printf '\\033[2J\\033[H'; i=1
  while [ $i -lt $1 ]; do printf '\\033[%d;1H\\033[3%dm%s line %d of %d\\033[0m' $i $((i % 7 + 1)) "$NAME" $i $1; i=$((i + 1)); done
  printf '\\033[%d;1Hpainted %sx%s' $1 $2 $1; }
trap paint WINCH; paint; while :; do sleep 1000 & wait $!; done`

/** The look of a screen without ages and the clock, which go on. */
function still(screen: Screen): readonly string[] {
  return screen.lines.map((line, y) => {
    const moving = new Set(
      [...line.matchAll(/\d+(s|m|h|d)\b|\d\d:\d\d|[◐◓◑◒]/g)].flatMap(({ index, 0: found }) =>
        Array.from({ length: found.length + 1 }, (_, at) => index + at - 1),
      ),
    )
    return Array.from({ length: screen.cols }, (_, x) => (moving.has(x) ? '~' : lookAt(screen, x, y))).join('')
  })
}

function lookAt(screen: Screen, x: number, y: number): string {
  const { text, fg, bg, styles } = screen.cell(x, y)
  return `${text}<${fg} ${bg} ${styles.join('+')}>`
}

async function siteOfPainters(): Promise<Site> {
  const site = await openSite()
  for (const name of ['red', 'green', 'blue', 'plain']) await site.shell(name, 'sh', '-c', `NAME=${name}\n${PAINTER}`)
  return site
}

const count = (screen: Screen, text: string): number => screen.text().split(text).length - 1

/** What each view shows when it is drawn and the sessions are at rest. */
const VIEWS = {
  triage: { key: 'v', isDrawn: (screen: Screen) => screen.has('├') && count(screen, 'painted') === 1 },
  grid: { key: 'g', isDrawn: (screen: Screen) => !screen.has('├') && count(screen, 'painted') === 4 },
  zoom: { key: 'z', isDrawn: (screen: Screen) => !screen.has('├') && count(screen, 'painted') === 1 },
} as const

/** Presses the key of a view and waits until it is drawn. */
async function show(room: Room, view: keyof typeof VIEWS): Promise<void> {
  // Which session is selected is settled by the first key: until all are at rest, the first of the list may be another.
  await room.see('sessions at rest', (screen) => screen.has('painted') && screen.has('4 idle'))
  room.press(VIEWS[view].key)
  await drawn(room, view)
}

async function drawn(room: Room, view: keyof typeof VIEWS): Promise<void> {
  const { isDrawn } = VIEWS[view]
  await room.see(`the ${view} view`, (screen) => isDrawn(screen) && screen.has('4 idle') && screen.has('Enter focus'))
}

/** Both rooms must come to look the same, cell by cell. */
async function expectSameLook(room: Room, fresh: Room): Promise<void> {
  const isSame = (): boolean => still(room.screen).join('\n') === still(fresh.screen).join('\n')
  await eventually('the look of a fresh room', isSame).catch(() => {
    expect(room.screen.lines).toEqual(fresh.screen.lines)
    expect(still(room.screen)).toEqual(still(fresh.screen))
  })
}

test.each(['triage', 'grid', 'zoom'] as const)('no ghosts in the %s view after any resize', async (view) => {
  await using site = await siteOfPainters()
  await using room = await startRoom({ site, size: { cols: 100, rows: 30 } })
  await show(room, 'triage')
  // A favourite stays the first of the list, although it is the one that a resize wakes: every room selects it.
  room.press('!')
  await room.seeText('★project/')
  await show(room, view)
  for (const [cols, rows] of SIZES[view]) {
    room.resize(cols, rows)
    await drawn(room, view)
    await using fresh = await startRoom({ site, size: { cols, rows } })
    await show(fresh, view)
    await expectSameLook(room, fresh)
    await fresh.quit()
  }
  expect((await room.quit()).exitCode).toBe(0)
})

test('a storm of sizes ends in the last one, drawn right', async () => {
  await using site = await siteOfPainters()
  await using room = await startRoom({ site, size: { cols: 100, rows: 30 } })
  await room.seeText('painted')
  for (let round = 0; round < 30; round++) room.resize(70 + ((round * 37) % 200), 18 + ((round * 13) % 60))
  room.resize(132, 43)
  await drawn(room, 'triage')
  await using fresh = await startRoom({ site, size: { cols: 132, rows: 43 } })
  await drawn(fresh, 'triage')
  await expectSameLook(room, fresh)
})
