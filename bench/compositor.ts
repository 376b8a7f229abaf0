import xterm from '@xterm/headless'
import { createScreen, type Screen } from '../src/host/terminal/screen.ts'
import { createChromeScreen } from '../src/ui/panes/chrome-screen.ts'
import { createCompositor } from '../src/ui/panes/compositor.ts'
import { fullPane } from './content.ts'
import { type Bench, type Figure, percentile } from './figures.ts'

const ACROSS = 4
const DOWN = 3

/** The painter on frames in which twelve panes are drawn anew in all colours, beside an emulator that parses the same frames. */
export const run: Bench = async ({ isQuick }) => {
  const frames = isQuick ? 80 : 300
  return [...figuresAt({ cols: 200, rows: 60 }, frames, 1), ...figuresAt({ cols: 300, rows: 100 }, frames, 2.5)]
}

function figuresAt(size: { cols: number; rows: number }, frames: number, atMostMs: number): readonly Figure[] {
  const { paint, parse, bytes } = measure(size, frames)
  const name = `painter, ${size.cols}×${size.rows}, 12 panes drawn anew`
  const ours = percentile(paint, 0.5)
  return [
    {
      name,
      value: ours,
      unit: 'ms/frame',
      budget: { atMost: atMostMs },
      note: `${(bytes / 1000).toFixed(0)} kB/frame`,
    },
    {
      name: `${name}: beside parsing them`,
      value: ours,
      unit: 'ms/frame',
      baseline: { name: 'bare emulator', value: percentile(parse, 0.5) },
      isRatio: true,
      budget: { atMost: 0.3 },
    },
  ]
}

function measure({ cols, rows }: { cols: number; rows: number }, frames: number) {
  const pane = { cols: Math.floor(cols / ACROSS) - 1, rows: Math.floor(rows / DOWN) - 1 }
  const chrome = createChromeScreen(cols, rows)
  const screens: { readonly screen: Screen; readonly bare: xterm.Terminal }[] = []
  for (let index = 0; index < ACROSS * DOWN; index += 1) {
    const x = (index % ACROSS) * (pane.cols + 1)
    const y = Math.floor(index / ACROSS) * (pane.rows + 1)
    for (let row = 0; row < pane.rows; row += 1) {
      chrome.write(`\x1b[${y + row + 2};${x + 1}H\x1b[48;2;254;0;${index}m${' '.repeat(pane.cols)}\x1b[0m`)
    }
    const bare = new xterm.Terminal({ ...pane, scrollback: 0, allowProposedApi: true, logLevel: 'off' })
    screens.push({ screen: createScreen({ ...pane, scrollback: 0, reply: () => undefined }), bare })
  }
  let bytes = 0
  const compositor = createCompositor({
    cols,
    rows,
    depth: 'truecolor',
    write(data) {
      bytes += data.length
      return true
    },
  })
  compositor.setChrome(chrome)
  const [paint, parse]: [number[], number[]] = [[], []]
  for (let frame = 0; frame < frames; frame += 1) {
    const contents = screens.map((_, index) => fullPane(pane, frame + index))
    parse.push(
      timed(() => {
        for (const [index, { bare }] of screens.entries()) parseNow(bare, contents[index] ?? '')
      }),
    )
    const grids = screens.map(({ screen }, index) => {
      screen.write(contents[index] ?? '')
      return screen.snapshot()
    })
    paint.push(
      timed(() => {
        for (const [index, grid] of grids.entries()) compositor.setPane(index, { grid, top: 0, left: 0 })
        compositor.frame()
      }),
    )
  }
  for (const { screen, bare } of screens) {
    screen.dispose()
    bare.dispose()
  }
  chrome.dispose()
  return { paint: paint.slice(20), parse: parse.slice(20), bytes: bytes / frames }
}

/** `input` makes the emulator parse what follows at once; this is what it documents it for. */
function parseNow(terminal: xterm.Terminal, text: string): void {
  terminal.input('', true)
  terminal.write(text)
}

function timed(work: () => void): number {
  const startedAt = performance.now()
  work()
  return performance.now() - startedAt
}
