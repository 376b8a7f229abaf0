import type { Screen, SeenCell } from '../../test/harness/screen.ts'
import { svgLines } from './lines.ts'
import { PAPER, svgColour, TEXT } from './palette.ts'

const CELL = { width: 8.4, height: 18 } as const
const PADDING = 14
const FONT = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace"

/** A terminal's screen as an SVG picture: cells at exact places, so that any monospace font lines up. */
export function svgOf(screen: Screen, title: string): string {
  const width = screen.cols * CELL.width + PADDING * 2
  const height = screen.rows * CELL.height + PADDING * 2
  const rows = Array.from({ length: screen.rows }, (_, y) => svgRow(screen, y))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">`,
    `<rect width="100%" height="100%" rx="8" fill="${PAPER}"/>`,
    `<g font-family="${FONT}" font-size="14" xml:space="preserve">`,
    ...rows,
    '</g></svg>\n',
  ].join('\n')
}

interface Run {
  readonly x: number
  readonly cell: SeenCell
  text: string
}

function svgRow(screen: Screen, y: number): string {
  const cells = Array.from({ length: screen.cols }, (_, x) => screen.cell(x, y))
  const top = PADDING + y * CELL.height
  const grounds = runsOf(cells, (cell) => coloursOf(cell).ground).map((run) => svgGround(run, top))
  const texts = runsOf(cells, (cell) => `${coloursOf(cell).ink}/${cell.styles.join()}`).map((run) => svgText(run, top))
  return [...grounds, ...texts].filter((part) => part !== '').join('')
}

/** Neighbouring cells that look alike. */
function runsOf(cells: readonly SeenCell[], lookOf: (cell: SeenCell) => string): readonly Run[] {
  const runs: Run[] = []
  cells.forEach((cell, x) => {
    const last = runs.at(-1)
    // The right half of a wide character has no text of its own.
    const text = cell.text === '' && x > 0 && isWide(cells[x - 1]) ? '' : cell.text || ' '
    const continues = last !== undefined && lookOf(last.cell) === lookOf(cell) && last.x + [...last.text].length === x
    if (continues && [...text].length === 1) last.text += text
    else runs.push({ x, cell, text })
  })
  return runs
}

function isWide(cell: SeenCell | undefined): boolean {
  return (
    cell !== undefined &&
    cell.text.length > 0 &&
    /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/u.test(
      cell.text,
    )
  )
}

function coloursOf(cell: SeenCell): { readonly ink: string; readonly ground: string } {
  const [fg, bg] = [svgColour(cell.fg, TEXT), svgColour(cell.bg, PAPER)]
  return cell.styles.includes('inverse') ? { ink: bg, ground: fg } : { ink: fg, ground: bg }
}

function svgGround(run: Run, top: number): string {
  const { ground } = coloursOf(run.cell)
  if (ground === PAPER) return ''
  const length = [...run.text].length
  return `<rect x="${at(run.x)}" y="${top}" width="${round(length * CELL.width)}" height="${CELL.height}" fill="${ground}"/>`
}

function svgText(run: Run, top: number): string {
  if (run.text.trim() === '') return ''
  const { ink } = coloursOf(run.cell)
  const lines: string[] = []
  const rest = [...run.text].map((character, index) => {
    const box = { x: Number(at(run.x + index)), y: top, ...CELL }
    const drawn = svgLines(character, box, ink)
    if (drawn !== undefined) lines.push(drawn)
    return drawn === undefined ? character : ' '
  })
  const text = rest.join('')
  if (text.trim() === '') return lines.join('')
  const lead = text.length - text.trimStart().length
  const shown = text.trim()
  const width = round([...shown].length * CELL.width)
  const place = `x="${at(run.x + [...text.slice(0, lead)].length)}" y="${round(top + 13.5)}" textLength="${width}" lengthAdjust="spacingAndGlyphs"`
  return `${lines.join('')}<text ${place} fill="${ink}"${styleOf(run.cell)}>${escaped(shown)}</text>`
}

function styleOf({ styles }: SeenCell): string {
  const parts = [
    styles.includes('bold') ? ' font-weight="700"' : '',
    styles.includes('italic') ? ' font-style="italic"' : '',
    styles.includes('dim') ? ' opacity="0.6"' : '',
    styles.includes('underline') ? ' text-decoration="underline"' : '',
    styles.includes('strikethrough') ? ' text-decoration="line-through"' : '',
  ]
  return parts.join('')
}

function at(x: number): string {
  return String(round(PADDING + x * CELL.width))
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
