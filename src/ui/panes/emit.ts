import { BG, COLOUR, CONTENT, FG, WORDS } from '../../core/grid.ts'
import { ByteWriter } from './byte-writer.ts'
import { type ColourDepth, reduceColour } from './colour-depth.ts'
import type { Span } from './diff.ts'
import { type GlyphTable, isUncertainWidth } from './glyphs.ts'

const ESCAPE = 0x1b
const BRACKET = 0x5b
const SEMICOLON = 0x3b

/** Bytes that one cell can need at most, its glyph text aside: colours, attributes and two cursor movements. */
const CELL_BYTES = 96

const FG_FLAGS = ~COLOUR.mask >>> 0
const BG_FLAGS = (BG.italic | BG.dim | BG.overline) >>> 0

/** Flag of the foreground or background word, and the parameter that sets it. */
const FG_ATTRIBUTES = [
  [FG.bold, 1],
  [FG.underline, 4],
  [FG.blink, 5],
  [FG.inverse, 7],
  [FG.invisible, 8],
  [FG.strikethrough, 9],
] as const
const BG_ATTRIBUTES = [
  [BG.dim, 2],
  [BG.italic, 3],
  [BG.overline, 53],
] as const

/** Turns spans of cells into the bytes of one synchronized update. */
export class FrameEmitter {
  readonly #writer = new ByteWriter()
  readonly #glyphs: GlyphTable
  readonly #depth: ColourDepth
  #foreground = 0
  #background = 0
  #row = -1

  constructor(glyphs: GlyphTable, depth: ColourDepth) {
    this.#glyphs = glyphs
    this.#depth = depth
  }

  /** Starts a frame. `clear` wipes the terminal first, which makes every cell a blank of the default colours. */
  begin(options: { readonly hideCursor: boolean; readonly clear: boolean }): void {
    this.#writer.truncate(0)
    this.#writer.ascii('\x1b[?2026h')
    if (options.hideCursor) this.#writer.ascii('\x1b[?25l')
    if (options.clear) this.#writer.ascii('\x1b[0m\x1b[2J')
    this.#foreground = 0
    this.#background = 0
    this.#row = -1
  }

  /**
   * Writes the cells of a span of a row, and those after it that the terminal may have drawn over because it takes a
   * glyph to be wider.
   */
  span(row: number, cells: Uint32Array, { start, end }: Span): void {
    const writer = this.#writer
    const cols = cells.length / WORDS
    let last = end
    let isColumnLost = false
    this.#moveTo(row, start)
    for (let column = start; column < last; column++) {
      const at = column * WORDS
      const content = cells[at] as number
      if (content >>> CONTENT.widthShift === 0) continue
      writer.reserve(CELL_BYTES)
      if (isColumnLost) this.#column(column)
      this.#style(cells[at + 1] as number, cells[at + 2] as number)
      const reach = this.#glyph(content, column)
      isColumnLost = reach > 0
      if (column + reach > last) last = wholeEnd(cells, Math.min(cols, column + reach))
    }
  }

