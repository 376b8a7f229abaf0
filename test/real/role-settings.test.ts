import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { ReadableStream } from 'node:stream/web'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Backend, BackendContext } from '../../src/backends/backend.ts'
import { createClaudeBackend } from '../../src/backends/claude/backend.ts'
import { createOpencodeBackend } from '../../src/backends/opencode/backend.ts'
import { openAgent } from '../contract/backend-suite.ts'
import { backendContext } from '../harness/backend-context.ts'
import { eventually } from '../harness/eventually.ts'
import { type Lab, startLab } from '../harness/lab.ts'
import { processesWith } from '../harness/processes.ts'

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 })

const INSTRUCTIONS = 'You belong to the crew of the Rocinante.'

/** The scripted model behind a proxy that keeps what the agents send. */
async function startRecorder(target: string) {
  const bodies: string[] = []
  const server = createServer(async (request, response) => {
    const body = await text(request)
    bodies.push(body)
    const headers = Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
      name === 'host' || name === 'content-length' || typeof value !== 'string' ? [] : [[name, value]],
    )
    const method = request.method ?? 'GET'
    const answer = await fetch(`${target}${request.url}`, { method, headers, ...(body === '' ? {} : { body }) })
    const { 'content-encoding': _, 'content-length': __, ...kept } = Object.fromEntries(answer.headers)
    response.writeHead(answer.status, kept)
    if (answer.body === null) response.end()
    else
      Readable.fromWeb(answer.body as ReadableStream)
        .on('error', () => response.destroy())
        .pipe(response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, bodies, close: () => server.close(() => undefined).closeAllConnections() }
}

describe.each([
  ['claude', createClaudeBackend],
  ['opencode', createOpencodeBackend],
] as const)('a role on the real %s', (name, create) => {
  let lab: Lab
  let recorder: Awaited<ReturnType<typeof startRecorder>>
  let backend: Backend
  let env: Readonly<Record<string, string>>
  let context: BackendContext
  const servers = () => processesWith(lab.folder).filter(({ command }) => / serve .*--port /.test(command))

  beforeAll(async () => {
    lab = await startLab()
    recorder = await startRecorder(lab.model.url)
    env = Object.fromEntries(
      Object.entries(lab.env).map(([key, value]) => [key, value.replaceAll(lab.model.url, recorder.url)]),
    )
    await mkdir(join(lab.folder, 'sessions'))
    await mkdir(join(lab.folder, 'backend'))
    context = backendContext({ env, directory: join(lab.folder, 'backend') })
    backend = create(context)
  })

  afterAll(async () => {
    await backend.shutdown()
    recorder.close()
    await lab[Symbol.asyncDispose]()
  })

  const bench = () => ({
    backend,
    env,
    workDir: lab.project,
    folder: join(lab.folder, 'sessions'),
    [Symbol.asyncDispose]: async () => undefined,
  })

  it('has its instructions with the first prompt and with later ones', async () => {
    await using opened = await openAgent(bench(), { instructions: INSTRUCTIONS, prompt: 'SAY first' })
    await opened.port.untilSignal('replied')
    await opened.port.until('idle', () => opened.port.activity() === 'idle')
    await opened.deliver('SAY second')
    await opened.port.until(
      'both replies',
      () => opened.port.signals.filter(({ type }) => type === 'replied').length > 1,
    )
    for (const words of ['SAY first', 'SAY second']) {
      const asked = recorder.bodies.filter((body) => body.includes(words) && body.includes(INSTRUCTIONS))
      expect(asked.length, words).toBeGreaterThan(0)
    }
  })

  if (name === 'opencode') {
    it('is refused what its permissions deny, and asks for what they say to ask', async () => {
      const permissions = { bash: { '*': 'ask', 'touch denied*': 'deny' } } as const
      await using opened = await openAgent(bench(), { permissions, prompt: 'RUN touch denied.txt ;; SAY over' })
      await opened.port.untilSignal('replied')
      expect(opened.port.signals.some(({ type }) => type === 'need')).toBe(false)
      await opened.port.until('idle', () => opened.port.activity() === 'idle')
      await opened.deliver('RUN touch asked.txt')
      await opened.port.until('a need', () => opened.port.need()?.kind === 'permission')
      await opened.answer({ kind: 'deny' })
    })

    it('cannot have a mode that it does not know', async () => {
      await expect(openAgent(bench(), { permissions: 'plan' })).rejects.toMatchObject({ code: 'usage.invalid' })
    })

    it('is on a server of the program of its rig, beside the sessions of other rigs', async () => {
      const command = join(lab.folder, 'own-opencode')
      await writeFile(command, `#!/bin/sh\necho "$@" >> ${lab.folder}/own-arguments\nexec opencode "$@"\n`)
      await chmod(command, 0o755)
      await using own = await openAgent(bench(), { runtime: { command }, prompt: 'SAY from the own program' })
      await using usual = await openAgent(bench(), { prompt: 'SAY from the usual program' })
      await own.port.untilSignal('replied')
      await usual.port.untilSignal('replied')
      expect(readFileSync(join(lab.folder, 'own-arguments'), 'utf8')).toMatch(/^serve .*--port \d+$/m)
      // A program that one of them starts has its name for a moment.
      await eventually('two servers', () => servers().length === 2)
      await backend.shutdown()
      expect(servers()).toEqual([])
    })

    it('says which program its rig wants when there is none', async () => {
      const another = create(context)
      await expect(
        openAgent({ ...bench(), backend: another }, { runtime: { command: '/opt/other' } }),
      ).rejects.toMatchObject({ code: 'program.missing', data: { program: '/opt/other' } })
      await another.shutdown()
    })
  } else {
    it('starts the program of its rig, in the mode of its role', async () => {
      const command = join(lab.folder, 'own-claude')
      await writeFile(command, `#!/bin/sh\necho "own program" "$@" > ${lab.folder}/arguments\nexec claude "$@"\n`)
      await chmod(command, 0o755)
      await using opened = await openAgent(bench(), { runtime: { command }, permissions: 'plan' })
      await opened.port.untilSignal('ready')
      await opened.port.until('its mode', () => /plan mode/.test(opened.port.picture()))
    })

    it('cannot have a table of permissions', async () => {
      const permissions = { bash: 'ask' } as const
      await expect(openAgent(bench(), { permissions })).rejects.toMatchObject({ code: 'usage.invalid' })
    })
  }
})
