import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bottomLines, promptOn, startDialog } from '../../../src/backends/claude/screen-rules.ts'
import { createStatusFiles, parseStatus, type Reading } from '../../../src/backends/claude/status-file.ts'
import { createTranscriptReader } from '../../../src/backends/claude/transcript.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-claude-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('status files', () => {
  const write = (text: string) => writeFile(join(folder, `${process.pid}.json`), text)

  /** The readings that come in, one by one. */
  function readings() {
    const files = createStatusFiles()
    const waiting: ((reading: Reading) => void)[] = []
    const seen: Reading[] = []
    files.follow(folder, process.pid, (reading) => {
      const next = waiting.shift()
      if (next === undefined) seen.push(reading)
      else next(reading)
    })
    const next = () => {
      const first = seen.shift()
      return first === undefined ? new Promise<Reading>((resolve) => waiting.push(resolve)) : Promise.resolve(first)
    }
    return { next, close: () => files.close() }
  }

  it('follows a file from before it exists until it is gone', async () => {
    const { next, close } = readings()
    // A look may fall between the two steps in which a file is written; the next one sees the rest.
    const whole = async (): Promise<Reading> => {
      const reading = await next()
      return reading.kind === 'broken' ? whole() : reading
    }
    expect(await whole()).toEqual({ kind: 'absent' })
    await write('{"status":"busy","sessionId":"c1"}')
    expect(await whole()).toMatchObject({ kind: 'found', status: 'busy', conversation: 'c1' })
    await write('{"status":"waiting","waitingFor":"dialog open","sessionId":"c1"}')
    expect(await whole()).toMatchObject({ status: 'waiting', waitingFor: 'dialog open' })
    await rm(join(folder, `${process.pid}.json`))
    expect(await whole()).toEqual({ kind: 'absent' })
    close()
  })

  it('calls a file that stays half written broken, and never guesses', async () => {
    await write('{"status":"id')
    const { next, close } = readings()
    expect(await next()).toEqual({ kind: 'broken' })
    close()
  })

  it('does not believe the file of an earlier process with the same number', async () => {
    await write('{"status":"idle","procStart":"1"}')
    const files = createStatusFiles()
    expect(files.read(folder, process.pid)).toEqual({ kind: 'absent' })
    files.close()
  })

  it.each(['', '[]', 'null', '{"status":3}', '{'])('never throws on %j', (text) => {
    expect(['broken', 'found']).toContain(parseStatus(text).kind)
  })
})

const USED = {
  input_tokens: 1_000_000,
  cache_read_input_tokens: 2_000_000,
  cache_creation_input_tokens: 2_000_000,
  cache_creation: { ephemeral_5m_input_tokens: 1_000_000, ephemeral_1h_input_tokens: 1_000_000 },
  output_tokens: 1_000_000,
  server_tool_use: { web_search_requests: 1 },
}

describe('transcript', () => {
  const line = (id: string, output: number, model = 'm') =>
    `${JSON.stringify({ type: 'assistant', message: { id, model, usage: { input_tokens: 10, cache_read_input_tokens: 5, output_tokens: output } } })}\n`

  it('sums what was added, once for each message', async () => {
    const path = join(folder, 't.jsonl')
    const reader = createTranscriptReader()
    expect(await reader.read(path)).toBeUndefined()
    await writeFile(path, `{"type":"user"}\n${line('a', 1)}${line('a', 7)}`)
    expect(await reader.read(path)).toMatchObject({ inputTokens: 15, outputTokens: 7, model: 'm' })
    await appendFile(path, `${line('b', 3, 'n')}${line('c', 0, '<synthetic>')}{"type":"assistant","mess`)
    expect(await reader.read(path)).toMatchObject({ inputTokens: 30, outputTokens: 10, model: 'n' })
    await appendFile(path, `age":{}}\n${line('d', 1)}`)
    expect(await reader.read(path)).toMatchObject({ inputTokens: 45, outputTokens: 11, model: 'm' })
  })

  it('prices what it knows, tells the rest, and takes neither copies nor half of the sub-agents', async () => {
    const path = join(folder, 'priced.jsonl')
    const prices = { input: 1, output: 10, cacheRead: 0.1, cacheWrite: 2, cacheWriteHour: 4 }
    const reader = createTranscriptReader({ models: [{ ids: ['big'], ...prices }], webSearch: 0.01 })
    const told = (id: string, model: string, extra: object = {}) =>
      `${JSON.stringify({ type: 'assistant', ...extra, message: { id, model, usage: USED } })}\n`
    await writeFile(
      path,
      told('a', 'big', { sessionId: 'mine', requestSessionId: 'mine' }) +
        told('x', 'other', { sessionId: 'mine' }) +
        told('old', 'big', { forkedFrom: { sessionId: 's' } }) +
        told('older', 'big', { sessionId: 'mine', requestSessionId: 'theirs' }),
    )
    await mkdir(join(folder, 'priced', 'subagents'), { recursive: true })
    await writeFile(join(folder, 'priced', 'subagents', 'agent-1.jsonl'), told('b', 'big', { isSidechain: true }))
    const usage = await reader.read(path)
    // 1M in, 2M read, 1M written for five minutes, 1M for an hour, 1M out, one search.
    const each = 1 + 0.2 + 2 + 4 + 10 + 0.01
    expect(usage).toMatchObject({ inputTokens: 15_000_000, outputTokens: 3_000_000, model: 'other' })
    expect(usage?.costUsd).toBeCloseTo(2 * each, 6)
    expect(usage?.parts?.map(({ model, unpricedTokens }) => [model, unpricedTokens])).toEqual([
      ['big', 0],
      ['other', 6_000_000],
    ])
    expect(await reader.read(path)).toEqual(usage)
    expect(await createTranscriptReader().read(path)).not.toHaveProperty('costUsd')
  })
})

describe('screen rules', () => {
  const rule = '─'.repeat(40)
  it.each<[string, readonly string[], string | undefined]>([
    ['an empty prompt', ['text', rule, '❯ ', rule, '  mode'], ''],
    ['a prompt of two lines', [rule, '❯ one', '  two', `${rule} toast ─`], 'one\n  two'],
    ['a dialog with a cursor', [rule, ' ❯ 1. Yes', '   2. No', rule], undefined],
    ['a question', [rule, ' ☐ Colour', 'Which?', '❯ 1. Red', rule], undefined],
    ['an earlier prompt in the text', ['❯ SAY hi', '● hi', rule, '! shell mode', rule], undefined],
    ['half a frame', [rule, '❯ one'], undefined],
    ['nothing', [], undefined],
  ])('reads %s', (_what, lines, expected) => {
    expect(promptOn(lines)).toBe(expected)
  })

  it('knows the dialogs of the start, and keeps the lower part of the screen', () => {
    const lines = ['', rule, ' Quick safety check: is this a project you trust?', ' ❯ No, exit', '   Yes']
    expect(startDialog(lines)?.title).toBe('Trust this folder?')
    expect(startDialog(['❯ hello'])).toBeUndefined()
    expect(bottomLines(lines)).toBe(lines.slice(2).join('\n'))
  })
})
