/**
 * Which code points share a cell with the one before them, and how wide the result is. One rule set for every screen:
 * the host's terminals, the chrome and the live slots must agree with each other and with what agents measure.
 *
 * The table of single code points is the caller's (`widthOf`, Unicode 11); these rules add what it lacks: emoji
 * presentation, joined sequences, skin tones, flags and keycaps.
 */

/** Columns a single code point takes when nothing precedes it. */
export type WidthOf = (codePoint: number) => 0 | 1 | 2

/**
 * What is known after a code point, packed as xterm.js packs it so that a provider can return it as it is:
 * bit 0 "joins the cell before", bits 1–2 the width of the cell so far, bits 3 up a state of these rules. 0 is "nothing".
 */
export type JoinState = number

const PLAIN = 0
/** The cell holds a pictograph: a variation selector, joiner or skin tone may follow. */
const PICTOGRAPH = 1
/** A pictograph and a joiner: the next pictograph belongs to the same cell. */
const JOINER = 2
/** One half of a flag. */
const FLAG_HALF = 3
/** A digit, # or *: an enclosing keycap may follow. */
const KEYCAP_BASE = 4

const VARIATION_TEXT = 0xfe0e
const VARIATION_EMOJI = 0xfe0f
const ZERO_WIDTH_JOINER = 0x200d
const ENCLOSING_KEYCAP = 0x20e3

const pictographic = /^\p{Extended_Pictographic}$/u

/** Whether the code point joins the cell before it. */
export function joins(state: JoinState): boolean {
  return (state & 1) === 1
}

/** Columns of the cell as it stands after this code point. */
export function joinedWidth(state: JoinState): 0 | 1 | 2 {
  const width = (state >> 1) & 3
  return width === 3 ? 2 : (width as 0 | 1 | 2)
}

/** The state after `codePoint` when `preceding` was the state before it (0 at the start of a run). */
export function joinState(codePoint: number, preceding: JoinState, widthOf: WidthOf): JoinState {
  if (codePoint >= 0x20 && codePoint < 0x7f) return pack(isKeycapBase(codePoint) ? KEYCAP_BASE : PLAIN, 1, false)
  const joined = preceding === 0 ? undefined : joinedState(codePoint, preceding, widthOf)
  if (joined !== undefined) return joined
  if (isRegionalIndicator(codePoint)) return pack(FLAG_HALF, 1, false)
  return pack(isPictograph(codePoint) ? PICTOGRAPH : PLAIN, widthOf(codePoint), false)
}

/** One cell of text: its code points as a string and its width in columns. */
export interface TextCell {
  readonly text: string
  readonly width: 1 | 2
}

/** Splits a text into the cells it takes on a screen. A combining mark with nothing before it is left out. */
export function textCells(text: string, widthOf: WidthOf): readonly TextCell[] {
  const cells: TextCell[] = []
  let state: JoinState = 0
  for (const character of text) {
    state = joinState(character.codePointAt(0) ?? 0, state, widthOf)
    const width = joinedWidth(state)
    const last = cells.at(-1)
    if (joins(state) && last !== undefined) cells[cells.length - 1] = { text: last.text + character, width: width || 1 }
    else if (width !== 0) cells.push({ text: character, width })
  }
  return cells
}

/** Columns a text takes on a screen. */
export function textWidth(text: string, widthOf: WidthOf): number {
  return textCells(text, widthOf).reduce((total, cell) => total + cell.width, 0)
}

function joinedState(codePoint: number, preceding: JoinState, widthOf: WidthOf): JoinState | undefined {
  const state = preceding >> 3
  const before = joinedWidth(preceding)
  if (before === 0) return undefined
  if (codePoint === VARIATION_EMOJI) return pack(state, state === PICTOGRAPH ? 2 : before, true)
  if (codePoint === VARIATION_TEXT) return pack(state, before, true)
  if (codePoint === ZERO_WIDTH_JOINER) return pack(state === PICTOGRAPH ? JOINER : state, before, true)
  if (codePoint === ENCLOSING_KEYCAP) return pack(PLAIN, state === KEYCAP_BASE ? 2 : before, true)
  if (isSkinTone(codePoint)) return state === PICTOGRAPH ? pack(PICTOGRAPH, 2, true) : undefined
  if (isRegionalIndicator(codePoint)) return state === FLAG_HALF ? pack(PLAIN, 2, true) : undefined
  if (state === JOINER && isPictograph(codePoint)) return pack(PICTOGRAPH, 2, true)
  return widthOf(codePoint) === 0 ? pack(state, before, true) : undefined
}

function pack(state: number, width: number, joining: boolean): JoinState {
  return (state << 3) | (width << 1) | (joining ? 1 : 0)
}

function isPictograph(codePoint: number): boolean {
  return codePoint >= 0xa9 && pictographic.test(String.fromCodePoint(codePoint))
}

function isSkinTone(codePoint: number): boolean {
  return codePoint >= 0x1f3fb && codePoint <= 0x1f3ff
}

function isRegionalIndicator(codePoint: number): boolean {
  return codePoint >= 0x1f1e6 && codePoint <= 0x1f1ff
}

function isKeycapBase(codePoint: number): boolean {
  return codePoint === 0x23 || codePoint === 0x2a || (codePoint >= 0x30 && codePoint <= 0x39)
}
