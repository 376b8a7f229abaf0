import { type Grid, WORDS } from '../../core/grid.ts'
import { colourBits, type TextStyle, textGrid } from './cell-style.ts'
import type { ChromeScreen } from './chrome-screen.ts'
import type { ColourDepth } from './colour-depth.ts'
import { composeRow, type RegionSource } from './compose-row.ts'
import { FrameEmitter } from './emit.ts'
import { FrontBuffer } from './front-buffer.ts'
import { createGlyphTable } from './glyphs.ts'
import { paneKey, type RegionKey, regionOfKey, slotKey } from './key-colour.ts'
import { createRegions, type Rect } from './regions.ts'
import type { RowRange } from './xterm-cells.ts'

/** What a pane shows of a grid. The grid may be changed in place: say so with a new `setPane`. */
export interface PaneSource {
  readonly grid: Grid
  /** Row of the grid in the pane's first row. */
  readonly top: number
  /** Column of the grid in the pane's first column. */
  readonly left: number
  /** Rows of the grid that changed since the last call with the same grid and place; all rows when absent. */
  readonly dirty?: RowRange | undefined
  /** Draws every cell dim. */
  readonly dim?: boolean | undefined
}

/** A text that the compositor draws by itself, so that nothing of the chrome is rendered when it changes. */
export interface LiveSlot {
  readonly text: string
  readonly style?: TextStyle | undefined
}

/** Where the cursor is: a cell of a pane's grid. */
export interface PaneCursor {
  readonly pane: number
  readonly x: number
  readonly y: number
  readonly visible: boolean
}

/** What is at a cell of the screen. */
export interface PaneHit {
  readonly pane: number
  /** Cell of the pane, from its top left. */
  readonly x: number
  readonly y: number
}

/** Sizes in cells. `write` takes the bytes in any case and returns false when no more should follow for now. */
export interface CompositorOptions {
  readonly cols: number
  readonly rows: number
  readonly depth: ColourDepth
  write(bytes: Uint8Array): boolean
}

/** The only writer of pictures to the operator's terminal: chrome, panes and live slots become one update per frame. */
export interface Compositor {
  setChrome(screen: ChromeScreen): void
  setPane(index: number, source: PaneSource): void
  removePane(index: number): void
  setSlot(index: number, slot: LiveSlot): void
  removeSlot(index: number): void
  /** Places the cursor with the next frame; hidden when absent, not visible or covered. */
  cursor(at: PaneCursor | undefined): void
  /** Say so before an overlay is drawn and before it is taken away: panes that it covers partly keep their place. */
  holdLayout(held: boolean): void
  /** Where a pane is on the screen by the chrome as it is now. */
  paneRect(index: number): Rect | undefined
  /** The pane at a cell of the screen. */
  paneAt(x: number, y: number): PaneHit | undefined
  resize(cols: number, rows: number): void
  /** Repaints everything with the next frame: the terminal was cleared or written to by someone else. */
  invalidate(): void
  /** Draws what changed; returns the bytes written, 0 when nothing changed or the terminal is not ready. */
  frame(): number
  /** The terminal takes bytes again. */
  resume(): void
  /** What the terminal shows, row by row without trailing blanks. */
  frameSnapshot(): readonly string[]
  /** What the terminal shows, as cells. */
  frameGrid(): Grid
}

/** Creates a compositor for a blank terminal of the given size. */
export function createCompositor(options: CompositorOptions): Compositor {
  return new CellCompositor(options)
}

class CellCompositor implements Compositor {
  readonly #write: (bytes: Uint8Array) => boolean
  readonly #glyphs = createGlyphTable()
  readonly #emitter: FrameEmitter
  readonly #regions: ReturnType<typeof createRegions>
  readonly #sources = new Map<RegionKey, RegionSource>()
  #chrome: ChromeScreen | undefined
  #front: FrontBuffer
  #next: Uint32Array
  #dirty: Uint8Array
  #isFull = true
  #isBlocked = false
  #wanted: PaneCursor | undefined
  #shown: { readonly x: number; readonly y: number } | undefined

  constructor({ cols, rows, depth, write }: CompositorOptions) {
    this.#write = write
    this.#emitter = new FrameEmitter(this.#glyphs, depth)
    this.#regions = createRegions(cols, rows)
    this.#front = new FrontBuffer(cols, rows, this.#glyphs)
    this.#next = new Uint32Array(cols * WORDS)
    this.#dirty = new Uint8Array(rows)
    this.invalidate()
  }

  setChrome(screen: ChromeScreen): void {
    this.#chrome = screen
    this.#readChrome({ start: 0, end: this.#front.rows - 1 })
  }

  setPane(index: number, source: PaneSource): void {
    const { grid, top, left, dirty, dim = false } = source
    this.#setSource(paneKey(index), { grid, top, left, isDim: dim, fill: 0 }, dirty)
  }

  removePane(index: number): void {
    this.#removeSource(paneKey(index))
  }

  setSlot(index: number, { text, style }: LiveSlot): void {
    const fill = colourBits(style?.background)
    this.#setSource(slotKey(index), { grid: textGrid(text, style), top: 0, left: 0, isDim: false, fill }, undefined)
  }

  removeSlot(index: number): void {
    this.#removeSource(slotKey(index))
  }

  cursor(at: PaneCursor | undefined): void {
    this.#wanted = at
  }

