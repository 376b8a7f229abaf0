import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SessionInfo } from '../../src/core/session.ts'
import { eventually } from '../harness/eventually.ts'
import { isRunning, processesWith } from '../harness/processes.ts'
import { openSite, type Site } from '../harness/site.ts'

interface Doctor {
  readonly checks: readonly { readonly name: string; readonly status: string; readonly detail: string }[]
}

let site: Site
beforeEach(async () => {
  site = await openSite()
})
afterEach(() => site[Symbol.asyncDispose]())

async function endHost(signal: NodeJS.Signals): Promise<void> {
  const pid = site.hostPid()
  if (pid === undefined) throw new Error('there is no host')
  process.kill(pid, signal)
  await eventually('the host is gone', () => !isRunning(pid))
}

async function session(name: string): Promise<SessionInfo> {
  const found = ((await site.json('agents')) as readonly SessionInfo[]).find(({ agentName }) => agentName === name)
  if (found === undefined) throw new Error(`there is no session ${name}`)
  return found
}

async function shows(name: string, text: string): Promise<void> {
  await eventually(`${name} shows it`, async () => (await site.run('peek', name)).stdout.includes(text))
}

const checksOf = async (...args: readonly string[]): Promise<Doctor['checks']> =>
  (JSON.parse((await site.run('doctor', '--json', ...args)).stdout) as Doctor).checks

describe.each(['SIGKILL', 'SIGTERM'] as const)('after %s', (signal) => {
  it('a session that cannot be resumed is there, stopped, and says what to do', async () => {
    await site.shell('worker', 'cat')
    await endHost(signal)
    const { state, why } = await session('worker')
    expect(state).toBe('stopped')
    expect(why).toMatch(/^its host (ended; start it again to go on|was ended by SIGTERM)$/)
    await site.json('resume', 'worker')
    expect(await session('worker')).toMatchObject({ state: 'running' })
  })

  it('no process of a session is left, however many were just being started', async () => {
    const starts = Array.from({ length: 10 }, (_, at) =>
      site.run('spawn', '--backend', 'shell', '--name', `n${at}`, '--', 'cat'),
    )
    await eventually('the first is there', () =>
      processesWith(site.folder).some(({ command }) => command.endsWith('/cat')),
    )
    await endHost(signal)
    await Promise.all(starts)
    await site.run('host', 'stop')
    await eventually('none is left', () => !processesWith(site.folder).some(({ command }) => command.endsWith('/cat')))
  })
})

it('shows what a session showed last', async () => {
  await site.shell('speaker', 'sh', '-c', 'printf "\\033[1;31mlast words\\033[0m\\n"; exec cat')
  await shows('speaker', 'last words')
  await endHost('SIGTERM')
  expect((await site.run('peek', 'speaker')).stdout).toContain('last words')
  expect((await site.run('peek', '--ansi', 'speaker')).stdout).toMatch(/\x1b\[0;1;31mlast words/)
})

it('finds what a program left running, says so, and ends it when asked to', async () => {
  await site.shell('starter', 'sh', '-c', 'setsid sleep 1234 & exec cat')
  await eventually('it runs', () => processesWith(site.folder).some(({ command }) => command === 'sleep 1234'))
  await endHost('SIGKILL')
  await eventually('it is noticed', async () => (await checksOf()).some(({ name }) => name === 'leftovers'))
  const left = (await checksOf()).find(({ name }) => name === 'leftover')
  expect(left).toMatchObject({ status: 'warning', detail: expect.stringMatching(/^\d+ sleep 1234$/) })
  expect((await checksOf('--fix')).find(({ name }) => name === 'ended')?.detail).toBe(left?.detail)
  expect(processesWith(site.folder).filter(({ command }) => command === 'sleep 1234')).toEqual([])
  expect((await checksOf()).filter(({ name }) => name.startsWith('leftover'))).toEqual([])
})

it('says that a damaged journal was repaired, and goes on', async () => {
  await site.shell('worker', 'cat')
  await endHost('SIGKILL')
  const journal = join(site.state, 'journal.db')
  writeFileSync(journal, 'noise'.repeat(2000))
  writeFileSync(`${journal}-wal`, '')
  const notice = (await checksOf()).find(({ name }) => name === 'journal')
  expect(notice).toMatchObject({
    status: 'warning',
    detail: expect.stringMatching(/damaged; nothing in it could be read/),
  })
  const copy = /kept as (\S+)\. /.exec(notice?.detail ?? '')?.[1] ?? ''
  expect(readFileSync(copy, 'utf8')).toContain('noise')
})

it('a message that a program may not have got says so', async () => {
  await site.shell('reader', 'cat')
  await site.json('host', 'status')
  const { id } = (await site.json('nudge', 'reader', 'first words')) as { readonly id: string }
  await shows('reader', 'first words')
  await endHost('SIGKILL')
  const { receipt } = (await site.json('mail', 'show', id)) as { readonly receipt: { readonly status: string } }
  expect(receipt.status).toMatch(/^(submitted|seen|failed)$/)
})
