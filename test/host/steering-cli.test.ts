import { expect, test } from 'vitest'
import type { Receipt } from '../../src/core/message.ts'
import type { SessionInfo } from '../../src/core/session.ts'
import { connectionOf, runCommandLine } from '../harness/command-line.ts'
import { SAY } from '../harness/stand-in-backend.ts'
import { type StandInHost, startStandInHost } from '../harness/stand-in-host.ts'

function run({ running, connect }: StandInHost, ...argv: readonly string[]) {
  const context = { cwd: running.workDir, now: Date.now, hostName: running.host.hostName }
  return runCommandLine(argv, { ...context, connect: async () => connectionOf(await connect()) })
}

async function json<Value>(host: StandInHost, ...argv: readonly string[]): Promise<Value> {
  const { exit, stdout, stderr } = await run(host, ...argv, '--json')
  if (exit !== 0) throw new Error(`${argv.join(' ')} ended with ${exit}: ${stderr}`)
  return JSON.parse(stdout) as Value
}

test('pause and unpause take several sessions, and say what became of each', async () => {
  await using host = await startStandInHost()
  const toast = await host.spawn('toast')
  const nux = await host.spawn('nux')
  nux.agent.say(SAY.working())
  const { exit, stdout, stderr } = await run(host, 'pause', 'toast', 'nobody', 'demo/nux')
  expect({ exit, stdout }).toEqual({ exit: 3, stdout: 'paused  demo/toast\npaused  demo/nux\n' })
  expect(stderr).toContain('No session is called "nobody"')
  const [, table] = (await run(host, 'agents')).stdout.split(/(?=stand-in)/)
  expect(table).toMatch(/toast +demo +paused +idle/)
  expect(await json(host, 'agents', '--state', 'paused')).toHaveLength(2)
  expect(await json(host, 'unpause', 'toast', 'nux')).toEqual([
    { id: toast.id, name: 'demo/toast', ok: true, error: null },
    { id: nux.id, name: 'demo/nux', ok: true, error: null },
  ])
  expect(nux.now()).toMatchObject({ state: 'running', activity: 'working' })
})

test('the receipt of a message says why it waits, in the mailbox too', async () => {
  await using host = await startStandInHost()
  const { agent } = await host.spawn('toast')
  agent.say(SAY.working())
  expect((await run(host, 'nudge', 'toast', 'one')).stdout).toMatch(/queued .+ the agent is in a turn\n$/)
  await run(host, 'pause', 'toast')
  const receipt = await json<Receipt>(host, 'nudge', 'toast', 'two')
  expect(receipt).toMatchObject({ status: 'queued', hold: 'the session is paused' })
  expect((await run(host, 'mail', 'show', receipt.id)).stdout).toContain('queued (the session is paused), 0 tries')
  expect(await json(host, 'mail', 'list', '--all')).toMatchObject([
    { receipt: { hold: 'the session is paused' } },
    { receipt: { id: receipt.id, hold: 'the session is paused' } },
  ])
})

test('wait does not end while a message is still to make the session work, to whichever name it was sent', async () => {
  await using host = await startStandInHost()
  await host.spawn('toast')
  expect(await json(host, 'wait', 'toast')).toMatchObject({ activity: 'idle' })
  await run(host, 'pause', 'toast')
  await json(host, 'mail', 'send', 'demo/toast', 'one')
  expect((await run(host, 'wait', 'toast', '--timeout', '0.05', '--json')).exit).toBe(7)
})

test('wait --for seen ends when all messages that are on their way are seen, later ones aside', async () => {
  await using host = await startStandInHost()
  const { agent } = await host.spawn('toast')
  agent.say(SAY.working())
  expect(await json(host, 'wait', 'toast', '--for', 'seen')).toMatchObject({ agentName: 'toast' })
  const first = await json<Receipt>(host, 'nudge', 'toast', 'one')
  await json(host, 'mail', 'send', 'demo/toast', 'two')
  const waiting = json<SessionInfo>(host, 'wait', 'toast', '--for', 'seen')
  const one = json<SessionInfo>(host, 'wait', 'toast', '--for', 'seen', '--message', first.id.slice(0, 26))
  const late = await run(host, 'wait', 'toast', '--for', 'seen', '--timeout', '0.05', '--json')
  expect(late.exit).toBe(7)
  agent.say(SAY.idle())
  expect(await one).toMatchObject({ activity: 'idle' })
  await waiting
  expect(agent.texts).toEqual(['one', expect.stringContaining('two')])
})

test('wait --for seen fails when the message will never be seen, or is for somebody else', async () => {
  await using host = await startStandInHost()
  const { agent } = await host.spawn('toast')
  await host.spawn('nux')
  agent.say(SAY.working())
  const { id } = await json<Receipt>(host, 'nudge', 'toast', 'one')
  const waiting = run(host, 'wait', 'toast', '--for', 'seen', '--message', id, '--json')
  const other = await run(host, 'wait', 'nux', '--for', 'seen', '--message', id)
  expect(other).toMatchObject({ exit: 2, stderr: expect.stringContaining('is not for demo/nux') })
  await json(host, 'mail', 'cancel', id)
  const { exit, stderr } = await waiting
  expect({ exit, code: JSON.parse(stderr).error.code }).toEqual({ exit: 1, code: 'message.unseen' })
})

test('fork prints the new session, and refuses a name that is taken', async () => {
  await using host = await startStandInHost()
  const { id } = await host.spawn('toast')
  expect(await json(host, 'fork', 'toast', '--prompt', 'go another way')).toMatchObject({
    agentName: 'toast-fork',
    origin: id,
    state: 'running',
  })
  const taken = await run(host, 'fork', 'toast', '--name', 'toast')
  expect(taken).toMatchObject({ exit: 6, stderr: expect.stringContaining('already taken') })
})

test('broadcast --dry-run lists who would get it, and sends nothing', async () => {
  await using host = await startStandInHost()
  const toast = await host.spawn('toast', { role: 'polecat' })
  await host.spawn('nux')
  const shown = await run(host, 'broadcast', '--role', 'polecat', '--dry-run', 'hear')
  expect(shown.stdout).toMatch(/toast/)
  expect(shown.stdout).not.toMatch(/nux/)
  const infos = await json<readonly SessionInfo[]>(host, 'broadcast', '--dry-run', 'hear')
  expect(infos.map(({ agentName }) => agentName)).toEqual(['toast', 'nux'])
  expect(toast.agent.texts).toEqual([])
  expect(host.running.facts.fleet.deliveries).toEqual({})
})

test('mail is waited for like a nudge, and goes in as its mode says', async () => {
  await using host = await startStandInHost()
  const { agent } = await host.spawn('toast')
  const seen = await json<Receipt>(host, 'mail', 'send', 'demo/toast', 'one', '--wait', 'seen')
  expect(seen.status).toBe('seen')
  agent.say(SAY.working())
  expect(
    await json<Receipt>(host, 'mail', 'send', 'demo/toast', 'two', '--mode', 'now', '--wait', 'seen'),
  ).toMatchObject({
    status: 'seen',
  })
  const late = await run(host, 'mail', 'send', 'demo/toast', 'three', '--wait', 'seen', '--timeout', '0.05')
  expect(late.exit).toBe(7)
})
