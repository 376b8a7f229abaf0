import type { Canvas } from '../backend.ts'
import type { ActivityInput } from './activity-state.ts'
import { hasSpaceBetween, layoutBlock, layoutState } from './transcript-layout.ts'
import { type Block, draw, emptyTranscript, type TranscriptModel } from './transcript-model.ts'

/** Lines that are kept drawn; older ones are left to the canvas' own scrollback, many at a time. */
const LINES_KEPT = 2000
const LINES_DROPPED = 500
/** Only a picture of so many lines is ever shortened; so many equal ones then tell where it continues. */
const SHORTENED_FROM_LINES = 200
const SAMPLE_LINES = 40

/** The live picture of a conversation on a canvas. */
export interface Transcript {
  apply(input: ActivityInput): void
  /** Stops drawing. */
  dispose(): void
}

/**
 * Draws a conversation and keeps the picture up to date: events of one turn of the event loop are drawn together, and only
 * what changed is written, from its first line on. Another width, or a change above the visible part, draws everything again.
 */
export function createTranscript(canvas: Canvas, root: string, now: () => number): Transcript {
  let model = emptyTranscript(root)
  let drawn: readonly string[] = []
  let size = canvas.size
  let scheduled: NodeJS.Immediate | undefined
  let layouts = createLayouts(size.cols)

  const refresh = () => {
    scheduled = undefined
    const lines = layouts(model)
    canvas.write(changeOf(drawn, lines, size.rows) ?? redraw(lines))
    drawn = lines
  }
  const redraw = (lines: readonly string[]) => {
    canvas.clear()
    return lines.join('\r\n')
  }
  const stopResize = canvas.onResize((next) => {
    size = next
    layouts = createLayouts(next.cols)
    drawn = layouts(model)
    canvas.write(redraw(drawn))
  })
  return {
    apply: (input) => {
      const next = draw(model, input, now())
      if (next === model) return
      model = next
      scheduled ??= setImmediate(refresh)
    },
    dispose: () => {
      clearImmediate(scheduled)
      stopResize()
    },
  }
}

/** Lays out a model at one width; blocks that did not change are not laid out again. */
export function createLayouts(columns: number): (model: TranscriptModel) => readonly string[] {
  const known = new WeakMap<Block, readonly string[]>()
  const linesOf = (block: Block) => {
    const lines = known.get(block) ?? layoutBlock(block, columns)
    known.set(block, lines)
    return lines
  }
  return ({ blocks, state }) => {
    const lines: string[] = []
    let above: Block | undefined
    for (const block of blocks) {
      const own = linesOf(block)
      if (own.length === 0 || (own.length === 1 && own[0] === '')) continue
      if (above !== undefined && hasSpaceBetween(above, block)) lines.push('')
      lines.push(...own)
      above = block
    }
    if (state !== undefined) lines.push('', ...layoutState(state, columns))
    const excess = Math.max(0, lines.length - LINES_KEPT)
    return lines.slice(Math.ceil(excess / LINES_DROPPED) * LINES_DROPPED)
  }
}

/**
 * What to write so that a screen that shows `before`, with the cursor behind its last line, shows `after`. Undefined when the
 * change begins above the visible part: then everything has to be drawn again. Lines dropped from the top need no writing.
 */
export function changeOf(before: readonly string[], after: readonly string[], rows: number): string | undefined {
  if (before.length === 0) return after.join('\r\n')
  const old = before[0] === after[0] ? before : before.slice(droppedFrom(before, after))
  let first = 0
  while (first < old.length && first < after.length && old[first] === after[first]) first += 1
  if (first === old.length) return first === after.length ? '' : `\r\n${after.slice(first).join('\r\n')}`
  // When lines were only removed, the one that is the last now is written again, so that the cursor stands behind it.
  const from = Math.max(0, Math.min(first, after.length - 1))
  const up = old.length - 1 - from
  if (up >= rows) return undefined
  const [head = '', ...rest] = after.slice(from)
  const shown = old[from] ?? ''
  if (up === 0 && shown !== '' && head.startsWith(shown)) return [head.slice(shown.length), ...rest].join('\r\n')
  return `${up === 0 ? '' : `\x1b[${up}A`}\r\x1b[J${[head, ...rest].join('\r\n')}`
}

/** How many lines of `before` are above the first line of `after`; 0 when that is nowhere. */
function droppedFrom(before: readonly string[], after: readonly string[]): number {
  if (after.length < SHORTENED_FROM_LINES) return 0
  const sample = after.slice(0, SAMPLE_LINES)
  for (let at = 1; at + sample.length <= before.length; at += 1) {
    if (sample.every((line, offset) => before[at + offset] === line)) return at
  }
  return 0
}
