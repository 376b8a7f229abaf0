import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Backend } from '../../src/backends/backend.ts'
import { createOpencodeBackend } from '../../src/backends/opencode/backend.ts'
import { findNoted, noteServer } from '../../src/backends/opencode/noted-server.ts'
import { startServer } from '../../src/backends/opencode/server.ts'
import { withoutInheritedFiles } from '../../src/host/terminal/launch.ts'
import { openAgent } from '../contract/backend-suite.ts'
import { backendContext } from '../harness/backend-context.ts'
import { benchOf, idles, needs, noted, type Place, replied, replies, sharedPlace, shows } from './opencode-place.ts'

vi.setConfig({ testTimeout: 90_000 })

describe('an opencode server', () => {
  // As it is for most operators.
  const place = sharedPlace({ hasSnapshots: true })

  it('that dies is started again on the same port, and its sessions are found again', async () => {
    await using opened = await openAgent(benchOf(place()), { prompt: 'SAY before the crash' })
    await replies(opened)
    const before = noted(place())
    await opened.deliver('SLOW 60')
    await opened.port.until('working', () => opened.port.activity() === 'working')
    process.kill(before.pid, 'SIGKILL')
    const unknown = await opened.port.untilSignal('activity', (signal) => signal.activity === 'unknown')
    expect(unknown.why).toMatch(/server is gone.*SIGKILL.*started again/)
    await shows(opened, '↻ the opencode server is gone')
    await needs(opened)
    expect(opened.port.need()).toMatchObject({
      kind: 'error',
      body: expect.stringContaining('in the middle of the turn'),
    })
    const after = noted(place())
    expect(after.port).toBe(before.port)
    expect(after.pid).not.toBe(before.pid)
    await opened.deliver('SAY after the crash')
    await shows(opened, '  after the crash')
    await idles(opened)
    expect(place().health.map((each) => each.status)).toEqual(['degraded', 'ready'])
  })

  it('of a host that crashed is taken over with the turn that goes on, and ends with the next one, whatever runs', async () => {
    await using crashed = await openAgent(benchOf(place()))
    const resumeId = crashed.port.signals.find((signal) => signal.type === 'identified')?.resumeId ?? ''
    await crashed.deliver('SLOW 5 said meanwhile')
    const leftover = noted(place())
    const next = nextHost(place())
    await using opened = await openAgent(
      { ...benchOf(place()), backend: next },
      { isResume: true, resumeId, wasCutOff: true },
    )
    expect(noted(place())).toEqual(leftover)
    await replied(opened, 'said meanwhile')
    expect(await opened.agent.wasGiven?.('SLOW 5 said meanwhile', 0)).toBe(true)
    expect(await opened.agent.wasGiven?.('SLOW 5 said meanwhile', Date.now())).toBe(false)
    expect(await opened.agent.wasGiven?.('never given', 0)).toBe(false)
    await opened.deliver('RUN sleep 300')
    await needs(opened)
    await opened.answer({ kind: 'allow' })
    await opened.port.untilSignal('activity', (signal) => signal.why === 'running bash: sleep 300')
    await opened.agent.close()
    await next.shutdown()
    await place().backend.shutdown()
    await expect.poll(() => processesOf(place().lab.home)).toEqual([])
    expect(existsSync(join(place().directory, 'server.json'))).toBe(false)
  })

  it('of a host that crashed is ended when nobody needs it any more', async () => {
    const { lab, directory } = place()
    const program = join(lab.folder, 'bin/opencode')
    const password = 'of-a-host-that-crashed'
    const left = await startServer({
      ...{ program, directory, password, env: lab.env, port: undefined },
      alone: withoutInheritedFiles,
      async onSpawned(server) {
        await noteServer(directory, { ...server, password })
        expect(await findNoted(directory)).toMatchObject(server)
      },
    })
    await nextHost(place()).endUnused?.()
    await left.exited
    expect(existsSync(join(directory, 'server.json'))).toBe(false)
  })
})

/** The backend of the host that comes after. */
function nextHost(place: Place): Backend {
  const next = createOpencodeBackend(backendContext({ env: place.lab.env, directory: place.directory }))
  onTestFinished(() => next.shutdown())
  return next
}

/** Processes whose environment names the folder: everything that was started for it. */
async function processesOf(folder: string): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
  const found = await Promise.all(
    pids.map(async (pid) => {
      // A process that ends while it is looked at is not there.
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
      return environment.includes(`HOME=${folder}`) ? [pid] : []
    }),
  )
  return found.flat()
}
