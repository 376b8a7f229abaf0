import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { SessionId } from '../../src/core/ids.ts'
import type { Receipt } from '../../src/core/message.ts'
import type { SessionInfo } from '../../src/core/session.ts'
import { connectAgents } from '../harness/agents-client.ts'
import { type AgentsSite, openAgentsSite } from '../harness/agents-site.ts'
import { eventually } from '../harness/eventually.ts'
import { isRunning } from '../harness/processes.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const WAIT = { deadlineMs: 60_000 }

/** Ends the host as a power cut would, and waits until it is gone. */
async function killHost(site: AgentsSite): Promise<void> {
  const pid = site.hostPid()
  if (pid === undefined) throw new Error('there is no host')
  process.kill(pid, 'SIGKILL')
  await eventually('the host is gone', () => !isRunning(pid))
}

describe('a host that is killed in the middle of the day', () => {
  let site: AgentsSite
  let before: readonly SessionInfo[]
  let queued: Receipt
  const peek = async (name: string): Promise<string> => (await site.run('peek', name, '--lines', '60')).stdout
  const start = (backend: string, name: string, ...more: readonly string[]): Promise<unknown> =>
    site.json('spawn', '--backend', backend, '--name', name, '--rig', 'r', ...more)
  const whenRunning = (name: string): Promise<unknown> =>
    eventually(`${name} runs`, async () => (await site.agent(name)).state === 'running', {
      ...WAIT,
      describe: site.hostLog,
    })

  beforeAll(async () => {
    site = await openAgentsSite()
    await start('claude', 'mara')
    await start('claude', 'carl')
    await start('opencode', 'otto')
    await start('opencode', 'asker')
    await start('shell', 'tail', '--', 'sh', '-c', 'echo the last line; exec cat')
    await site.nudge('mara', 'SAY remembered words')
    await site.idle('mara')
    await site.nudge('asker', 'RUN touch asked-for')
    await site.asks('asker')
    await site.nudge('otto', 'SLOW 8 finished without a host')
    await site.nudge('carl', 'SLOW 600 never said')
    queued = (await site.json('nudge', 'carl', 'SAY it was waiting')) as Receipt
    before = await site.agents()
    await killHost(site)
  })
  afterAll(() => site[Symbol.asyncDispose]())

  it('ends no server, and leaves no agent in a terminal', async () => {
    await eventually(
      'only the server is left',
      () => {
        const left = site.agentProcesses()
        return left.some((each) => each.includes(' serve ')) && !left.some((each) => each.includes('--session-id'))
      },
      { describe: () => site.agentProcesses().join('\n') },
    )
  })

  it('is followed by one that has every session again, under its id and with its conversation', async () => {
    for (const name of ['mara', 'carl', 'otto', 'asker']) await whenRunning(name)
    const after = await site.agents()
    expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id))
    for (const each of before.filter(({ backend }) => backend !== 'shell'))
      expect(after.find(({ id }) => id === each.id)).toMatchObject({
        resumeId: each.resumeId,
        agentName: each.agentName,
        workDir: each.workDir,
        startedAt: each.startedAt,
      })
    await eventually('the earlier prompt', async () => (await peek('mara')).includes('remembered words'), WAIT)
  })

  it('finds the turn of the server still going on, or ended', async () => {
    await eventually('its end', async () => /^ *finished without a host/m.test(await peek('otto')), WAIT)
    expect(await site.idle('otto')).toMatchObject({ need: null })
    expect(site.agentProcesses().filter((each) => each.includes(' serve '))).toHaveLength(1)
  })

  it('shows a permission that was asked for before, and takes the answer', async () => {
    const { need } = await site.asks('asker')
    expect(need, (await site.run('explain', 'asker')).stdout).toMatchObject({ kind: 'permission' })
    await site.json('answer', 'asker', 'allow')
    await site.idle('asker')
  })

  it('delivers what was waiting, once', async () => {
    await eventually('its answer', async () => /^[●•]?\s*it was waiting/m.test(await peek('carl')), WAIT)
    await site.json('wait', 'carl', '--for', 'seen', '--timeout', '60')
    const message = await site.json('mail', 'show', queued.id)
    expect(message).toMatchObject({ receipt: { status: 'seen' } })
    const screen = await peek('carl')
    expect(screen.match(/❯\s+SAY it was waiting/g)).toHaveLength(1)
  })

  it('keeps the last screen of a program that cannot be resumed, and says what to do', async () => {
    const shell = await site.agent('tail')
    expect(shell).toMatchObject({ state: 'stopped', why: 'its host ended; start it again to go on' })
  })

  it('gives an agent again what it took and died with', async () => {
    using link = await connectAgents(site)
    const { id, pid } = await site.agent('carl')
    let seen = 0
    const stop = await link.client.subscribe((update) => {
      const fact = update.type === 'fact' ? update.envelope.fact : undefined
      if (fact?.type !== 'message.advanced' || fact.receipt.status !== 'seen') return
      seen += 1
      if (seen === 1 && pid !== null) process.kill(pid, 'SIGKILL')
    })
    const receipt = await link.client.sendMessage(id as SessionId, { type: 'nudge', body: 'SAY taken to the grave' })
    await eventually('it has ended', async () => (await site.agent('carl')).state === 'failed', WAIT)
    await site.json('resume', 'carl')
    await eventually('its answer', async () => /^[●•]?\s*taken to the grave/m.test(await peek('carl')), WAIT)
    stop()
    await site.idle('carl')
    expect(await site.json('mail', 'show', receipt.id)).toMatchObject({ receipt: { status: 'seen' } })
    const { resumeId } = await site.agent('carl')
    const told = site.lab.model.heard(resumeId ?? '').filter((each) => each.includes('SAY taken to the grave'))
    expect(told).toHaveLength(1)
  })

  it('says of a turn that was cut off that it does not go on, and takes a text for an answer', async () => {
    await site.nudge('mara', 'SLOW 600 never said')
    await eventually('it is at work', async () => (await peek('mara')).includes('esc to interrupt'), WAIT)
    await killHost(site)
    await whenRunning('mara')
    const { need } = await site.asks('mara')
    expect(need).toMatchObject({ kind: 'error', title: 'Its turn was cut off when its host ended' })
    await site.json('answer', 'mara', '--text', 'SAY going on')
    await eventually('the answer', async () => (await peek('mara')).includes('going on'), WAIT)
    expect(await site.idle('mara')).toMatchObject({ need: null })
  })
})
