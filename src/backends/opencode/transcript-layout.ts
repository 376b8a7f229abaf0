import { plainText } from '../../core/plain-text.ts'
import { textWidth } from '../../core/widths.ts'
import type { Request } from './bus-event.ts'
import { toolSubject } from './doing.ts'
import { layoutMarkdown } from './markdown.ts'
import { needFor } from './needs.ts'
import { paint, type Span, type Style, span, wrap } from './spans.ts'
import type { Block } from './transcript-model.ts'

type Line = readonly Span[]

const INDENT = '  '
const OUTPUT_LINES = 6
const BODY_LINES = 24
const THOUGHT_LINES = 4
/** The longest text of a block; its beginning is left out in steps of half of it, so that a stream seldom moves everything. */
const TEXT_LINES = 1200
/** Lines longer than this are hardly read in a pane. */
const WIDEST_TEXT = 110

/** The lines of one block for a screen of `columns`, with SGR sequences; each is shorter than the screen is wide. */
export function layoutBlock(block: Block, columns: number): readonly string[] {
  const width = Math.max(10, columns - 1)
  return linesOf(block, width)
    .flatMap((line) => (widthOf(line) > width ? wrap(line, width) : [line]))
    .map(paint)
}

function widthOf(line: Line): number {
  return line.reduce((total, { text }) => total + textWidth(text), 0)
}

/** Whether an empty line goes between two neighbours: calls of tools stand together. */
export function hasSpaceBetween(above: Block, below: Block): boolean {
  const isWork = (block: Block) => block.kind === 'tool' || (block.kind === 'request' && block.reply !== undefined)
  return !(isWork(above) && isWork(below))
}

/** The line below everything: a retry, a server that is gone. */
export function layoutState(text: string, columns: number): readonly string[] {
  return wrap([span(text, 'busy')], Math.max(10, columns - 3)).map((line, at) =>
    paint([span(at === 0 ? '↻ ' : INDENT, 'busy'), ...line]),
  )
}

function linesOf(block: Block, width: number): readonly Line[] {
  switch (block.kind) {
    case 'prompt':
      return promptLines(block.text, width)
    case 'text':
      return shortened(indented(layoutMarkdown(plainText(block.text).trim(), Math.min(width - 2, WIDEST_TEXT))))
    case 'thought':
      return thoughtLines(block.text, width)
    case 'tool':
      return toolLines(block.part, width)
    case 'request':
      return block.reply === undefined ? requestLines(block.request, width) : [replyLine(block.request, block.reply)]
    case 'error':
      return marked('×', 'bad', plainLines(block.text, width - 2))
    case 'notice':
      return marked('·', 'dim', plainLines(block.text, width - 2, 'dim'))
  }
}

function promptLines(text: string, width: number): readonly Line[] {
  const body = plainLines(text, Math.min(width - 2, WIDEST_TEXT), 'bold')
  return [[span('─'.repeat(width), 'dim')], ...marked('❯', 'accent', body)]
}

function thoughtLines(text: string, width: number): readonly Line[] {
  const all = plainLines(text, Math.min(width - 2, WIDEST_TEXT), 'dim')
  return indented(headOf(all, THOUGHT_LINES))
}

type Tool = Extract<Block, { kind: 'tool' }>['part']

const TOOL_STYLE: Readonly<Record<Tool['state'], Style>> = {
  pending: 'dim',
  running: 'busy',
  completed: 'good',
  error: 'bad',
}

function toolLines(part: Tool, width: number): readonly Line[] {
  const subject = plainText(toolSubject(part)).trim()
  const title = wrap([span(part.tool, 'bold'), span(subject === '' ? '' : `  ${subject.split('\n')[0]}`)], width - 2)
  const more = subject.split('\n').slice(1)
  const rest = more.length === 0 ? [] : headOf(plainLines(more.join('\n'), width - 4), OUTPUT_LINES)
  const isOutputNews = part.state === 'error' || (part.state === 'completed' && !isQuiet(part.tool))
  const output = isOutputNews ? outputOf(part) : ''
  const style = part.state === 'error' ? 'bad' : 'dim'
  const lines = output === '' || output === '(no output)' ? [] : plainLines(output, width - 4, style)
  // What a command says last is what it came to.
  const shown = part.tool === 'bash' ? tailOf(lines, OUTPUT_LINES) : headOf(lines, OUTPUT_LINES)
  return [...marked('●', TOOL_STYLE[part.state], title), ...barred(rest), ...barred(shown)]
}

