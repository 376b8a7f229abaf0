import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Client } from '../../src/client/client.ts'
import { connectHost } from '../../src/client/connect.ts'
import { VERSION } from '../../src/config/version.ts'
import { toControlError } from '../../src/core/errors.ts'
import type { SessionId } from '../../src/core/ids.ts'
import { testPaths } from '../contract/running-host.ts'
import { eventually } from '../harness/eventually.ts'
import { openSite, PROGRAM, type Site } from '../harness/site.ts'

// Longer than a wait that is in vain and the clean-up after it.
vi.setConfig({ testTimeout: 60_000 })

let site: Site

beforeEach(async () => {
  site = await openSite()
})

afterEach(() => site[Symbol.asyncDispose]())

/** Starts the host under a limit of the shell, and connects. */
async function start(limit = 'true'): Promise<Client> {
  execFileSync('sh', ['-c', `${limit} && exec "$0" "$@"`, process.execPath, PROGRAM, 'host', 'start'], {
    env: site.env,
    cwd: site.project,
  })
  return connectHost({ paths: testPaths(site.state), version: VERSION })
}

const spawn = (client: Client, ...args: readonly string[]): Promise<SessionId> =>
  client.spawnSession({ backend: 'shell', workDir: site.project, args: [...args] })

/** Resolves once a session, told a word, has shown it: it is alive. */
async function answers(client: Client, id: SessionId, word: string): Promise<void> {
  await client.sendMessage(id, { type: 'nudge', body: word, mode: 'now' })
  await eventually(`${word} is shown`, async () => (await client.screen(id)).lines.some((line) => line.includes(word)))
}

function memoryMb(): number {
  const status = readFileSync(`/proc/${site.hostPid()}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024
}

const FLOOD_MB = 25

describe('one session that floods', () => {
  test('at full speed leaves the others alive and the host small', async () => {
    const client = await start()
    const quiet = await spawn(client, 'cat')
    await answers(client, quiet, 'before')
    const before = memoryMb()
    const line = `\\033[31m${'flood '.repeat(30)}\\033[0m`
    const script = `yes "$(printf '${line}')" | head -c ${FLOOD_MB * 1024 * 1024}; printf '\\r\\nflood is over\\r\\n'; exec cat`
    const flood = await spawn(client, 'sh', '-c', script)
    await answers(client, quiet, 'during')
    await eventually(
      'all of it was read',
      async () => (await client.screen(flood)).lines.some((each) => each.includes('flood is over')),
      { deadlineMs: 45_000 },
    )
    expect(memoryMb() - before).toBeLessThan(120)
    await answers(client, quiet, 'after')
    client.close()
  })
})

describe('a session whose process is killed for its memory', () => {
  test('says so as a need, and the rest goes on', async () => {
    const client = await start()
    const quiet = await spawn(client, 'cat')
    const greedy = await spawn(client, 'sh', '-c', 'read line; kill -KILL $$')
    await client.sendMessage(greedy, { type: 'nudge', body: 'grow', mode: 'now' })
    const session = await eventually('it has ended', async () => {
      const now = await client.getSession(greedy)
      return now.state === 'failed' && now.need !== undefined && now
    })
    expect(session).toMatchObject({ need: { kind: 'exited' }, why: expect.stringContaining('SIGKILL') })
    await answers(client, quiet, 'alive')
    client.close()
  })
})

describe('a host with too few file descriptors', () => {
  test('refuses the next session in words, keeps the others, and goes on once there are some again', async () => {
    const client = await start('ulimit -n 80')
    const ids: SessionId[] = []
    const fill = async (): Promise<unknown> => {
      for (let tries = 0; tries < 64; tries += 1) {
        try {
          ids.push(await spawn(client, 'cat'))
        } catch (error) {
          return error
        }
      }
      return undefined
    }
    expect(toControlError(await fill())).toMatchObject({ code: 'host.out-of-files', data: { limit: 80 } })
    const [first, ended] = ids
    if (first === undefined || ended === undefined) throw new Error('no sessions were started')
    await answers(client, first, 'still')
    await client.terminateSession(ended, { isForced: true })
    await fill()
    await expect(client.resume(ended)).rejects.toMatchObject({ code: 'host.out-of-files' })
    expect(await client.getSession(ended)).toMatchObject({ state: 'failed', need: { kind: 'exited' } })
    for (const id of ids.slice(-3)) await client.terminateSession(id, { isForced: true })
    await client.resume(ended)
    await answers(client, ended, 'resumed')
    await answers(client, await spawn(client, 'cat'), 'again')
    client.close()
  })
})

describe('a full disk', () => {
  const isRoot = process.getuid?.() === 0 && process.platform === 'linux'

  test.skipIf(!isRoot)('(needs root) costs what cannot be kept, never a session or the host', async () => {
    mkdirSync(site.state, { mode: 0o700 })
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m,mode=0700', 'tmpfs', site.state])
    try {
      const client = await start()
      const id = await spawn(client, 'cat')
      await answers(client, id, 'before')
      const { bavail, bsize } = statfsSync(site.state)
      const filler = join(site.state, 'filler')
      writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - 4096)))
      const refused: unknown[] = []
      for (let count = 0; count < 40; count += 1) {
        const body = 'x'.repeat(100_000)
        await client.sendMail('demo/nobody', { type: 'mail', body }).catch((error: unknown) => refused.push(error))
      }
      expect(refused.length).toBeGreaterThan(0)
      expect((await client.getSession(id)).state).toBe('running')
      expect((await client.screen(id)).lines.join('')).toContain('before')
      rmSync(filler)
      await answers(client, id, 'after')
      expect((await client.sendMail('demo/nobody', { type: 'mail', body: 'kept' })).status).toBe('queued')
      await client.stopHost()
      client.close()
      await eventually('the host is gone', () => site.hostPid() === undefined)
    } finally {
      execFileSync('umount', ['-l', site.state])
    }
  })
})
