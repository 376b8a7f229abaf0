/**
 * A screen as numbers, shared by the host's terminals, the wire and the painter so that no one converts cells.
 *
 * Each cell is three 32-bit words in the layout of xterm.js' buffer lines:
 * - word 0 `content`: bits 0–20 code point, bit 21 "combined" (text is in `combined`), bits 22–23 width (0, 1 or 2)
 * - word 1 `fg`: bits 0–23 colour, 24–25 colour mode (0 default, 1 = 16 colours, 2 = 256 colours, 3 = RGB),
 *   26 inverse, 27 bold, 28 underline, 29 blink, 30 invisible, 31 strikethrough
 * - word 2 `bg`: bits 0–25 as `fg`, 26 italic, 27 dim, 28 has extended attributes, 29 protected, 30 overline
 */
export interface Grid {
  readonly cols: number
  readonly rows: number
  /** rows × cols × 3 words, row by row. */
  readonly cells: Uint32Array
  /** Text of combined cells by cell index (row × cols + column). */
  readonly combined: Map<number, string>
}

/** Words per cell in `Grid.cells`. */
export const WORDS = 3

export const CONTENT = { codePoint: 0x1fffff, combined: 0x200000, widthShift: 22 } as const

export const FG = {
  inverse: 0x4000000,
  bold: 0x8000000,
  underline: 0x10000000,
  blink: 0x20000000,
  invisible: 0x40000000,
  strikethrough: 0x80000000,
} as const

export const BG = { italic: 0x4000000, dim: 0x8000000, extended: 0x10000000, overline: 0x40000000 } as const

export const COLOUR = {
  mask: 0x3ffffff,
  modeMask: 0x3000000,
  indexed16: 0x1000000,
  indexed256: 0x2000000,
  rgb: 0x3000000,
  value: 0xffffff,
} as const

/** An empty narrow cell: the word every blank starts from. */
export const BLANK_CONTENT = 1 << CONTENT.widthShift

/** A blank grid of the given size; sizes are cells and at least 1. */
export function createGrid(cols: number, rows: number): Grid {
  const cells = new Uint32Array(cols * rows * WORDS)
  for (let index = 0; index < cells.length; index += WORDS) cells[index] = BLANK_CONTENT
  return { cols, rows, cells, combined: new Map() }
}

/** Where the cursor of a screen is (cells from the top left) and whether the program shows it. */
export interface Cursor {
  readonly x: number
  readonly y: number
  readonly visible: boolean
}

/** Terminal modes a program has set that the outer terminal must mirror while the operator types into it. */
export interface ScreenModes {
  readonly applicationCursor: boolean
  readonly applicationKeypad: boolean
  readonly bracketedPaste: boolean
  readonly sendFocus: boolean
  readonly mouse: 'none' | 'x10' | 'vt200' | 'drag' | 'any'
  readonly mouseSgr: boolean
  /** Flags of the kitty keyboard protocol, 0 when off. */
  readonly kittyKeyboard: number
  readonly alternateScreen: boolean
}

export const PLAIN_MODES: ScreenModes = {
  applicationCursor: false,
  applicationKeypad: false,
  bracketedPaste: false,
  sendFocus: false,
  mouse: 'none',
  mouseSgr: false,
  kittyKeyboard: 0,
  alternateScreen: false,
}
