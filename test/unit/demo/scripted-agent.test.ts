import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createKeyInput } from '../../../src/demo/agents/key-input.ts'
import { openTerminal, type TestTerminal } from '../../harness/pty.ts'

let folder: string
let agent: TestTerminal

const module = pathToFileURL(join(import.meta.dirname, '../../../src/demo/agents/scripted-agent.ts')).href
const entry = `import(${JSON.stringify(module)}).then((agent) => agent.main(process.argv.slice(1)))`

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-agent-'))
  agent = openTerminal({
    file: process.execPath,
    args: ['-e', entry, 'SAY ready to work'],
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, TERM: 'xterm-256color' },
  })
  await agent.until(/ready to work\n> $/)
})
afterEach(async () => {
  await agent[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

test('asks before it runs, and the title says that it waits', async () => {
  agent.paste('RUN rm -rf dist')
  agent.write('\r')
  await agent.until(/Allow: rm -rf dist\? \[y\/n\] $/)
  expect(agent.titles().at(-1)).toBe('scripted agent: waiting')
  agent.write('y')
  await agent.until(/done \(pretended\)\n> $/)
  expect(agent.titles().at(-1)).toBe('scripted agent: idle')
})

test('Ctrl+C interrupts; a line typed meanwhile is played next', async () => {
  agent.write('SLOW 600\r')
  await agent.until(/I am reading/)
  agent.write('ASK Go on?\r\x03')
  await agent.until(/\(interrupted\)[\s\S]*Go on\? \[y\/n\] $/)
  agent.write('n')
  await agent.until(/declined\n> $/)
})

test('floods, fails and exits with the code it was told', async () => {
  agent.write('FLOOD 256 ;; FAIL 529 ;; EXIT 7\r')
  expect((await agent.exited).exitCode).toBe(7)
  expect(agent.transcript()).toMatch(/flood[\s\S]*error: 529/)
})

test('keys and pastes are told apart however the input is cut', () => {
  const bytes = 'a\x1b[A\x1b[200~two\nlines\x1b[201~b'
  for (let at = 0; at <= bytes.length; at += 1) {
    const seen: string[] = []
    const feed = createKeyInput({ key: (key) => seen.push(key), paste: (text) => seen.push(`<${text}>`) })
    feed(bytes.slice(0, at))
    feed(bytes.slice(at))
    expect(seen).toEqual(['a', '<two\nlines>', 'b'])
  }
})
