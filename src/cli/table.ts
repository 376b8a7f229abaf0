import { plainLine } from '../core/plain-text.ts'
import { textWidth } from '../core/widths.ts'

/** Lines of a table: columns as wide as their widest cell, two spaces between them, nothing behind the last. */
export function tableText(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [header, ...rows].map((row) => row.map(plainLine))
  const widths = header.map((_, column) => Math.max(...cells.map((row) => textWidth(row[column] ?? ''))))
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - textWidth(cell)))
      .join('  ')
      .trimEnd()
  return cells.map(line).join('\n')
}

/** Cells on one line, two spaces between them. */
export function rowText(cells: readonly string[]): string {
  return cells.map(plainLine).join('  ').trimEnd()
}

/** Milliseconds as the shortest useful age: `12s`, `3m`, `4h`, `2d`. */
export function ageText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h`
  return `${Math.floor(seconds / 86_400)}d`
}
