import { setImmediate as turnOver } from 'node:timers/promises'
import headless from '@xterm/headless'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Canvas } from '../../../src/backends/backend.ts'
import type { ActivityInput } from '../../../src/backends/opencode/activity-state.ts'
import type { Part } from '../../../src/backends/opencode/bus-event.ts'
import { changeOf, createLayouts, createTranscript } from '../../../src/backends/opencode/transcript.ts'
import {
  BLOCKS_KEPT,
  draw,
  emptyTranscript,
  type TranscriptModel,
} from '../../../src/backends/opencode/transcript-model.ts'
import { plainText } from '../../../src/core/plain-text.ts'
import { textWidth } from '../../../src/core/widths.ts'

const ROOT = 'ses_root'

function drawAll(inputs: readonly ActivityInput[]): TranscriptModel {
  return inputs.reduce<TranscriptModel>((model, input) => draw(model, input, 0), emptyTranscript(ROOT))
}

const linesOf = (inputs: readonly ActivityInput[], columns = 60) =>
  createLayouts(columns)(drawAll(inputs)).map((line) => plainText(line))

const message = (id: string, role: 'user' | 'assistant', error?: { name: string; message: string }): ActivityInput => ({
  type: 'message',
  session: ROOT,
  message: {
    id,
    role,
    inputTokens: 0,
    outputTokens: 0,
    costUsd: 0,
    isComplete: false,
    ...(error === undefined ? {} : { error }),
  },
})
const part = (piece: Part): ActivityInput => ({ type: 'part', session: ROOT, part: piece })
const text = (owner: string, words: string, id = `p-${owner}`): ActivityInput =>
  part({ kind: 'text', id, message: owner, text: words, isHidden: false })
const delta = (owner: string, words: string): ActivityInput => ({
  type: 'delta',
  session: ROOT,
  message: owner,
  part: `p-${owner}`,
  text: words,
})
const tool = (state: 'running' | 'completed' | 'error', output = ''): ActivityInput =>
  part({
    kind: 'tool',
    id: 'p-tool',
    message: 'm2',
    tool: 'bash',
    state,
    input: { command: 'npm test' },
    title: '',
    output,
  })
const request = {
  kind: 'permission',
  id: 'per_1',
  session: ROOT,
  permission: 'edit',
  patterns: ['a.txt'],
  always: ['*'],
  details: { diff: 'Index: a.txt\n=====\n--- a.txt\n+++ a.txt\n@@ -1 +1 @@\n-old\n+new\n' },
} as const
const asked: ActivityInput = { type: 'asked', session: ROOT, request }

describe('a transcript', () => {
  const turn = [
    message('m1', 'user'),
    text('m1', 'do it'),
    message('m2', 'assistant'),
    text('m2', 'I'),
    delta('m2', ' will'),
  ]

  it('shows prompts, streamed text and tools with what they gave', () => {
    expect(linesOf([...turn, tool('running'), tool('completed', '1\n2')])).toEqual([
      '─'.repeat(59),
      '❯ do it',
      '',
      '  I will',
      '',
      '● bash  npm test',
      '  │ 1',
      '  │ 2',
    ])
  })

  it('shows the end of a long output', () => {
    const output = Array.from({ length: 20 }, (_, at) => `line ${at}`).join('\n')
    expect(linesOf([tool('completed', output)]).slice(1, 3)).toEqual(['  │ … 14 earlier lines', '  │ line 14'])
  })

  it('keeps the pieces of a message together when the next prompt comes early', () => {
    const lines = linesOf([...turn, message('m3', 'user'), text('m3', 'and then?'), delta('m2', ' go on')])
    expect(lines.indexOf('  I will go on')).toBeLessThan(lines.indexOf('❯ and then?'))
  })

  it('shows a permission with its diff while it waits, and one line afterwards', () => {
    const waiting = linesOf([asked])
    expect(waiting).toEqual([
      '▲ permission  edit',
      '  │ --- a.txt',
      '  │ +++ a.txt',
      '  │ @@ -1 +1 @@',
      '  │ -old',
      '  │ +new',
      '  allow once, always (*) or deny, with a reason if you like',
    ])
    const reply: ActivityInput = { type: 'replied', session: ROOT, request: 'per_1', reply: 'once' }
    expect(linesOf([asked, reply])).toEqual(['▲ edit: allowed once'])
    expect(linesOf([asked, { type: 'status', session: ROOT, status: { type: 'idle' } }])).toEqual(['▲ edit: withdrawn'])
  })

  it('shows a failure once, a stop calmly, and a retry while it lasts', () => {
    const error = { name: 'APIError', message: 'no credit' }
    const failure: ActivityInput = { type: 'failed', session: ROOT, ...error }
    expect(linesOf([failure, message('m2', 'assistant', error)])).toEqual(['× no credit'])
    expect(linesOf([message('m2', 'assistant', { name: 'MessageAbortedError', message: 'Aborted' })])).toEqual([
      '· stopped',
    ])
    const retry: ActivityInput = {
      type: 'status',
      session: ROOT,
      status: { type: 'retry', attempt: 2, message: 'busy', nextAt: 4000 },
    }
    expect(linesOf([...turn, retry]).at(-1)).toBe('↻ attempt 2 failed, next in 4 s: busy')
    expect(linesOf([...turn, retry, delta('m2', '!')]).at(-1)).toBe('  I will!')
  })

  it('lets no escape sequence of an agent through', () => {
    const [line] = createLayouts(60)(drawAll([text('m2', '\x1b]0;evil\x07\x1b[2Jhi \x1b[31mred')]))
    expect(line).toBe('  hi red')
  })

  it('forgets the oldest', () => {
    const many = Array.from({ length: BLOCKS_KEPT + 5 }, (_, at) => text(`m${at}`, `text ${at}`))
    expect(drawAll(many).blocks).toHaveLength(BLOCKS_KEPT)
    expect(linesOf([text('m1', 'x\n'.repeat(5000))]).length).toBeLessThan(1300)
  })

  it('says how much it leaves out within a narrow pane', () => {
    const body = Array.from({ length: 60 }, (_, at) => `line ${at}`).join('\n')
    for (const line of linesOf([message('m1', 'user'), tool('error', body), asked], 12))
      expect(textWidth(line)).toBeLessThan(12)
  })

  it('is never wider than its screen', () => {
    const words = fc.string({
      unit: fc.constantFrom('word ', '漢字', '`code` ', '\n', '- ', '```\n', '👩‍💻', '\t', '\x1b[1m'),
    })
    fc.assert(
      fc.property(words, fc.integer({ min: 12, max: 130 }), (body, columns) => {
        const inputs = [message('m1', 'user'), text('m1', body), text('m2', body), tool('error', body), asked]
        for (const line of linesOf(inputs, columns)) expect(textWidth(line)).toBeLessThan(columns)
      }),
    )
  })
})

