import { BG, COLOUR, CONTENT, FG, type Grid, WORDS } from '../../src/core/grid.ts'

/**
 * How one cell looks: its text, and its style in angle brackets where it has one. Two cells look the same when their looks are
 * equal. The second half of a wide character is an empty text.
 */
export type Look = string

/** What a terminal shows, row by row. */
export type Rows = readonly (readonly Look[])[]

/** The look of a blank of any background: nothing was written to the cell, and its colour cannot be known. */
export const ERASED: Look = '\0'

/** Whether two cells look the same, as far as is known. */
export function isSameLook(one: Look, other: Look): boolean {
  if (one === other) return true
  const known = one === ERASED ? other : one
  return (one === ERASED || other === ERASED) && (known === ' ' || known.startsWith(' <default'))
}

/** Colours (`default`, `palette:3`, `#rrggbb`) and attributes of a cell. */
export interface Style {
  readonly fg: string
  readonly bg: string
  readonly attributes: ReadonlySet<Attribute>
}

export type Attribute =
  | 'bold'
  | 'dim'
  | 'italic'
  | 'underline'
  | 'blink'
  | 'inverse'
  | 'invisible'
  | 'strikethrough'
  | 'overline'

/** Every attribute, in the order in which a look names them. */
export const ATTRIBUTES: readonly Attribute[] = [
  ...(['bold', 'dim', 'italic', 'underline', 'blink', 'inverse', 'invisible'] as const),
  ...(['strikethrough', 'overline'] as const),
]

/** Of these a blank shows something; any other attribute, and the colour of its text, does not show. */
const SHOWN_ON_BLANKS: readonly Attribute[] = ['inverse', 'underline', 'strikethrough', 'overline']

const FG_BITS = { ...FG } as const
const BG_BITS = { italic: BG.italic, dim: BG.dim, overline: BG.overline } as const

/** The look of a text in a style; an empty text is the half of a wide character. */
export function lookOf(text: string, { fg, bg, attributes }: Style): Look {
  if (text === '') return ''
  const isBlank = text === ' ' && !SHOWN_ON_BLANKS.some((each) => attributes.has(each))
  const shown = isBlank ? [] : ATTRIBUTES.filter((each) => attributes.has(each))
  const colour = isBlank ? 'default' : fg
  return colour === 'default' && bg === 'default' && shown.length === 0
    ? text
    : `${text}<${colour} on ${bg}${shown.map((each) => ` ${each}`).join('')}>`
}

/** The looks of a grid's cells. */
export function gridRows(grid: Grid): Rows {
  return Array.from({ length: grid.rows }, (_, y) => gridRow(grid, y))
}

/** The looks of one row of a grid. */
export function gridRow(grid: Grid, y: number): readonly Look[] {
  return wholeRow(Array.from({ length: grid.cols }, (_, x) => gridLook(grid, y * grid.cols + x)))
}

function gridLook({ cells, combined }: Grid, cell: number): Look {
  const [content = 0, fg = 0, bg = 0] = cells.subarray(cell * WORDS, cell * WORDS + WORDS)
  if (content >>> CONTENT.widthShift === 0) return ''
  const codePoint = content & CONTENT.codePoint
  const text = content & CONTENT.combined ? (combined.get(cell) ?? ' ') : String.fromCodePoint(codePoint || 0x20)
  return (fg | bg) === 0 ? text : lookOf(text, { fg: colourOf(fg), bg: colourOf(bg), attributes: attributesOf(fg, bg) })
}

/** A half without its character is a blank. */
function wholeRow(row: readonly Look[]): readonly Look[] {
  return row.map((look, x) => (look === '' && (x === 0 || row[x - 1] === '') ? ' ' : look))
}

function colourOf(word: number): string {
  const mode = word & COLOUR.modeMask
  if (mode === 0) return 'default'
  if (mode === COLOUR.rgb) return `#${(word & COLOUR.value).toString(16).padStart(6, '0')}`
  return `palette:${word & 0xff}`
}

function attributesOf(fg: number, bg: number): ReadonlySet<Attribute> {
  const isSet = (name: Attribute): boolean =>
    name in FG_BITS
      ? (fg & FG_BITS[name as keyof typeof FG_BITS]) !== 0
      : (bg & BG_BITS[name as keyof typeof BG_BITS]) !== 0
  return new Set(ATTRIBUTES.filter(isSet))
}
