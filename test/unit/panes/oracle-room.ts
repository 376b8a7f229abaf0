import { BG, COLOUR, createGrid, FG, type Grid, WORDS } from '../../../src/core/grid.ts'
import { textCells, textWidth } from '../../../src/core/widths.ts'
import { type ChromeScreen, createChromeScreen } from '../../../src/ui/panes/chrome-screen.ts'
import { type Compositor, createCompositor } from '../../../src/ui/panes/compositor.ts'
import { paneColour, type Region, regionOf, slotColour } from '../../../src/ui/panes/key-colour.ts'
import type { Rect } from '../../../src/ui/panes/regions.ts'
import { createOuterTerminal, putCell, type SeenCell, seenCell } from './outer-terminal.ts'

const TEXTS = [
  ...['a', 'é', '─', '█', '●', '漢', '字', '✅', '⚠️', '👍🏽', '🇫🇷', 'e\u0301', '👨‍👩‍👧', '1️⃣', 'ß', '⠋'],
  ...[' ', ' '],
]
const COLOURS = [0, 0, COLOUR.indexed16 | 9, COLOUR.indexed256 | 201, COLOUR.rgb | 0x12ab34, COLOUR.rgb | 0xffffff]
const PANES = 6
const SLOTS = 3
const SLOT_COLS = 8
const BLANK: SeenCell = { text: ' ', width: 1, fg: 0, bg: 0 }

/** A small random generator with a seed, so that a failure can be run again. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed
  }

  /** A whole number from 0 up to and without `limit`. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * limit)
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!
  }
}

interface Pane {
  grid: Grid
  top: number
  left: number
  dim: boolean
  isShown: boolean
}

/** A room whose every change is random, and what its terminal should show, worked out cell by cell without the compositor. */
export class OracleRoom {
  readonly outer: ReturnType<typeof createOuterTerminal>
  readonly compositor: Compositor
  readonly #random: Random
  readonly #chrome: ChromeScreen
  readonly #panes: Pane[]
  readonly #slots = Array.from({ length: SLOTS }, () => '')
  #cols = 60
  #rows = 20
  #columns = 3
  #generation = 0
  #overlay: Rect | undefined

