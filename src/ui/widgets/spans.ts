import type { Tone } from '../theme/theme.ts'
import { columnsOf, cut } from './plain-text.ts'

/** A piece of a line: a text in one tone, or a place for a live slot. */
export type Span =
  | { readonly text: string; readonly tone: Tone; readonly isInverse?: boolean; readonly background?: string }
  | { readonly slot: number; readonly width: number }

/** One line of chrome. */
export type Line = readonly Span[]

export const span = (text: string, tone: Tone = 'plain'): Span => ({ text, tone })

/** Columns a line takes. */
export function lineWidth(line: Line): number {
  return line.reduce((total, part) => total + ('slot' in part ? part.width : columnsOf(part.text)), 0)
}

/** The line in exactly `width` columns: cut at the end, or padded with spaces. A slot that does not fit is left out. */
export function fitLine(line: Line, width: number): Line {
  const fitted: Span[] = []
  let left = width
  for (const part of line) {
    if ('slot' in part) {
      if (part.width > left) break
      fitted.push(part)
      left -= part.width
      continue
    }
    const text = cut(part.text, left)
    fitted.push(text === part.text ? part : { ...part, text })
    left -= columnsOf(text)
    if (text !== part.text) break
  }
  return left > 0 ? [...fitted, span(' '.repeat(left))] : fitted
}

/** Two lines in one: `left` from the left edge, `right` up to the right edge, which wins when both do not fit. */
export function spread(left: Line, right: Line, width: number): Line {
  const rightWidth = lineWidth(right)
  if (rightWidth >= width) return fitLine(right, width)
  return [...fitLine(left, width - rightWidth), ...right]
}
