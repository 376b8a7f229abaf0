import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Envelope } from '../../src/core/facts.ts'
import type { Receipt } from '../../src/core/message.ts'
import type { SessionInfo } from '../../src/core/session.ts'
import { type AgentsSite, openAgentsSite } from '../harness/agents-site.ts'
import { eventually } from '../harness/eventually.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const WORKERS = ['worker-1', 'worker-2', 'worker-3']
const SECONDS = '60'

/** The first columns of the table, without the widths that its longest words give them. */
function rows(table: string): readonly string[] {
  return table
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/\s+/).slice(0, 5).join(' '))
}

const sorted = (lines: readonly string[]): readonly string[] => [...lines].sort()

describe('a town with a mayor and a refinery on Claude Code and workers on Opencode', () => {
  let site: AgentsSite
  beforeAll(async () => {
    site = await openAgentsSite()
    await site.json('mayor', 'start', '--agent', 'claude')
    await Promise.all(
      WORKERS.map((name, at) =>
        site.json('sling', `issue-${at + 1}`, 'myproject', '--agent', 'opencode', '--name', name),
      ),
    )
    const refinery = await site.runIn(site.rig, 'refinery', 'start', '--agent', 'claude')
    if (refinery.code !== 0) throw new Error(`the refinery did not start: ${refinery.stderr}`)
  })
  afterAll(() => site[Symbol.asyncDispose]())

  it('lists them in one table, by backend, role, name, rig and state', async () => {
    const { stdout } = await site.run('agents')
    const [head, ...lines] = rows(stdout)
    expect(head).toBe('BACKEND ROLE NAME RIG STATE')
    expect(sorted(lines)).toEqual(
      sorted([
        'claude mayor - - running',
        ...WORKERS.map((name) => `opencode polecat ${name} myproject running`),
        'claude refinery - myproject running',
      ]),
    )
  })

  it('gives every field of each session as JSON, for all of them and filtered', async () => {
    const all = await site.agents()
    expect(all).toHaveLength(5)
    for (const each of all) expectSessionInfo(each)
    const [worker] = (await site.json('agents', '--role', 'polecat')) as readonly SessionInfo[]
    expect(worker).toMatchObject({ backend: 'opencode', location: 'local', remoteHost: null, workDir: site.rig })
    expect(worker?.workUnits).toEqual([expect.objectContaining({ id: expect.stringMatching(/^issue-\d$/) })])
    expect(await site.json('agents', '--backend', 'claude', '--rig', 'myproject')).toMatchObject([{ role: 'refinery' }])
    expect(await site.json('agents', '--state', 'failed')).toEqual([])
  })

  it('runs one Opencode server for all workers, and one program for each Claude session', () => {
    const commands = site.agentProcesses()
    expect(commands.filter((command) => command.includes('opencode serve'))).toHaveLength(1)
    expect(commands.filter((command) => command.includes('--session-id'))).toHaveLength(2)
  })

  it('takes a broadcast to the workers, and each of them has seen it', async () => {
    for (const name of WORKERS) await site.idle(name)
    const receipts = (await site.json(
      ...['broadcast', '--role', 'polecat', 'SAY heard by all workers', '--wait', 'seen', '--timeout', SECONDS],
    )) as readonly Receipt[]
    const workers = (await site.agents()).filter(({ role }) => role === 'polecat')
    expect(sorted(receipts.map(({ to }) => to))).toEqual(sorted(workers.map(({ id }) => id)))
    for (const receipt of receipts) {
      expect(receipt).toMatchObject({ status: 'seen', error: null })
      const times = [receipt.queuedAt, receipt.injectedAt, receipt.submittedAt, receipt.seenAt].map(String)
      expect(times).toEqual(sorted(times))
    }
    for (const name of WORKERS) {
      expect(await site.idle(name)).toMatchObject({ agentName: name, activity: 'idle' })
      expect((await site.run('peek', name)).stdout).toContain('heard by all workers')
    }
  })

  it('hands work to a worker that runs already, and tells it in words', async () => {
    await site.json('sling', 'issue-4', 'myproject', '--name', 'worker-1', '--message', 'SAY the fourth is mine')
    await eventually('the answer', async () =>
      (await site.run('peek', 'worker-1')).stdout.includes('  the fourth is mine'),
    )
    const { workUnits } = await site.idle('worker-1')
    expect(workUnits.map(({ id }) => id)).toEqual(expect.arrayContaining(['issue-1', 'issue-4']))
  })

  it('writes down what happened, in order, with source and reason', async () => {
    const { stdout } = await site.run('events', '--json', '--since', '0')
    const facts = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Envelope)
    expect(facts.map(({ seq }) => seq)).toEqual(facts.map((_, at) => at + 1))
    const of = <Type extends Envelope['fact']['type']>(type: Type) =>
      facts.flatMap(({ fact }) => (fact.type === type ? [fact as Extract<Envelope['fact'], { type: Type }>] : []))
    const { id } = await site.agent('mayor')
    expect(of('session.registered').map(({ session }) => session.role)).toHaveLength(5)
    expect(of('session.ready').find((each) => each.id === id)).toMatchObject({
      source: expect.stringMatching(/status-file|hook/),
    })
    for (const each of of('session.activity-changed')) {
      expect(each.why).not.toBe('')
      expect(each.source).not.toBe('')
    }
    expect(of('work.assigned').map(({ workId }) => String(workId))).toEqual(
      expect.arrayContaining(['issue-1', 'issue-2', 'issue-3', 'issue-4']),
    )
  })

  it('refuses a name that is taken, and lists the matches of one that is not unique', async () => {
    const taken = await site.run('spawn', '--json', '--backend', 'claude', '--rig', 'myproject', '--name', 'worker-1')
    expect(taken.code).toBe(6)
    expect(JSON.parse(taken.stderr)).toMatchObject({ error: { code: 'session.name-taken' } })
    await site.json('spawn', '--backend', 'shell', '--rig', 'other', '--name', 'worker-1', '--', 'cat')
    const ambiguous = await site.run('peek', '--json', 'worker-1')
    expect(ambiguous.code).toBe(2)
    const { error } = JSON.parse(ambiguous.stderr) as {
      readonly error: { readonly code: string; readonly message: string }
    }
    expect(error.code).toBe('session.ambiguous')
    expect(error.message).toContain('myproject/worker-1, other/worker-1')
    expect((await site.run('peek', 'myproject/worker-1')).stdout).toContain('the fourth is mine')
    await site.json('stop', 'other/worker-1')
    expect((await site.run('peek', 'nobody')).code).toBe(3)
  })

  it.each([
    ['claude', 'mayor'],
    ['opencode', 'worker-2'],
  ])('resumes a stopped %s session with its conversation', async (backend, name) => {
    await site.nudge(name, 'SAY remembered words')
    const before = await site.idle(name)
    await site.json('stop', name)
    expect(await site.agent(name)).toMatchObject({ state: 'stopped' })
    await site.json('resume', name)
    const after = await site.idle(name)
    expect(after).toMatchObject({ id: before.id, resumeId: before.resumeId, backend, state: 'running' })
    await eventually('the earlier prompt', async () => {
      const { stdout } = await site.run('peek', name)
      return /❯\s+SAY remembered words/.test(stdout) && stdout.split('remembered words').length > 2
    })
    const asked = site.lab.model.requests().length
    expect(await site.nudge(name, 'SAY and more')).toMatchObject({ status: 'seen' })
    await site.idle(name)
    expect(site.lab.model.requests().length).toBeGreaterThan(asked)
    expect((await site.run('peek', name)).stdout).toContain('and more')
  })

  it('stops them all, and nothing is left of them', async () => {
    const live = (await site.agents()).filter(({ state }) => state === 'running')
    const outcomes = await site.json('stop', ...live.map(({ id }) => id))
    expect(outcomes).toEqual(live.map(({ id }) => expect.objectContaining({ id, ok: true, error: null })))
    expect((await site.agents()).map(({ state }) => state)).not.toContain('running')
    expect(site.agentProcesses().filter((command) => command.includes('--session-id'))).toEqual([])
    await site.json('host', 'stop')
    await eventually('no agent is left', () => site.agentProcesses().length === 0, {
      describe: () => site.agentProcesses().join('\n'),
    })
    expect(site.hostPid()).toBeUndefined()
    expect(site.stateFiles().filter((name) => name.endsWith('.sock'))).toEqual([])
  })
})

function expectSessionInfo(info: SessionInfo): void {
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  const nullable = (value: unknown, type: unknown) => (value === null ? null : type)
  expect(info).toEqual({
    id: expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{26}$/),
    backend: expect.stringMatching(/^(claude|opencode)$/),
    role: expect.any(String),
    agentName: expect.any(String),
    rig: expect.any(String),
    state: 'running',
    startedAt: time,
    location: 'local',
    workUnits: expect.any(Array),
    pid: info.backend === 'claude' ? expect.any(Number) : null,
    remoteHost: null,
    activity: expect.stringMatching(/^(working|idle)$/),
    why: expect.any(String),
    source: expect.stringMatching(/^(hook|status-file|server)$/),
    since: time,
    need: null,
    host: expect.any(String),
    resumeId: expect.any(String),
    workDir: expect.any(String),
    branch: nullable(info.branch, expect.any(String)),
    changes: null,
    origin: null,
    cost: nullable(info.cost, expect.any(Number)),
  })
}