/** A sub-agent's result comes in tags that are meant for the model. */
function outputOf(part: Tool): string {
  const text = plainText(part.output).trim()
  return part.tool === 'task' ? text.replace(/^ *<\/?task\w*(?: [^>\n]*)?>\n?/gm, '').trim() : text
}

/** Tools whose output only repeats what they read or wrote. */
function isQuiet(tool: string): boolean {
  return ['read', 'glob', 'list', 'edit', 'write', 'patch', 'multiedit', 'todowrite', 'todoread', 'question'].includes(
    tool,
  )
}

function requestLines(request: Request, width: number): readonly Line[] {
  const count = request.kind === 'question' ? request.questions.length : 1
  const needs = Array.from({ length: count }, (_, at) => needFor(request, at))
  return needs.flatMap((need): readonly Line[] => {
    const title = [span(`${need.kind}  `, 'busy'), span(need.title, 'bold')]
    const body = headOf(diffLines(need.body, width - 4), BODY_LINES)
    const options = need.options.flatMap(({ key, label, detail }) =>
      indented(
        wrap(
          [span(`${key}  `, 'accent'), span(label), span(detail === undefined ? '' : `  ${detail}`, 'dim')],
          width - 4,
        ),
      ),
    )
    const how = request.kind === 'question' ? 'choose an option or reply in text' : permissionHint(need.always)
    return [
      ...marked('▲', 'busy', wrap(title, width - 2)),
      ...barred(body),
      ...options,
      ...indented(plainLines(how, width - 2, 'dim')),
    ]
  })
}

function permissionHint(always: string | undefined): string {
  const lasting = always === undefined ? '' : `, always (${always.split('\n').join(', ')})`
  return `allow once${lasting} or deny, with a reason if you like`
}

const REPLIES: Readonly<Record<string, string>> = { once: 'allowed once', always: 'always allowed', reject: 'denied' }

function replyLine(request: Request, reply: string): Line {
  const what = request.kind === 'permission' ? plainText(request.permission) : 'question'
  return [span('▲ ', 'dim'), span(`${what}: ${REPLIES[reply] ?? reply}`, 'dim')]
}

/** A diff with its colours; other text as it is. */
function diffLines(text: string, width: number): readonly Line[] {
  const isDiff = /^(?:Index: |--- |diff )/m.test(text) && /^@@ /m.test(text)
  const source = text.split('\n')
  if (!isDiff) return source.flatMap((line) => wrap([span(line)], width))
  return source
    .filter((line) => !/^(?:Index: |=+$|\\ No newline)/.test(line))
    .flatMap((line) => wrap([span(line, diffStyle(line))], width))
}

function diffStyle(line: string): Style {
  if (/^(?:---|\+\+\+|@@)/.test(line)) return 'dim'
  if (line.startsWith('+')) return 'good'
  return line.startsWith('-') ? 'bad' : 'plain'
}

function plainLines(text: string, width: number, style: Style = 'plain'): readonly Line[] {
  return plainText(text)
    .trimEnd()
    .split('\n')
    .flatMap((line) => wrap([span(line, style)], width))
}

function marked(mark: string, style: Style, lines: readonly Line[]): readonly Line[] {
  return lines.map((line, at) => [at === 0 ? span(`${mark} `, style) : span(INDENT), ...line])
}

function indented(lines: readonly Line[]): readonly Line[] {
  return lines.map((line) => (line.length === 0 ? line : [span(INDENT), ...line]))
}

function barred(lines: readonly Line[]): readonly Line[] {
  return lines.map((line) => [span('  │ ', 'dim'), ...line])
}

function headOf(lines: readonly Line[], most: number): readonly Line[] {
  if (lines.length <= most + 1) return lines
  return [...lines.slice(0, most), [span(`… ${lines.length - most} more lines`, 'dim')]]
}

function tailOf(lines: readonly Line[], most: number): readonly Line[] {
  if (lines.length <= most + 1) return lines
  return [[span(`… ${lines.length - most} earlier lines`, 'dim')], ...lines.slice(-most)]
}

function shortened(lines: readonly Line[]): readonly Line[] {
  if (lines.length <= TEXT_LINES) return lines
  const step = TEXT_LINES / 2
  const left = Math.ceil((lines.length - TEXT_LINES) / step) * step
  return [[span(`${INDENT}… ${left} earlier lines`, 'dim')], ...lines.slice(left)]
}
