import { BG, COLOUR, CONTENT, FG, type Grid, WORDS } from '../../core/grid.ts'

const EMPTY = 0

/** Text of a cell: its character, its combined text, a space for an empty one, nothing for the half of a wide one. */
export function cellText(grid: Grid, cell: number): string {
  const content = grid.cells[cell * WORDS] ?? 0
  if (content & CONTENT.combined) return grid.combined.get(cell) ?? ' '
  const codePoint = content & CONTENT.codePoint
  if (codePoint !== EMPTY) return String.fromCodePoint(codePoint)
  return content >>> CONTENT.widthShift === 0 ? '' : ' '
}

/** Row `y` as plain text without trailing blanks. */
export function rowText(grid: Grid, y: number): string {
  let line = ''
  for (let x = 0; x < grid.cols; x += 1) line += cellText(grid, y * grid.cols + x)
  return line.trimEnd()
}

/** Row `y` with its colours and styles as SGR sequences, ended by a reset where one is needed. */
export function rowAnsi(grid: Grid, y: number): string {
  const end = lastVisible(grid, y)
  let line = ''
  let fg = 0
  let bg = 0
  for (let x = 0; x < end; x += 1) {
    const cell = y * grid.cols + x
    const nextFg = grid.cells[cell * WORDS + 1] ?? 0
    const nextBg = grid.cells[cell * WORDS + 2] ?? 0
    if (nextFg !== fg || nextBg !== bg) line += sgr(nextFg, nextBg)
    fg = nextFg
    bg = nextBg
    line += cellText(grid, cell)
  }
  return fg === 0 && bg === 0 ? line : `${line}\x1b[0m`
}

/** Where the row ends: behind the last cell that shows anything. */
function lastVisible(grid: Grid, y: number): number {
  let end = grid.cols
  while (end > 0) {
    const cell = y * grid.cols + end - 1
    const fg = grid.cells[cell * WORDS + 1] ?? 0
    const bg = grid.cells[cell * WORDS + 2] ?? 0
    const shows = fg & (FG.inverse | FG.underline | FG.strikethrough) || bg & COLOUR.modeMask
    if (shows || cellText(grid, cell).trim() !== '') return end
    end -= 1
  }
  return 0
}

/** The SGR sequence that sets exactly these attributes, whatever was set before. */
function sgr(fg: number, bg: number): string {
  const codes = [
    '0',
    ...(fg & FG.bold ? ['1'] : []),
    ...(bg & BG.dim ? ['2'] : []),
    ...(bg & BG.italic ? ['3'] : []),
    ...(fg & FG.underline ? ['4'] : []),
    ...(fg & FG.blink ? ['5'] : []),
    ...(fg & FG.inverse ? ['7'] : []),
    ...(fg & FG.invisible ? ['8'] : []),
    ...(fg & FG.strikethrough ? ['9'] : []),
    ...(bg & BG.overline ? ['53'] : []),
    ...colourCodes(fg, 30),
    ...colourCodes(bg, 40),
  ]
  return `\x1b[${codes.join(';')}m`
}

function colourCodes(word: number, base: 30 | 40): readonly string[] {
  const mode = word & COLOUR.modeMask
  const value = word & COLOUR.value
  const index = value & 0xff
  if (mode === COLOUR.indexed16) return [String(index < 8 ? base + index : base + 60 + index - 8)]
  if (mode === COLOUR.indexed256) return [`${base + 8};5;${index}`]
  if (mode === COLOUR.rgb) return [`${base + 8};2;${value >> 16};${(value >> 8) & 0xff};${index}`]
  return []
}
