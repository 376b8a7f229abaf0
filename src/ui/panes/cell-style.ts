import { BG, COLOUR, CONTENT, createGrid, FG, type Grid, WORDS } from '../../core/grid.ts'
import { textCells } from '../../core/widths.ts'

/** Names of the 16 colours, in the order of their numbers. */
const NAMES: readonly string[] = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white']

/** How a live slot's text looks. Colours are `#rrggbb`, a name such as `cyan`, `gray` or `redBright`, or `ansi256(n)`. */
export interface TextStyle {
  readonly colour?: string | undefined
  readonly background?: string | undefined
  readonly bold?: boolean | undefined
  readonly dim?: boolean | undefined
  readonly italic?: boolean | undefined
  readonly underline?: boolean | undefined
  readonly inverse?: boolean | undefined
}

/** Colour bits of a cell word; 0 (the default colour) for a text that names no colour. */
export function colourBits(colour: string | undefined): number {
  if (colour === undefined) return 0
  if (/^#[0-9a-f]{6}$/i.test(colour)) return COLOUR.rgb | Number.parseInt(colour.slice(1), 16)
  const indexed = /^ansi256\((\d{1,3})\)$/.exec(colour)
  if (indexed !== null) return COLOUR.indexed256 | (Number(indexed[1]) & 0xff)
  if (colour === 'gray' || colour === 'grey') return COLOUR.indexed16 | 8
  const bright = colour.endsWith('Bright')
  const index = NAMES.indexOf(bright ? colour.slice(0, -'Bright'.length) : colour)
  return index < 0 ? 0 : COLOUR.indexed16 | (bright ? index + 8 : index)
}

/** A one-row grid with the text in this style. An empty text gives one blank cell, so that the style is never lost. */
export function textGrid(text: string, style: TextStyle = {}): Grid {
  const cells = textCells(text)
  const columns = cells.reduce((total, cell) => total + cell.width, 0)
  const grid = createGrid(Math.max(1, columns), 1)
  const foreground = foregroundWord(style)
  const background = backgroundWord(style)
  for (let column = 0; column < grid.cols; column++) {
    grid.cells[column * WORDS + 1] = foreground
    grid.cells[column * WORDS + 2] = background
  }
  let column = 0
  for (const cell of cells) {
    const codePoint = cell.text.codePointAt(0) ?? 0
    const isCombined = cell.text.length > String.fromCodePoint(codePoint).length
    if (isCombined) grid.combined.set(column, cell.text)
    grid.cells[column * WORDS] = (cell.width << CONTENT.widthShift) | (isCombined ? CONTENT.combined : codePoint)
    if (cell.width === 2) grid.cells[(column + 1) * WORDS] = 0
    column += cell.width
  }
  return grid
}

function foregroundWord(style: TextStyle): number {
  let word = colourBits(style.colour)
  if (style.bold) word |= FG.bold
  if (style.underline) word |= FG.underline
  if (style.inverse) word |= FG.inverse
  return word >>> 0
}

function backgroundWord(style: TextStyle): number {
  let word = colourBits(style.background)
  if (style.dim) word |= BG.dim
  if (style.italic) word |= BG.italic
  return word >>> 0
}
