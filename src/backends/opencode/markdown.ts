import { type Span, span, wrap } from './spans.ts'

/** A source line as it is to be shown: what hangs before it, and before the lines it is broken into. */
interface MarkedLine {
  readonly first: string
  readonly rest: string
  readonly spans: readonly Span[]
}

/**
 * Draws an agent's text: headings and **strong** bold, `code` in the accent colour, fenced blocks behind a thin bar, list
 * items with a hanging indent. Everything else stays as it was written.
 */
export function layoutMarkdown(text: string, width: number): readonly (readonly Span[])[] {
  const lines: (readonly Span[])[] = []
  let isCode = false
  for (const source of text.split('\n')) {
    const isFence = /^\s*(```|~~~)/.test(source)
    if (isFence) isCode = !isCode
    if (isFence) continue
    lines.push(...(isCode ? codeLines(source, width) : wrapMarked(markLine(source), width)))
  }
  return lines
}

function codeLines(source: string, width: number): readonly (readonly Span[])[] {
  return wrap([span(source)], width - 2).map((line) => [span('│ ', 'dim'), ...line])
}

function wrapMarked({ first, rest, spans }: MarkedLine, width: number): readonly (readonly Span[])[] {
  return wrap(spans, width - first.length).map((line, at) => {
    const lead = at === 0 ? first : rest
    return lead === '' ? line : [span(lead), ...line]
  })
}

function markLine(source: string): MarkedLine {
  const heading = /^#{1,6} +(.*)$/.exec(source)?.[1]
  if (heading !== undefined) return { first: '', rest: '', spans: [span(heading, 'bold')] }
  const [, item, body] = /^(\s*(?:[-*+]|\d{1,3}[.)]) +)(.*)$/.exec(source) ?? []
  if (item === undefined || body === undefined) return { first: '', rest: '', spans: inline(source) }
  return { first: item, rest: ' '.repeat(item.length), spans: inline(body) }
}

function inline(text: string): readonly Span[] {
  return text
    .split(/(\*\*[^*\n]+\*\*|`[^`\n]+`)/)
    .filter((piece) => piece !== '')
    .map((piece) => {
      if (/^\*\*[^*]+\*\*$/.test(piece)) return span(piece.slice(2, -2), 'bold')
      return /^`[^`]+`$/.test(piece) ? span(piece.slice(1, -1), 'accent') : span(piece)
    })
}
