import { textCells } from '../../core/widths.ts'
import { widthOf } from '../panes/widths.ts'
import type { TextField } from '../store/text-field.ts'
import { columnsOf } from '../widgets/plain-text.ts'
import { type Line, span } from '../widgets/spans.ts'

/** How an edited text is shown. */
export interface FieldLook {
  readonly width: number
  /** Whether it has the keys: only then the place of typing is shown. */
  readonly isActive: boolean
  readonly background: string
}

/** An edited text as one line of exactly this width, scrolled so that the place of typing is in it. */
export function fieldSpans(field: TextField, look: FieldLook): Line {
  const { width, isActive, background } = look
  if (width <= 0) return []
  const before = shown(field.text.slice(0, field.cursor))
  const [under = ' ', ...after] = textCells(shown(field.text.slice(field.cursor)), widthOf).map((cell) => cell.text)
  const head = lastColumns(before, width - columnsOf(under))
  const tail = firstColumns(after.join(''), width - columnsOf(head) - columnsOf(under))
  const rest = width - columnsOf(head) - columnsOf(under) - columnsOf(tail)
  return [
    { ...span(head, 'plain'), background },
    { ...span(under, 'plain'), background, isInverse: isActive },
    { ...span(tail + ' '.repeat(Math.max(0, rest)), 'plain'), background },
  ]
}

/** An edited text as so many lines; each line of the text is one, cut to the width; the line of typing is always there. */
export function fieldLines(field: TextField, look: FieldLook, rows: number): readonly Line[] {
  const lines = field.text.split('\n')
  const before = field.text.slice(0, field.cursor)
  const row = before.split('\n').length - 1
  const column = before.length - (before.lastIndexOf('\n') + 1)
  const first = Math.max(0, Math.min(row - rows + 1, lines.length - rows))
  return Array.from({ length: rows }, (_, index) => {
    const text = lines[first + index] ?? ''
    const isHere = first + index === row
    return fieldSpans({ text, cursor: isHere ? column : 0 }, { ...look, isActive: look.isActive && isHere })
  })
}

function shown(text: string): string {
  return text.replaceAll('\n', '⏎')
}

function lastColumns(text: string, width: number): string {
  const cells = textCells(text, widthOf)
  let used = 0
  let start = cells.length
  while (start > 0 && used + (cells[start - 1]?.width ?? 0) <= width) {
    start -= 1
    used += cells[start]?.width ?? 0
  }
  return cells
    .slice(start)
    .map((cell) => cell.text)
    .join('')
}

function firstColumns(text: string, width: number): string {
  let used = 0
  let taken = ''
  for (const cell of textCells(text, widthOf)) {
    if (used + cell.width > width) break
    used += cell.width
    taken += cell.text
  }
  return taken
}