describe('drawing what changed', () => {
  const rows = 6
  const screenOf = async (writes: readonly string[]) => {
    const terminal = new headless.Terminal({ cols: 20, rows, scrollback: 500, allowProposedApi: true })
    for (const each of writes) await new Promise<void>((resolve) => terminal.write(each, resolve))
    const buffer = terminal.buffer.active
    const lines = Array.from({ length: buffer.length }, (_, at) => buffer.getLine(at)?.translateToString(true) ?? '')
    terminal.dispose()
    return lines.join('\n').trimEnd()
  }

  it('writes only the new end of a streamed line', () => {
    expect(changeOf(['a', 'hel'], ['a', 'hello', 'x'], rows)).toBe('lo\r\nx')
    expect(changeOf(['a'], ['a', 'b'], rows)).toBe('\r\nb')
    expect(changeOf(['a'], ['a'], rows)).toBe('')
  })

  it('draws again only when the change is above the visible part', () => {
    const before = Array.from({ length: 20 }, (_, at) => `line ${at}`)
    expect(changeOf(before, before.with(3, 'other'), rows)).toBeUndefined()
    expect(changeOf(before, before.with(16, 'other'), rows)).toBe(
      '\x1b[3A\r\x1b[Jother\r\nline 17\r\nline 18\r\nline 19',
    )
  })

  it('leads to the same picture as drawing everything', async () => {
    const line = fc.constantFrom('', 'a', 'ab', 'abc', 'some words')
    const lines = fc.array(line, { minLength: 1, maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(lines, fc.nat(12), lines, async (before, keep, tail) => {
        const after = [...before.slice(0, keep), ...tail]
        const change = changeOf(before, after, rows)
        if (change === undefined) return
        expect(await screenOf([before.join('\r\n'), change])).toBe(await screenOf([after.join('\r\n')]))
      }),
      { numRuns: 300 },
    )
  })

  it('writes nothing for lines that were dropped from the top', () => {
    const before = Array.from({ length: 400 }, (_, at) => `line ${at}`)
    expect(changeOf(before, [...before.slice(100), 'new'], rows)).toBe('\r\nnew')
  })
})

describe('the picture on a canvas', () => {
  it('is written once for all events of a moment, and again for another width', async () => {
    const written: string[] = []
    let resize: ((size: Canvas['size']) => void) | undefined
    const canvas: Canvas = {
      size: { cols: 40, rows: 10 },
      write: (words) => written.push(plainText(words)),
      clear: () => written.push('(clear)'),
      onResize: (listener) => {
        resize = listener
        return () => {
          resize = undefined
        }
      },
    }
    const transcript = createTranscript(canvas, ROOT, () => 0)
    transcript.apply(text('m1', 'hello'))
    transcript.apply(delta('m1', ' wide'))
    await turnOver()
    transcript.apply(delta('m1', ' world'))
    await turnOver()
    expect(written).toEqual(['  hello wide', ' world'])
    resize?.({ cols: 16, rows: 10 })
    expect(written.slice(2)).toEqual(['(clear)', '  hello wide\n  world'])
    transcript.apply(delta('m1', '!'))
    transcript.dispose()
    await turnOver()
    expect(written).toHaveLength(4)
    expect(resize).toBeUndefined()
  })
})
