import { expect, test } from 'vitest'
import { sessionId } from '../../src/core/ids.ts'
import { createProcessClock } from '../harness/process-clock.ts'
import { SAY } from '../harness/stand-in-backend.ts'
import { startStandInHost } from '../harness/stand-in-host.ts'
import { temporaryDirectory } from '../harness/temporary.ts'

test('every change is explained by the raw signal that it came from, over the wire', async () => {
  await using host = await startStandInHost()
  const session = await host.spawn('toast')
  const client = await host.connect()
  const { agent } = session
  agent.say(SAY.working(), { source: 'hook', what: 'PreToolUse', detail: 'tool_name=Bash' })
  agent.hear({ source: 'status-file', what: 'status file', detail: 'status=busy' })
  agent.say(SAY.asks({ key: 'request-1' }), { source: 'hook', what: 'PermissionRequest', detail: 'tool_name=Bash' })
  await client.answer(session.id, session.now().need!.id, { kind: 'allow' })
  agent.say(SAY.idle(), { source: 'hook', what: 'Stop' })
  const { transitions, heard, session: explained } = await client.explain(session.id)
  expect(explained).toEqual(session.now())
  expect(transitions.map(({ became, source, raw }) => [became, source, raw?.what])).toEqual([
    ['starting', 'host', 'spawn'],
    ['ready', 'status-file', 'status file'],
    ['working', 'hook', 'PreToolUse'],
    ['needs you: permission', 'hook', 'PermissionRequest'],
    ['needs you no more', 'host', 'answer allow'],
    ['idle', 'status-file', 'Stop'],
  ])
  expect(heard.map(({ what, detail }) => `${what} ${detail}`.trim())).toEqual([
    'spawn stand-in',
    'status file status=idle',
    'PreToolUse tool_name=Bash',
    'status file status=busy',
    'PermissionRequest tool_name=Bash',
    'answer allow request-1',
    'Stop',
  ])
  const times = transitions.map(({ at }) => at)
  expect(times).toEqual([...times].sort((one, other) => one - other))
})

test('what silence and exits mean is explained as well, and each launch by itself', async () => {
  const clock = createProcessClock()
  await using host = await startStandInHost({ clock })
  const session = await host.spawn('toast')
  const client = await host.connect()
  session.agent.say(SAY.working())
  clock.pass(20 * 60_000)
  await client.terminateSession(session.id)
  await client.resume(session.id)
  const { transitions } = await client.explain(session.id)
  expect(
    transitions.map(({ generation, became, raw }) => `${generation} ${became} < ${raw?.source}: ${raw?.what}`),
  ).toEqual([
    '1 starting < operator: spawn',
    '1 ready < status-file: status file',
    '1 working < status-file: status file',
    '1 needs you: stalled < silence: deadline',
    '1 stopped < process: exit',
    '2 starting again < operator: resume',
    '2 ready < status-file: status file',
  ])
})

test('what an earlier launch says late is not heard', async () => {
  await using host = await startStandInHost()
  const session = await host.spawn('toast')
  await host.running.host.terminateSession(session.id)
  await host.running.host.resume(session.id)
  const before = session.now()
  session.agent.say(SAY.working(), { source: 'hook', what: 'PreToolUse', detail: 'late' })
  expect(session.now()).toEqual(before)
  const { heard } = await host.running.host.explain(session.id)
  expect(heard.filter(({ detail }) => detail === 'late')).toEqual([])
})

test('secrets are not kept, and neither is more than a few dozen signals', async () => {
  await using host = await startStandInHost()
  const { id, agent } = await host.spawn('toast')
  agent.hear({ source: 'hook', what: 'StopFailure', detail: 'invalid x-api-key: sk-ant-api03-AbCdEf_12345' })
  const { heard } = await host.running.host.explain(id)
  expect(JSON.stringify(heard)).not.toContain('AbCdEf')
  for (let count = 0; count < 200; count += 1) {
    const raw = { source: 'hook', what: 'PreToolUse', detail: `n=${count}` } as const
    agent.say(SAY.working(`step ${count}`), raw)
  }
  const later = await host.running.host.explain(id)
  expect(later.heard.length).toBe(60)
  expect(later.heard.at(-1)?.detail).toBe('n=199')
  expect(later.transitions.length).toBe(30)
  expect(later.transitions.map(({ why, raw }) => raw?.detail === why.replace('step ', 'n='))).not.toContain(false)
})

test('after a restart the changes are still known, what they came from is not', async () => {
  using directory = temporaryDirectory()
  {
    await using host = await startStandInHost({ directory })
    const session = await host.spawn('toast')
    session.agent.say(SAY.working())
  }
  await using again = await startStandInHost({ directory })
  const [session] = await again.running.host.listSessions()
  const { transitions, heard } = await again.running.host.explain(session!.id)
  expect(transitions.map(({ became, raw }) => [became, raw])).toEqual([
    ['starting', null],
    ['ready', null],
    ['working', null],
    ['stopped', null],
  ])
  expect(heard).toEqual([])
})

test('who is not there is not explained', async () => {
  await using host = await startStandInHost()
  const client = await host.connect()
  const nobody = sessionId('01ARZ3NDEKTSV4RRFFQ69G5FAV')
  await expect(client.explain(nobody)).rejects.toMatchObject({ code: 'session.not-found' })
})
