import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { typedText } from '../../src/backends/shell/agent.ts'
import { createShellBackend } from '../../src/backends/shell/backend.ts'
import { type Bench, backendSuite, openAgent } from './backend-suite.ts'

async function createBench(): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-shell-'))
  const workDir = join(folder, 'work')
  await mkdir(workDir)
  return {
    backend: createShellBackend(),
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: folder, TERM: 'xterm-256color', LANG: 'C.UTF-8' },
    workDir,
    folder,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

backendSuite({
  name: 'shell',
  create: createBench,
  capabilities: createShellBackend().capabilities,
  words: { say: (text) => `echo ${text}` },
  args: ['sh', '-c', 'while read -r line; do $line; done'],
})

describe('shell backend', () => {
  let bench: Bench
  beforeEach(async () => {
    bench = await createBench()
  })
  afterEach(() => bench[Symbol.asyncDispose]())

  it('refuses to start without a command', async () => {
    await expect(openAgent(bench)).rejects.toMatchObject({ code: 'usage.invalid' })
  })

  it('calls a program idle when it has said nothing for a while, and says why', async () => {
    await using opened = await openAgent(bench, { args: ['cat'] })
    const idle = await opened.port.untilSignal('activity', (signal) => signal.activity === 'idle')
    expect(idle).toMatchObject({ source: 'silence', why: 'no output for 2 s' })
    await opened.deliver('hello')
    await opened.port.until('working', () => opened.port.activity() === 'working')
  })

  it('answers and interrupts nothing', async () => {
    await using opened = await openAgent(bench, { args: ['cat'] })
    await expect(opened.agent.interrupt()).rejects.toMatchObject({ code: 'message.unsafe' })
  })

  it.each([
    ['plain', false, 'plain'],
    ['two\r\nlines', false, 'two\rlines'],
    ['two\nlines', true, '\x1b[200~two\nlines\x1b[201~'],
    ['a\x1b[31mb\x03', false, 'a[31mb'],
    [' \n ', false, undefined],
  ])('types %j (paste %j) as %j', (text, hasBracketedPaste, keys) => {
    expect(typedText(text, hasBracketedPaste)).toBe(keys)
  })
})