  constructor(random: Random) {
    this.#random = random
    this.outer = createOuterTerminal(this.#cols, this.#rows)
    this.#chrome = createChromeScreen(this.#cols, this.#rows)
    const size = { cols: this.#cols, rows: this.#rows }
    this.compositor = createCompositor({ ...size, depth: 'truecolor', write: this.outer.write })
    this.compositor.setChrome(this.#chrome)
    this.#panes = Array.from({ length: PANES }, () => {
      const grid = randomGrid(random, 4 + random.below(30), 3 + random.below(10))
      return { grid, top: 0, left: 0, dim: false, isShown: true }
    })
    this.#drawChrome()
    for (let index = 0; index < PANES; index++) this.#show(index)
    for (let index = 0; index < SLOTS; index++) this.compositor.setSlot(index, { text: '' })
  }

  /** Changes something; returns what, for the message of a failure. */
  change(): string {
    const action = this.#random.pick([
      'rows',
      'scroll',
      'grid',
      'hide',
      'slot',
      'overlay',
      'label',
      'layout',
      'resize',
      'all',
    ])
    const index = this.#random.below(PANES)
    if (action === 'rows') this.#changeRows(index)
    else if (action === 'scroll') this.#scroll(index)
    else if (action === 'grid') this.#replaceGrid(index)
    else if (action === 'hide') this.#hide(index)
    else if (action === 'slot') this.#changeSlot()
    else if (action === 'overlay') this.#toggleOverlay()
    else if (action === 'layout') this.#layOut(this.#cols, this.#rows)
    else if (action === 'resize') this.#resize()
    else if (action === 'all') this.compositor.invalidate()
    else this.#drawChrome()
    return action
  }

  /** Cells that the terminal should show. */
  expected(): SeenCell[][] {
    return Array.from({ length: this.#rows }, (_, row) => {
      const line = this.#chrome.row(row)
      const owner = (column: number) =>
        column < 0 || column >= this.#cols ? undefined : regionOf(line.cells[column * WORDS + 2]!)
      return Array.from({ length: this.#cols }, (_, column): SeenCell => {
        const region = owner(column)
        if (region === undefined) return seenCell(line.cells, column, () => line.combined(column))
        const cell = region.kind === 'pane' ? this.#paneCell(region, column, row) : this.#slotCell(region, column)
        const partner = cell.width === 2 ? column + 1 : cell.width === 0 ? column - 1 : column
        const isWhole = owner(partner)?.kind === region.kind && owner(partner)?.index === region.index
        return isWhole ? cell : { ...cell, text: ' ', width: 1 }
      })
    })
  }

  #paneCell(region: Region, column: number, row: number): SeenCell {
    const pane = this.#panes[region.index]!
    if (!pane.isShown) return BLANK
    const rect = this.#paneRect(region.index)
    const x = column - rect.x + pane.left
    const y = row - rect.y + pane.top
    const dim = pane.dim ? BG.dim : 0
    if (y < 0 || y >= pane.grid.rows || x < 0 || x >= pane.grid.cols) return { ...BLANK, bg: dim }
    const index = y * pane.grid.cols + x
    const cell = seenCell(pane.grid.cells, index, () => pane.grid.combined.get(index))
    return { ...cell, bg: (cell.bg | dim) >>> 0 }
  }

  #slotCell(region: Region, column: number): SeenCell {
    const fg = COLOUR.indexed16 | 6
    let offset = column - this.#slotColumn(region.index)
    for (const { text, width } of textCells(this.#slots[region.index]!)) {
      if (offset === 0) return { text, width, fg, bg: 0 }
      if (offset < width) return { text: '', width: 0, fg, bg: 0 }
      offset -= width
    }
    return BLANK
  }

  #paneRect(index: number): Rect {
    const width = Math.floor(this.#cols / this.#columns)
    const height = Math.floor((this.#rows - 2) / Math.ceil(PANES / this.#columns))
    const x = (index % this.#columns) * width
    const y = 1 + Math.floor(index / this.#columns) * height
    return { x: x + 1, y: y + 1, cols: width - 2, rows: height - 2 }
  }

  #slotColumn(index: number): number {
    return 19 + index * 12
  }

  #drawChrome(): void {
    this.#generation++
    let out = `\x1b[0m\x1b[2J\x1b[H\x1b[1m room ${this.#generation} 漢字 ⚠️ `
    for (let index = 0; index < SLOTS; index++) {
      const rect = { x: this.#slotColumn(index), y: 0, cols: SLOT_COLS, rows: 1 }
      out += `\x1b[0m${background(slotColour(index))}${fill(rect, ' ')}\x1b[0m`
    }
    for (let index = 0; index < PANES; index++) {
      const rect = this.#paneRect(index)
      const border = { x: rect.x - 1, y: rect.y - 1, cols: rect.cols + 2, rows: rect.rows + 2 }
      out += `\x1b[0;3${index + 1}m${fill(border, '▒')}\x1b[0m${background(paneColour(index))}${fill(rect, ' ')}`
    }
    if (this.#overlay !== undefined) out += `\x1b[0;44m${fill(this.#overlay, '·')}`
    this.#chrome.write(out)
  }

  #show(index: number, dirty?: { start: number; end: number }): void {
    const { grid, top, left, dim, isShown } = this.#panes[index]!
    if (isShown) this.compositor.setPane(index, { grid, top, left, dim, dirty })
  }

  #changeRows(index: number): void {
    const { grid, isShown } = this.#panes[index]!
    if (!isShown) return
    const start = this.#random.below(grid.rows)
    const end = Math.min(grid.rows - 1, start + this.#random.below(3))
    for (let row = start; row <= end; row++) fillRow(this.#random, grid, row)
    this.#show(index, { start, end })
  }

  #scroll(index: number): void {
    const place = { top: this.#random.below(6) - 1, left: this.#random.below(4), dim: this.#random.below(2) === 0 }
    Object.assign(this.#panes[index]!, place)
    this.#show(index)
  }

  #replaceGrid(index: number): void {
    const grid = randomGrid(this.#random, 1 + this.#random.below(40), 1 + this.#random.below(14))
    Object.assign(this.#panes[index]!, { grid, isShown: true })
    this.#show(index)
  }

  #hide(index: number): void {
    this.#panes[index]!.isShown = false
    this.compositor.removePane(index)
  }

  #changeSlot(): void {
    const index = this.#random.below(SLOTS)
    const text = Array.from({ length: this.#random.below(9) }, () => this.#random.pick(TEXTS)).join('')
    this.#slots[index] = text
    this.compositor.setSlot(index, { text, style: { colour: 'cyan' } })
  }

  #toggleOverlay(): void {
    const random = this.#random
    const x = random.below(this.#cols - 12)
    const size = { cols: Math.min(5 + random.below(this.#cols >> 1), this.#cols - x), rows: 2 + random.below(6) }
    this.#overlay = this.#overlay === undefined ? { x, y: random.below(this.#rows - 6), ...size } : undefined
    this.compositor.holdLayout(this.#overlay !== undefined)
    this.#drawChrome()
  }

  #layOut(cols: number, rows: number): void {
    this.#overlay = undefined
    this.compositor.holdLayout(false)
    this.#cols = cols
    this.#rows = rows
    this.#columns = this.#random.pick([2, 3, 6])
    this.#drawChrome()
  }

  #resize(): void {
    const cols = 48 + this.#random.below(40)
    const rows = 18 + this.#random.below(12)
    this.outer.terminal.resize(cols, rows)
    this.#chrome.resize(cols, rows)
    this.compositor.resize(cols, rows)
    this.#layOut(cols, rows)
  }
}

function randomGrid(random: Random, cols: number, rows: number): Grid {
  const grid = createGrid(cols, rows)
  for (let row = 0; row < rows; row++) fillRow(random, grid, row)
  return grid
}

function fillRow(random: Random, grid: Grid, row: number): void {
  for (let column = 0; column < grid.cols; column++) {
    const text = random.pick(TEXTS)
    const width = textWidth(text)
    const fg = (random.pick(COLOURS) | random.pick([0, 0, 0, FG.bold, FG.inverse, FG.underline])) >>> 0
    const style = { fg, bg: random.pick(COLOURS) | random.pick([0, 0, BG.dim, BG.extended]) }
    const fits = column + width <= grid.cols
    putCell(grid, { x: column, y: row }, fits ? { text, width, ...style } : { text: 'x', ...style })
    if (fits && width === 2) putCell(grid, { x: ++column, y: row }, { content: 0, width: 0, ...style })
  }
}

function fill(rect: Rect, text: string): string {
  const lines = Array.from(
    { length: rect.rows },
    (_, row) => `\x1b[${rect.y + row + 1};${rect.x + 1}H${text.repeat(rect.cols)}`,
  )
  return lines.join('')
}

function background(colour: string): string {
  return `\x1b[48;2;${[1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16)).join(';')}m`
}