  holdLayout(held: boolean): void {
    // What was drawn before belongs to the layout without the overlay (or with it, when it is taken away).
    this.#scanChrome()
    this.#regions.hold(held)
  }

  paneRect(index: number): Rect | undefined {
    this.#scanChrome()
    return this.#regions.rect(paneKey(index))
  }

  paneAt(x: number, y: number): PaneHit | undefined {
    this.#scanChrome()
    const segment = this.#regions.segments(y).find(({ start, end }) => x >= start && x < end)
    const region = segment === undefined ? undefined : regionOfKey(segment.key)
    const rect = segment === undefined ? undefined : this.#regions.rect(segment.key)
    if (region?.kind !== 'pane' || rect === undefined) return undefined
    return { pane: region.index, x: x - rect.x, y: y - rect.y }
  }

  resize(cols: number, rows: number): void {
    this.#front = new FrontBuffer(cols, rows, this.#glyphs)
    this.#next = new Uint32Array(cols * WORDS)
    this.#dirty = new Uint8Array(rows)
    this.#regions.reset(cols, rows)
    this.#readChrome({ start: 0, end: rows - 1 })
    this.invalidate()
  }

  invalidate(): void {
    this.#isFull = true
    this.#dirty.fill(1)
    // What the terminal's cursor does until then is unknown, so the next frame hides it and places it anew.
    this.#shown = { x: -1, y: -1 }
  }

  frame(): number {
    if (this.#isBlocked) return 0
    this.#scanChrome()
    if (this.#glyphs.isFull) this.#forgetGlyphs()
    const cursor = this.#cursorCell()
    const isPlaced = cursor?.x === this.#shown?.x && cursor?.y === this.#shown?.y
    this.#emitter.begin({ hideCursor: this.#shown !== undefined, clear: this.#isFull })
    if (this.#isFull) this.#front.clear()
    let hasChanged = this.#isFull
    for (let row = 0; row < this.#front.rows; row++) {
      if (this.#dirty[row] === 0) continue
      this.#dirty[row] = 0
      if (this.#drawRow(row)) hasChanged = true
    }
    if (!hasChanged && isPlaced) return 0
    this.#isFull = false
    this.#shown = cursor
    const bytes = this.#emitter.finish(cursor)
    if (!this.#write(bytes)) this.#isBlocked = true
    return bytes.length
  }

  resume(): void {
    this.#isBlocked = false
  }

  frameSnapshot(): readonly string[] {
    return this.#front.text()
  }

  frameGrid(): Grid {
    return this.#front.grid()
  }

  #setSource(key: RegionKey, source: RegionSource, dirty: RowRange | undefined): void {
    const before = this.#sources.get(key)
    this.#sources.set(key, source)
    const isSamePlace =
      before !== undefined &&
      before.grid === source.grid &&
      before.top === source.top &&
      before.left === source.left &&
      before.isDim === source.isDim &&
      before.fill === source.fill
    this.#markRegion(key, isSamePlace ? dirty : undefined)
  }

  #removeSource(key: RegionKey): void {
    if (this.#sources.delete(key)) this.#markRegion(key, undefined)
  }

  /** Marks the rows of the screen that show `range` of the region's grid. */
  #markRegion(key: RegionKey, range: RowRange | undefined): void {
    const rect = this.#regions.rect(key)
    if (rect === undefined) return
    const shift = rect.y - (this.#sources.get(key)?.top ?? 0)
    const start = Math.max(0, rect.y, range === undefined ? 0 : range.start + shift)
    const end = Math.min(
      this.#front.rows,
      rect.y + rect.rows,
      range === undefined ? this.#front.rows : range.end + shift + 1,
    )
    if (start < end) this.#dirty.fill(1, start, end)
  }

  #scanChrome(): void {
    const range = this.#chrome?.takeDirty()
    if (range !== undefined) this.#readChrome(range)
  }

  #readChrome(range: RowRange): void {
    if (this.#chrome === undefined) return
    this.#dirty.fill(1, Math.max(0, range.start), Math.min(this.#front.rows, range.end + 1))
    for (const key of this.#regions.update(this.#chrome, range)) this.#markRegion(key, undefined)
  }

  #drawRow(row: number): boolean {
    composeRow(
      { chrome: this.#chrome, regions: this.#regions, sources: this.#sources, glyphs: this.#glyphs },
      row,
      this.#next,
    )
    const spans = this.#front.update(row, this.#next)
    for (const span of spans) this.#emitter.span(row, this.#next, span)
    return spans.length > 0
  }

  #cursorCell(): { readonly x: number; readonly y: number } | undefined {
    const wanted = this.#wanted
    if (wanted === undefined || !wanted.visible) return undefined
    const key = paneKey(wanted.pane)
    const rect = this.#regions.rect(key)
    const source = this.#sources.get(key)
    if (rect === undefined || source === undefined) return undefined
    const x = rect.x + wanted.x - source.left
    const y = rect.y + wanted.y - source.top
    const isInPane = this.#regions.segments(y).some((part) => part.key === key && x >= part.start && x < part.end)
    return isInPane ? { x, y } : undefined
  }

  /** Empties the glyph table: its numbers are given anew, so cells that name one must be drawn again. */
  #forgetGlyphs(): void {
    this.#glyphs.clear()
    this.#front.forgetGlyphs()
    this.#dirty.fill(1)
  }
}
