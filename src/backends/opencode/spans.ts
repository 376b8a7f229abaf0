import { headWithin, textCells, textWidth } from '../../core/widths.ts'

/** How a piece of text looks; colour only carries meaning. */
export type Style = 'plain' | 'dim' | 'bold' | 'accent' | 'good' | 'bad' | 'busy'

/** A piece of clean text in one style. */
export interface Span {
  readonly text: string
  readonly style: Style
}

const SGR: Readonly<Record<Style, string>> = {
  plain: '',
  dim: '2',
  bold: '1',
  accent: '36',
  good: '32',
  bad: '31',
  busy: '33',
}

export const span = (text: string, style: Style = 'plain'): Span => ({ text, style })

/** One line with its SGR sequences; every style ends where its piece ends. */
export function paint(spans: readonly Span[]): string {
  return spans.map(({ text, style }) => (SGR[style] === '' ? text : `\x1b[${SGR[style]}m${text}\x1b[m`)).join('')
}

/** Breaks one source line at spaces into lines of at most `width` columns; a longer word is cut. Indentation stays. */
export function wrap(spans: readonly Span[], width: number): readonly (readonly Span[])[] {
  const room = Math.max(1, width)
  const lines: Span[][] = []
  let line: Span[] = []
  let used = 0
  let gap: Span | undefined
  const breakLine = () => {
    lines.push(line)
    line = []
    used = 0
    gap = undefined
  }
  const add = (piece: Span) => {
    line.push(piece)
    used += textWidth(piece.text)
  }
  for (const word of wordsOf(spans)) {
    const [only] = word
    if (only !== undefined && /^ /.test(only.text)) {
      gap = only
      continue
    }
    const wordColumns = word.reduce((total, piece) => total + textWidth(piece.text), 0)
    const gapColumns = gap?.text.length ?? 0
    if (used > 0 && used + gapColumns + wordColumns > room) breakLine()
    else if (gap !== undefined && gapColumns < room) add(gap)
    gap = undefined
    for (const piece of word) {
      let rest = piece.text
      while (used + textWidth(rest) > room) {
        if (used >= room || (used > 0 && room - used < 2)) breakLine()
        const [head, tail] = cutAt(rest, room - used)
        add({ text: head, style: piece.style })
        rest = tail
        if (rest !== '') breakLine()
      }
      if (rest !== '') add({ text: rest, style: piece.style })
    }
  }
  breakLine()
  return lines
}

/** The head of a text that fits into `columns`, and what is left. At least one cell is taken. */
export function cutAt(text: string, columns: number): readonly [string, string] {
  const head = headWithin(text, columns) || (textCells(text)[0]?.text ?? text)
  return [text.slice(0, head.length), text.slice(head.length)]
}

/** Words and the spaces between them; a word may consist of pieces in several styles. */
function wordsOf(spans: readonly Span[]): readonly (readonly Span[])[] {
  const words: Span[][] = []
  let word: Span[] = []
  for (const { text, style } of spans) {
    for (const [piece] of text.matchAll(/ +|[^ ]+/g)) {
      if (!piece.startsWith(' ')) {
        word.push({ text: piece, style })
        continue
      }
      if (word.length > 0) words.push(word)
      words.push([{ text: piece, style }])
      word = []
    }
  }
  if (word.length > 0) words.push(word)
  return words
}
