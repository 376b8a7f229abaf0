import { WIDE_RUNS, ZERO_WIDTH_RUNS } from './width-table.ts'

/**
 * Columns of text on a screen. One table and one rule set for every screen: the host's terminals, transcripts, the
 * chrome, the live slots and printed tables must agree with each other and with what the agents' drawing libraries
 * measure: Unicode 11 plus emoji presentation, joined sequences, skin tones, flags, keycaps and newer emoji.
 */

/** Columns a single code point takes when nothing precedes it. */
export type WidthOf = (codePoint: number) => Width

type Width = 0 | 1 | 2

const VARIATION_EMOJI = 0xfe0f
const ZERO_WIDTH_JOINER = 0x200d
const ENCLOSING_KEYCAP = 0x20e3
const FIRST_COMBINING = 0x300
const FIRST_EMOJI = 0x1f000
const LAST_EMOJI = 0x1faff

const pictographic = /\p{Extended_Pictographic}/u
const emoji = /\p{Emoji}/u
const wideByDefault = /\p{Emoji_Presentation}/u

/** Code points below this, which hold nearly all text, have their width in a table; the few runs above are searched. */
const TABLE_SIZE = 0x20000
const table = widthTable()

/** Columns of a single code point when nothing precedes it; 0 for controls and combining marks. */
export const widthOf: WidthOf = (codePoint) => {
  if (codePoint < TABLE_SIZE) return table[codePoint] as Width
  if (isInRuns(ZERO_WIDTH_RUNS, codePoint)) return 0
  return isInRuns(WIDE_RUNS, codePoint) ? 2 : 1
}

/**
 * What is known after a code point, packed as xterm.js packs it: bit 0 "joins the cell before", bits 1–2 the columns of
 * the cell so far, bits 3 up the code point the cell began with (21 bits) and what may follow it. 0 is "nothing before".
 */
type JoinState = number

const FIRST_MASK = 0x1fffff
const AFTER_JOINER = 1 << 21
const HALF_FLAG = 1 << 22

/** The state after `codePoint` when `preceding` was the state before it (0 at the start of a run). */
function joinState(codePoint: number, preceding: JoinState, measure: WidthOf = widthOf): JoinState {
  if (codePoint < FIRST_COMBINING) return separate(codePoint, measure(codePoint))
  const state = preceding >>> 3
  const width = columnsIn(preceding)
  const first = state & FIRST_MASK
  if (codePoint === ZERO_WIDTH_JOINER) return joined(first | AFTER_JOINER, width)
  if (codePoint === VARIATION_EMOJI) {
    const widens = width === 1 && first > 0x7f && !isFlagLetter(first) && matches(emoji, first)
    return joined(first, widens ? 2 : width)
  }
  if (codePoint === ENCLOSING_KEYCAP) return joined(first, width === 1 && isKeycapBase(first) ? 2 : width)
  if (isFlagLetter(codePoint)) {
    return (state & HALF_FLAG) !== 0 && width === 1 ? joined(first, 2) : separate(codePoint | HALF_FLAG, 1)
  }
  if (width > 0 && joinsAsEmoji(codePoint, state)) return joined(first, 2)
  const own = measure(codePoint)
  return own === 0 ? joined(state & ~AFTER_JOINER, width) : separate(codePoint, own)
}

/** The rules in the shape that a terminal emulator registers as a Unicode version. */
export const WIDTH_PROVIDER = { version: 'signalbox', wcwidth: widthOf, charProperties: joinState } as const

/** One cell of text: its code points as a string and its width in columns. */
export interface TextCell {
  readonly text: string
  readonly width: 1 | 2
}

/** Splits a text into the cells it takes on a screen. A combining mark with nothing before it is left out. */
export function textCells(text: string, measure: WidthOf = widthOf): readonly TextCell[] {
  const cells: TextCell[] = []
  let state: JoinState = 0
  for (const character of text) {
    state = joinState(character.codePointAt(0) ?? 0, state, measure)
    const width = columnsIn(state)
    const last = cells.at(-1)
    if ((state & 1) === 0) {
      if (width !== 0) cells.push({ text: character, width })
    } else if (last !== undefined) {
      cells[cells.length - 1] = { text: last.text + character, width: width || last.width }
    }
  }
  return cells
}

/** Columns a text takes on a screen. */
export function textWidth(text: string): number {
  if (PRINTABLE_ASCII.test(text)) return text.length
  return textCells(text).reduce((total, cell) => total + cell.width, 0)
}

const PRINTABLE_ASCII = /^[ -~]*$/

/** The longest head of a text that fits into `columns`; a cell is never split. */
export function headWithin(text: string, columns: number): string {
  if (PRINTABLE_ASCII.test(text)) return text.slice(0, Math.max(0, columns))
  let used = 0
  let at = 0
  let cellStart = 0
  let state: JoinState = 0
  for (const character of text) {
    const before = columnsIn(state)
    state = joinState(character.codePointAt(0) ?? 0, state)
    const isJoined = (state & 1) === 1
    if (!isJoined) cellStart = at
    used += columnsIn(state) - (isJoined ? before : 0)
    if (used > columns) return text.slice(0, cellStart)
    at += character.length
  }
  return text
}

function joinsAsEmoji(codePoint: number, state: number): boolean {
  const first = state & FIRST_MASK
  if (isSkinTone(codePoint)) return matches(pictographic, first)
  return (state & AFTER_JOINER) !== 0 && matches(pictographic, first) && matches(pictographic, codePoint)
}

function columnsIn(state: JoinState): Width {
  return ((state >> 1) & 3) as Width
}

function joined(state: number, width: Width): JoinState {
  return (state << 3) | (width << 1) | 1
}

function separate(state: number, width: Width): JoinState {
  return (state << 3) | (width << 1)
}

function widthTable(): Uint8Array {
  const widths = new Uint8Array(TABLE_SIZE).fill(1)
  for (const [runs, width] of [[ZERO_WIDTH_RUNS, 0] as const, [WIDE_RUNS, 2] as const]) {
    for (let at = 0; at < runs.length; at += 2) widths.fill(width, runs[at], (runs[at + 1] ?? 0) + 1)
  }
  // Emoji that became wide after Unicode 11 (🟢, 🫠, …): the property tables of the running engine know them.
  for (let codePoint = FIRST_EMOJI; codePoint <= LAST_EMOJI; codePoint += 1) {
    if (!isFlagLetter(codePoint) && matches(wideByDefault, codePoint)) widths[codePoint] = 2
  }
  return widths
}

function isInRuns(runs: readonly number[], codePoint: number): boolean {
  for (let at = runs.length - 2; at >= 0; at -= 2) {
    if (codePoint >= (runs[at] ?? 0)) return codePoint <= (runs[at + 1] ?? 0)
  }
  return false
}

function matches(pattern: RegExp, codePoint: number): boolean {
  return codePoint > 0 && pattern.test(String.fromCodePoint(codePoint))
}

function isSkinTone(codePoint: number): boolean {
  return codePoint >= 0x1f3fb && codePoint <= 0x1f3ff
}

function isFlagLetter(codePoint: number): boolean {
  return codePoint >= 0x1f1e6 && codePoint <= 0x1f1ff
}

function isKeycapBase(codePoint: number): boolean {
  return codePoint === 0x23 || codePoint === 0x2a || (codePoint >= 0x30 && codePoint <= 0x39)
}
