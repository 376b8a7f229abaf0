import type { CommandId } from '../../core/commands.ts'
import { type AnswerKind, isPrompt, type Need, type NeedQuestion } from '../../core/need.ts'
import type { Rect } from '../panes/regions.ts'
import { keyName } from '../theme/key-names.ts'
import { cut, plain, wrapLines } from '../widgets/plain-text.ts'
import { type Line, type Span, span } from '../widgets/spans.ts'
import type { SceneCanvas, SceneTools } from './scene.ts'

/** Lines of the question in `width` columns, at most `most`: what is asked, the choices, the keys that answer. */
export function needLines(
  need: Need,
  tools: SceneTools,
  size: { readonly width: number; readonly most: number },
): readonly Line[] {
  const { width, most } = size
  const tail: readonly Line[] = [
    ...(need.questions === undefined ? optionLines(need, width) : questionLines(need.questions, width)),
    ...alwaysLine(need, width),
    [span('  '), ...answerSpans(need, tools)],
  ]
  const head = span(plain(need.title || need.kind), 'strong')
  const body = wrapLines(need.body.trimEnd(), width)
  const room = Math.max(1, most - 1 - tail.length)
  const kept = body.length > room ? body.slice(0, Math.max(0, room - 1)) : body
  const missing = body.length - kept.length
  const reader = keyOf('reader.open', tools)
  const note: readonly Line[] =
    missing === 0
      ? []
      : [[span(`  ${missing} more lines: `, 'limited'), span(reader, 'strong'), span(' reads them', 'muted')]]
  return [[span('  '), head], ...kept.map((line) => [span('  '), span(line, 'plain')]), ...note, ...tail]
}

/** The question in one line, with the keys that answer it. */
export function needSummary(need: Need, tools: SceneTools, width: number): Line {
  const keys = answerSpans(need, tools)
  const room = width - keys.reduce((total, part) => total + ('slot' in part ? part.width : part.text.length), 0) - 4
  const text = plain(`${need.title || need.kind}  ${need.body}`)
  return [span(' '), span(cut(text, Math.max(10, room), tools.glyphs.ellipsis), 'needs'), span('   '), ...keys]
}

/** Makes the keys of a summary or block clickable: the first key of each answer in `line`, at `rect`. */
export function hitAnswers(canvas: SceneCanvas, need: Need, place: { readonly line: Line; readonly rect: Rect }): void {
  let x = place.rect.x
  for (const part of place.line) {
    const width = 'slot' in part ? part.width : part.text.length
    const answer =
      'text' in part ? ANSWERS.find((each) => isOffered(need, each.kind) && isKeyOf(part, each.id, canvas)) : undefined
    if (answer !== undefined)
      canvas.hit({ x, y: place.rect.y, cols: width + 7, rows: 1 }, { kind: 'command', id: answer.id })
    x += width
  }
}

interface AnswerKey {
  readonly kind: AnswerKind
  readonly id: CommandId
  readonly label: string
}

const ANSWERS: readonly AnswerKey[] = [
  { kind: 'allow', id: 'need.allow', label: 'allow' },
  {
    kind: 'always',
    id: 'need.always',
    label: 'always',
  },
  { kind: 'deny', id: 'need.deny', label: 'deny' },
]

function optionLines(need: Need, width: number): readonly Line[] {
  const canChoose = need.answers.includes('option')
  return need.options.map((option) => {
    const detail = option.detail === undefined ? '' : `  ${plain(option.detail)}`
    const label = cut(`${plain(option.label)}${detail}`, width - 4)
    return [span(`  ${option.key} `, canChoose ? 'accent' : 'muted'), span(` ${label}`, 'plain')]
  })
}

/** The questions that are answered together in a form. */
function questionLines(questions: readonly NeedQuestion[], width: number): readonly Line[] {
  return questions.flatMap(({ title, body, options, isMulti }) => {
    const asked = cut(plain(`${body || title}${isMulti ? '  (any number)' : ''}`), width)
    const labels = options.map((option) => `${option.key} ${plain(option.label)}`).join('   ')
    return [[span(`  ${asked}`, 'plain')], [span('    '), span(cut(labels, width - 4), 'muted')]]
  })
}

/** What "always" would allow, in the agent's words: nobody should have to guess it. */
function alwaysLine(need: Need, width: number): readonly Line[] {
  if (need.always === undefined || !isOffered(need, 'always')) return []
  return [[span('  always: ', 'muted'), span(cut(plain(need.always), width - 8), 'muted')]]
}

function answerSpans(need: Need, tools: SceneTools): readonly Span[] {
  const offered = ANSWERS.filter((each) => isOffered(need, each.kind))
  const spans: Span[] = offered.flatMap((each) => [
    span(keyOf(each.id, tools), 'strong'),
    span(` ${each.label}   `, 'muted'),
  ])
  if (need.answers.includes('option') || need.answers.includes('options'))
    spans.push(span('1-9', 'strong'), span(' choose   ', 'muted'))
  if (replyWord(need) !== undefined)
    spans.push(span(keyOf('session.reply', tools), 'strong'), span(` ${replyWord(need)}   `, 'muted'))
  const enter = keyOf('session.focus', tools)
  const words = spans.length === 0 && isPrompt(need) ? ' opens it: it is answered in its own screen' : ' open'
  return [...spans, span(enter, 'strong'), span(words, 'muted')]
}

/** The keys that answer this need from here, in words. */
export function answerWords(need: Need, tools: SceneTools): string {
  const words = ANSWERS.filter((each) => isOffered(need, each.kind)).map(
    (each) => `${keyOf(each.id, tools)} ${each.label}`,
  )
  return [...words, ...(need.answers.includes('option') ? ['1-9 choose'] : [])].join('   ')
}

/** What a reply in words would be to this need; undefined when it takes none. */
function replyWord(need: Need): string | undefined {
  if (need.questions !== undefined && need.answers.includes('options')) return 'form'
  if (need.answers.includes('text')) return 'reply'
  return need.answers.includes('deny') ? 'deny with reason' : undefined
}

function isOffered(need: Need, kind: AnswerKind): boolean {
  return need.answers.includes(kind)
}

function isKeyOf(part: Span, id: CommandId, canvas: SceneCanvas): boolean {
  return 'text' in part && part.tone === 'strong' && part.text === keyOf(id, canvas.tools)
}

function keyOf(id: CommandId, tools: SceneTools): string {
  return keyName(tools.keymap.keysOf(id)[0] ?? '')
}
