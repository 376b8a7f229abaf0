import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import type { OpenRequest } from '../../src/backends/backend.ts'
import { createClaudeBackend } from '../../src/backends/claude/backend.ts'
import { loadPrices } from '../../src/config/prices.ts'
import type { Usage } from '../../src/core/session.ts'
import { withoutInheritedFiles } from '../../src/host/terminal/launch.ts'
import { type Opened, openAgent } from '../contract/backend-suite.ts'
import { eventually } from '../harness/eventually.ts'
import { startLab } from '../harness/lab.ts'

vi.setConfig({ testTimeout: 60_000 })

interface Transcripts {
  readonly files: readonly string[]
  /** Each message once, with its last figures. */
  readonly outputTokens: number
}

/** All transcripts of a Claude Code, read in another way than the program does. */
async function transcriptsIn(projects: string): Promise<Transcripts> {
  // Nothing is written before the first prompt.
  const files = (await readdir(projects, { recursive: true }).catch(() => [])).filter((name) => name.endsWith('.jsonl'))
  const texts = await Promise.all(files.map((file) => readFile(join(projects, file), 'utf8')))
  const outputs = new Map<string, number>()
  // A line that is still being written is there whole the next time.
  for (const line of texts
    .join('')
    .split('\n')
    .filter((each) => each.endsWith('}'))) {
    const { type, message } = JSON.parse(line)
    if (type === 'assistant') outputs.set(message.id, message.usage.output_tokens)
  }
  return { files, outputTokens: [...outputs.values()].reduce((sum, each) => sum + each, 0) }
}

/** What the agent has reported, once that is all there is in its transcripts. */
function wholeUsage({ port }: Opened, projects: string): Promise<Usage> {
  return eventually('usage that is complete', async () => {
    const { outputTokens } = await transcriptsIn(projects)
    const used = port.signals.findLast((signal) => signal.type === 'used')
    const isQuiet = port.activity() === 'idle' && port.signals.some((signal) => signal.type === 'replied')
    return isQuiet && used?.usage.outputTokens === outputTokens && used.usage
  })
}

it('counts a real Claude Code with its sub-agents, and the same again when it is resumed', async () => {
  await using lab = await startLab()
  const [directory, folder] = [join(lab.folder, 'claude'), join(lab.folder, 'sessions')]
  await Promise.all([mkdir(directory), mkdir(folder)])
  const quiet = { onHealth: () => undefined, log: () => undefined }
  const prices = loadPrices()
  const backend = createClaudeBackend({
    alone: withoutInheritedFiles,
    env: lab.env,
    newId: randomUUID,
    now: Date.now,
    directory,
    prices,
    ...quiet,
  })
  const bench = { backend, env: lab.env, workDir: lab.project, folder, [Symbol.asyncDispose]: async () => undefined }
  const projects = join(lab.env['CLAUDE_CONFIG_DIR'] ?? join(lab.env['HOME'] ?? '', '.claude'), 'projects')
  const request: Partial<OpenRequest> = { resumeId: randomUUID(), prompt: 'TASK SAY from below ;; SAY done' }
  let before = 0
  {
    await using opened = await openAgent(bench, request)
    const usage = await wholeUsage(opened, projects)
    const { files } = await transcriptsIn(projects)
    expect(files.filter((file) => file.includes('subagents'))).toHaveLength(1)
    expect(usage.parts).toMatchObject([{ conversation: request.resumeId, unpricedTokens: 0 }])
    expect(usage.costUsd).toBeGreaterThan(0)
    before = usage.outputTokens ?? 0
  }
  await using opened = await openAgent(bench, { ...request, isResume: true })
  await opened.port.until('ready', () => opened.port.signals.some(({ type }) => type === 'ready'))
  await opened.deliver('SAY once more')
  const usage = await wholeUsage(opened, projects)
  expect(usage.outputTokens).toBeGreaterThan(before)
  expect(usage.parts).toMatchObject([{ conversation: request.resumeId }])
  await backend.shutdown()
})