  /** Ends the frame, with the cursor shown at a cell of the screen or left hidden, and returns its bytes. */
  finish(cursor: { readonly x: number; readonly y: number } | undefined): Uint8Array {
    const writer = this.#writer
    writer.reserve(CELL_BYTES)
    if (this.#foreground !== 0 || this.#background !== 0) writer.ascii('\x1b[0m')
    if (cursor !== undefined) {
      this.#row = -1
      this.#moveTo(cursor.y, cursor.x)
      writer.ascii('\x1b[?25h')
    }
    writer.ascii('\x1b[?2026l')
    return writer.take()
  }

  /** Writes the glyph; returns how many columns a terminal may take for it, 0 when all agree on one. */
  #glyph(content: number, column: number): number {
    const writer = this.#writer
    const isWide = content >>> CONTENT.widthShift === 2
    const value = content & CONTENT.codePoint
    if ((content & CONTENT.combined) === 0) {
      writer.codePoint(value)
      return isWide || isUncertainWidth(value) ? 2 : 0
    }
    if (isWide) {
      // A terminal that draws the sequence in one column would leave what was in the second.
      writer.ascii('  ')
      this.#column(column)
    }
    writer.append(this.#glyphs.bytes(value))
    return Math.max(2, this.#glyphs.columns(value))
  }

  #moveTo(row: number, column: number): void {
    const writer = this.#writer
    writer.reserve(CELL_BYTES)
    if (row === this.#row) {
      this.#column(column)
      return
    }
    this.#row = row
    writer.byte(ESCAPE)
    writer.byte(BRACKET)
    writer.number(row + 1)
    writer.byte(SEMICOLON)
    writer.number(column + 1)
    writer.byte(0x48)
  }

  #column(column: number): void {
    const writer = this.#writer
    writer.byte(ESCAPE)
    writer.byte(BRACKET)
    writer.number(column + 1)
    writer.byte(0x47)
  }

  #style(foreground: number, background: number): void {
    if (foreground === this.#foreground && background === this.#background) return
    const writer = this.#writer
    const hasSameFlags =
      ((foreground ^ this.#foreground) & FG_FLAGS) === 0 && ((background ^ this.#background) & BG_FLAGS) === 0
    const oldForeground = hasSameFlags ? this.#colour(this.#foreground) : 0
    const oldBackground = hasSameFlags ? this.#colour(this.#background) : 0
    const newForeground = this.#colour(foreground)
    const newBackground = this.#colour(background)
    this.#foreground = foreground
    this.#background = background
    if (hasSameFlags && newForeground === oldForeground && newBackground === oldBackground) return
    writer.byte(ESCAPE)
    writer.byte(BRACKET)
    if (!hasSameFlags) {
      writer.byte(0x30)
      this.#attributes(foreground, background)
    }
    let isFirst = hasSameFlags
    if (newForeground !== oldForeground) isFirst = this.#setColour(newForeground, 30, isFirst)
    if (newBackground !== oldBackground) this.#setColour(newBackground, 40, isFirst)
    writer.byte(0x6d)
  }

  #colour(word: number): number {
    return reduceColour(word & COLOUR.mask, this.#depth)
  }

  #attributes(foreground: number, background: number): void {
    for (const [flag, parameter] of FG_ATTRIBUTES) if ((foreground & flag) !== 0) this.#parameter(parameter)
    for (const [flag, parameter] of BG_ATTRIBUTES) if ((background & flag) !== 0) this.#parameter(parameter)
  }

  #parameter(value: number): void {
    this.#writer.byte(SEMICOLON)
    this.#writer.number(value)
  }

  /** Writes the parameters of a colour; `base` is 30 for the text and 40 for the background. */
  #setColour(colour: number, base: number, isFirst: boolean): false {
    const writer = this.#writer
    if (!isFirst) writer.byte(SEMICOLON)
    const mode = colour & COLOUR.modeMask
    if (mode === 0) {
      writer.number(base + 9)
    } else if (mode === COLOUR.indexed16) {
      const index = colour & 0xff
      writer.number(index < 8 ? base + index : base + 52 + index)
    } else {
      writer.number(base + 8)
      if (mode === COLOUR.indexed256) {
        this.#parameter(5)
        this.#parameter(colour & 0xff)
      } else {
        this.#parameter(2)
        this.#parameter((colour >> 16) & 0xff)
        this.#parameter((colour >> 8) & 0xff)
        this.#parameter(colour & 0xff)
      }
    }
    return false
  }
}

/** The end of a span that must not cut a wide glyph. */
function wholeEnd(cells: Uint32Array, end: number): number {
  const isCut = end * WORDS < cells.length && (cells[end * WORDS] as number) >>> CONTENT.widthShift === 0
  return isCut ? end + 1 : end
}
