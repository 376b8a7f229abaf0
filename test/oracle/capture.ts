import { textCells } from '../../src/core/widths.ts'
import { type Attribute, ERASED, type Look, lookOf, type Rows, type Style } from './look.ts'
import type { TerminalSize } from './our-screen.ts'

/** Letters of the DEC special graphics set, which tmux keeps as letters and puts between SO and SI. */
const LINES_FROM = '`abcdefghijklmnopqrstuvwxyz{|}~'
const LINES_TO = [...'◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·']
const LINE_DRAWING = new Map([...LINES_FROM].map((letter, index) => [letter, LINES_TO[index] ?? letter]))

const PLAIN: Style = { fg: 'default', bg: 'default', attributes: new Set() }

const PIECES = /\x1b\[([\d;:]*)m|\x1b\]8;[^\x1b]*\x1b\\|[\x0e\x0f]|[^\x1b\x0e\x0f]+/gu

/** Every text of one cell in a capture whose columns are not plain to see. */
export function clustersIn(lines: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>()
  for (const line of lines) {
    for (const [piece] of line.matchAll(PIECES)) {
      if (piece.startsWith('\x1b') || /^[\x20-\x7e]*$/.test(piece)) continue
      for (const { text } of textCells(piece)) if (!isPlain(text)) found.add(text)
    }
  }
  return found
}

const isPlain = (text: string): boolean => text.length === 1 && text >= ' ' && text <= '~'

/**
 * The cells in the lines that `capture-pane -e -N` prints. The style goes on from line to line. `columnsOf` tells how many
 * columns tmux took for a text.
 */
export function readCapture(lines: readonly string[], size: TerminalSize, columnsOf: (text: string) => number): Rows {
  let style = PLAIN
  let isDrawing = false
  return Array.from({ length: size.rows }, (_, y) => {
    const row: Look[] = []
    for (const [piece, parameters] of (lines[y] ?? '').matchAll(PIECES)) {
      if (parameters !== undefined) style = styled(style, parameters)
      else if (piece === '\x0e' || piece === '\x0f') isDrawing = piece === '\x0e'
      else if (!piece.startsWith('\x1b')) {
        for (const { text } of textCells(piece)) {
          row.push(lookOf(isDrawing ? (LINE_DRAWING.get(text) ?? text) : text, style))
          for (let half = isPlain(text) ? 1 : columnsOf(text); half > 1; half -= 1) row.push('')
        }
      }
    }
    while (row.length < size.cols) row.push(ERASED)
    return row.slice(0, size.cols)
  })
}

/**
 * A capture, and a second one after something was written into the last column: from the second one all cells but those that
 * this has changed.
 */
export function joinCaptures(first: Rows, second: Rows): Rows {
  return first.map((row, y) => {
    const kept = row.at(-1) === '' ? 2 : 1
    return [...(second[y] ?? []).slice(0, row.length - kept), ...row.slice(row.length - kept)]
  })
}

/** Parameters that set an attribute; several may set the same. */
const SET: Readonly<Record<string, Attribute>> = {
  '1': 'bold',
  '2': 'dim',
  '3': 'italic',
  '4': 'underline',
  '5': 'blink',
  '7': 'inverse',
  '8': 'invisible',
  '9': 'strikethrough',
  '21': 'underline',
  '53': 'overline',
}

const CLEARED: Readonly<Record<string, readonly Attribute[]>> = {
  '22': ['bold', 'dim'],
  '23': ['italic'],
  '24': ['underline'],
  '25': ['blink'],
  '27': ['inverse'],
  '28': ['invisible'],
  '29': ['strikethrough'],
  '55': ['overline'],
}

function styled(before: Style, parameters: string): Style {
  const attributes = new Set(before.attributes)
  let { fg, bg } = before
  const list = parameters.replaceAll(/([345]8):2::/g, '$1:2:').split(';')
  for (let at = 0; at < list.length; at += 1) {
    const [code = '', ...sub] = (list[at] ?? '').split(':')
    const isExtended = code === '38' || code === '48' || code === '58'
    if (code === '' || code === '0') {
      attributes.clear()
      fg = 'default'
      bg = 'default'
    } else if (isExtended) {
      const rest = sub.length > 0 ? sub : list.slice(at + 1)
      if (sub.length === 0) at += rest[0] === '5' ? 2 : 4
      if (code === '38') fg = extendedColour(rest)
      if (code === '48') bg = extendedColour(rest)
    } else if (CLEARED[code] !== undefined) {
      for (const each of CLEARED[code]) attributes.delete(each)
    } else if (SET[code] !== undefined) {
      if (code === '4' && sub[0] === '0') attributes.delete('underline')
      // tmux before 3.4 prints its own 53 like this.
      else if (code === '5' && sub[0] === '3') attributes.add('overline')
      else attributes.add(SET[code])
    } else {
      fg = simpleColour(code, 30, fg)
      bg = simpleColour(code, 40, bg)
    }
  }
  return { fg, bg, attributes }
}

/** The colour that a parameter sets for the text (`base` 30) or the background (40); the one before when it sets none. */
function simpleColour(code: string, base: number, before: string): string {
  const value = Number(code)
  if (value === base + 9) return 'default'
  if (value >= base && value < base + 8) return `palette:${value - base}`
  if (value >= base + 60 && value < base + 68) return `palette:${value - base - 52}`
  return before
}

function extendedColour([kind, ...values]: readonly string[]): string {
  if (kind === '5') return `palette:${Number(values[0])}`
  return `#${values
    .slice(0, 3)
    .map((value) => Number(value).toString(16).padStart(2, '0'))
    .join('')}`
}
