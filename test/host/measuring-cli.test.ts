import { expect, test } from 'vitest'
import type { CostReport } from '../../src/core/costs.ts'
import { usageOfParts } from '../../src/core/usage.ts'
import { localDay } from '../../src/host/local-day.ts'
import { startTestHost } from '../contract/running-host.ts'
import { type CommandLineEnd, connectionOf, runCommandLine } from '../harness/command-line.ts'
import { eventually } from '../harness/eventually.ts'
import { readPrometheus } from '../harness/prometheus.ts'
import { SAY } from '../harness/stand-in-backend.ts'
import { type StandInHost, startStandInHost } from '../harness/stand-in-host.ts'

type Running = StandInHost['running']

function shell({ connect, workDir: cwd }: Running, ...argv: string[]): Promise<CommandLineEnd> {
  return runCommandLine(argv, { cwd, now: Date.now, connect: async () => connectionOf(await connect()) })
}

/** A command line that goes on, and what it has printed so far. */
function following({ connect, workDir: cwd }: Running, ...argv: string[]) {
  let printed = ''
  const write = async (text: string): Promise<void> => {
    printed += text
  }
  const end = runCommandLine(argv, {
    cwd,
    stdout: { write },
    connect: async () => connectionOf(await connect()),
  })
  return { end, printed: () => printed }
}

test('costs are a table with what is unknown marked, or one document', async () => {
  await using host = await startStandInHost()
  const { running } = host
  expect(await shell(running, 'costs')).toMatchObject({ exit: 0, stdout: 'Nothing was spent.\n', stderr: '' })
  const [one, two] = [await host.spawn('toast'), await host.spawn('nux')]
  const part = { conversation: '', outputTokens: 10, unpricedTokens: 0 }
  one.agent.say({
    type: 'used',
    usage: usageOfParts({}, [
      { ...part, model: 'big', inputTokens: 1000, costUsd: 1.234 },
      { ...part, model: 'new', inputTokens: 500, costUsd: 0, unpricedTokens: 510 },
    ]),
  })
  two.agent.say({ type: 'used', usage: { inputTokens: 7, outputTokens: 1, model: 'new' } })
  const table = await shell(running, 'costs')
  expect(table.stdout.split('\n')).toEqual([
    'SESSION     INPUT  OUTPUT  COST',
    'demo/toast  1500   20      $1.23 + ?',
    'demo/nux    7      1       ?',
    'total       1507   21      $1.23 + ?',
    '',
  ])
  expect(table.stderr).toContain('The price of 518 tokens is not known')
  const today = localDay(Date.now())
  const { stdout } = await shell(running, 'costs', '--by', 'model', '--since', 'today', '--json')
  const report = JSON.parse(stdout) as CostReport
  expect(report).toMatchObject({ by: 'model', since: today, total: { costUsd: 1.234, unpricedTokens: 518 } })
  expect(report.rows).toEqual([
    { key: 'big', name: 'big', inputTokens: 1000, outputTokens: 10, costUsd: 1.234, unpricedTokens: 0 },
    { key: 'new', name: 'new', inputTokens: 507, outputTokens: 11, costUsd: null, unpricedTokens: 518 },
  ])
  expect((await shell(running, 'costs', '--since', '2099-01-01')).stdout).toBe('Nothing was spent since 2099-01-01.\n')
  expect(await shell(running, 'costs', '--since', '2026-13-01')).toMatchObject({ exit: 2, stdout: '' })
  expect(await shell(running, 'costs', '--by', 'planet')).toMatchObject({ exit: 2, stdout: '' })
})

test('metrics are a table, one document, or what Prometheus reads', async () => {
  await using host = await startStandInHost()
  await host.spawn('toast')
  const { stdout: table } = await shell(host.running, 'metrics')
  expect(table).toMatch(/^METRIC +OF +VALUE\n/)
  expect(table).toMatch(/^signalbox_sessions +stand-in running +1$/m)
  expect(table).toMatch(/^signalbox_session_spawn_seconds +stand-in +1 times, p50 [\d.e-]+, p95 [\d.e-]+$/m)
  const { stdout: text } = await shell(host.running, 'metrics', '--prometheus')
  expect(readPrometheus(text).get('signalbox_sessions')?.samples).toEqual([
    { name: 'signalbox_sessions', labels: { backend: 'stand-in', state: 'running' }, value: 1 },
  ])
  const { stdout: json } = await shell(host.running, 'metrics', '--json')
  expect(JSON.parse(json)).toMatchObject({
    metrics: expect.arrayContaining([expect.objectContaining({ type: 'gauge' })]),
  })
})

test('logs print what was said to an agent and what it replied, and follow it to its end', async () => {
  await using host = await startStandInHost()
  const { running } = host
  const session = await host.spawn('toast')
  await running.host.sendMessage(session.id, { type: 'nudge', from: 'mayor/', body: 'count to two' })
  await eventually('the text', () => session.agent.texts.length === 1)
  session.agent.say(SAY.replied('one\n    two\x1b[2J'))
  const { stdout } = await shell(running, 'logs', 'toast')
  expect(stdout.replace(/^\S+Z/gm, 'TIME').split('\n')).toEqual([
    'TIME mayor/',
    '  count to two',
    'TIME agent',
    '  one',
    '      two',
    '',
  ])
  expect((await shell(running, 'logs', 'toast', '--lines', '1')).stdout).toBe('      two\n')
  const follower = following(running, 'logs', 'toast', '--follow', '--json')
  await eventually('the past', () => follower.printed().split('\n').length === 3)
  session.agent.say(SAY.replied('three'))
  await running.host.terminateSession(session.id)
  expect(await follower.end).toMatchObject({ exit: 0 })
  const said = follower
    .printed()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(said).toMatchObject([
    { who: 'mayor/', text: 'count to two' },
    { who: 'agent' },
    { who: 'agent', text: 'three' },
  ])
})

test('logs of a program that does not converse are its output, every line once', async () => {
  await using running = await startTestHost()
  await running.host.spawnSession({
    backend: 'shell',
    agentName: 'counter',
    workDir: running.workDir,
    size: { cols: 80, rows: 10 },
    args: [
      'sh',
      '-c',
      'for i in $(seq 1 30); do echo "line $i"; done; read go; for i in $(seq 31 60); do echo "line $i"; done',
    ],
  })
  const expected = Array.from({ length: 30 }, (_, at) => `line ${at + 1}`)
  await eventually('its output', async () => (await shell(running, 'logs', 'counter')).stdout.includes('line 30\n'))
  expect((await shell(running, 'logs', 'counter')).stdout.trimEnd().split('\n')).toEqual(expected)
  expect((await shell(running, 'logs', 'counter', '--lines', '2')).stdout).toBe('line 29\nline 30\n')
  const follower = following(running, 'logs', 'counter', '--follow')
  await eventually('the past', () => follower.printed().includes('line 29\n'))
  const [session] = await running.host.listSessions()
  running.host.type(session!.id, new TextEncoder().encode('\r'))
  expect(await follower.end).toMatchObject({ exit: 0 })
  const lines = follower
    .printed()
    .split('\n')
    .filter((line) => line.startsWith('line '))
  expect(lines).toEqual(Array.from({ length: 60 }, (_, at) => `line ${at + 1}`))
})
