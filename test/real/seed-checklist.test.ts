import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { CostReport } from '../../src/core/costs.ts'
import type { Envelope } from '../../src/core/facts.ts'
import type { Delivery, Receipt, ReceiptStatus } from '../../src/core/message.ts'
import type { SessionInfo } from '../../src/core/session.ts'
import type { WorkUnit } from '../../src/core/work.ts'
import { type AgentsSite, openAgentsSite } from '../harness/agents-site.ts'
import { eventually } from '../harness/eventually.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const WORKERS = ['worker-1', 'worker-2', 'worker-3']
const SECONDS = '60'

/** Dollars for a million tokens that the scripted model of Opencode reads and writes. */
const PRICE = { input: 1, output: 2 }

/** The first columns of the table, without the widths that its longest words give them. */
function rows(table: string): readonly string[] {
  return table
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/\s+/).slice(0, 5).join(' '))
}

const sorted = (lines: readonly string[]): readonly string[] => [...lines].sort()

/** A town with a mayor and a refinery on Claude Code and workers on Opencode, all by the command line. */
describe('the checklist', () => {
  let site: AgentsSite
  beforeAll(async () => {
    site = await openAgentsSite()
  })
  afterAll(() => site[Symbol.asyncDispose]())

  const list = async <Value>(...args: readonly string[]): Promise<readonly Value[]> =>
    (await site.json(...args)) as readonly Value[]
  const servers = () => site.agentProcesses().filter((command) => command.includes('opencode serve'))
  const allow = async (name: string): Promise<void> => {
    const { need } = await site.asks(name)
    expect(need).toMatchObject({ kind: 'permission' })
    await site.json('answer', name, 'allow', '--need', String(need?.id))
  }
  /** How a worker was told to call `signalbox`: the programs of Opencode sessions share one environment. */
  const commandOf = async (name: string): Promise<string> => {
    const { resumeId } = await site.agent(name)
    const told = site.lab.model.heard(String(resumeId)).join('\n')
    return /`(SIGNALBOX_IDENTITY=\S+ signalbox) agents`/.exec(told)?.[1] ?? 'nobody was told how'
  }

  it('Spawn single Opencode session', async () => {
    const prompt = 'USAGE 1000 ;; SAY four'
    const session = await site.json('spawn', '--backend', 'opencode', '--name', 'single', '--prompt', prompt)
    expect(session).toMatchObject({ backend: 'opencode', agentName: 'single', state: 'running', pid: null })
    await site.idle('single')
    expect((await site.run('peek', 'single')).stdout).toContain('four')
    expect(servers()).toHaveLength(1)
  })

  it('… and its tokens and cost are those that the model reported, each once, also when all is read again', async () => {
    await site.nudge('single', 'USAGE 2000 ;; SAY four more')
    const { id } = await site.idle('single')
    const spent = { inputTokens: 3000, outputTokens: 4, unpricedTokens: 0 }
    const costUsd = (spent.inputTokens * PRICE.input + spent.outputTokens * PRICE.output) / 1e6
    const costs = async () => ((await site.json('costs')) as CostReport).rows.find(({ key }) => key === id)
    expect(await costs()).toMatchObject({ ...spent, costUsd: expect.closeTo(costUsd, 9) })
    await site.json('stop', 'single')
    await site.json('resume', 'single')
    await site.nudge('single', 'USAGE 500 ;; SAY last')
    await site.idle('single')
    expect(await costs()).toMatchObject({ inputTokens: 3500, outputTokens: 5, unpricedTokens: 0 })
    await site.json('stop', 'single')
  })

  it('Spawn 3 concurrent Opencode sessions', async () => {
    const started = await Promise.all(
      WORKERS.map((name, at) =>
        site.json('sling', `issue-${at + 1}`, 'myproject', '--agent', 'opencode', '--name', name),
      ),
    )
    expect(started).toEqual(WORKERS.map((agentName) => expect.objectContaining({ agentName, state: 'running' })))
    expect(servers()).toHaveLength(1)
  })

  it('Assign work to Opencode session', async () => {
    await site.json('sling', 'issue-4', 'myproject', '--name', 'worker-1', '--message', 'SAY the fourth is mine')
    await site.json('wait', 'worker-1', '--for', 'seen', '--timeout', SECONDS)
    const { workUnits } = await site.idle('worker-1')
    expect((await site.run('peek', 'worker-1')).stdout).toContain('  the fourth is mine')
    expect(workUnits).toMatchObject([
      { id: 'issue-1', status: 'accepted' },
      { id: 'issue-4', status: 'accepted' },
    ])
    expect(await site.json('done', 'it is in', '--work', 'issue-4')).toMatchObject({
      status: 'done',
      result: 'it is in',
    })
  })

  it('Verify `gt agents` shows Opencode sessions', async () => {
    const workers = WORKERS.map((name) => `opencode polecat ${name} myproject running`)
    const [head, ...lines] = rows((await site.run('agents', '--state', 'running')).stdout)
    expect(head).toBe('BACKEND ROLE NAME RIG STATE')
    expect(sorted(lines)).toEqual(sorted(workers))
    for (const each of await list<SessionInfo>('agents', '--role', 'polecat')) {
      expectSessionInfo(each)
      expect(each).toMatchObject({ backend: 'opencode', location: 'local', remoteHost: null, workDir: site.rig })
    }
    expect(await site.json('agents', '--state', 'failed')).toEqual([])
  })

  it('Test mixed Claude + Opencode workflow', async () => {
    const started = await Promise.all([
      site.run('mayor', 'start', '--agent', 'claude'),
      site.runIn(site.rig, 'refinery', 'start', '--agent', 'claude'),
    ])
    expect(started.map(({ code }) => code)).toEqual([0, 0])
    const [, ...lines] = rows((await site.run('agents', '--backend', 'claude')).stdout)
    expect(sorted(lines)).toEqual(['claude mayor - - running', 'claude refinery - myproject running'])
    for (const each of await list<SessionInfo>('agents', '--backend', 'claude')) expectSessionInfo(each)
    expect(site.agentProcesses().filter((command) => command.includes('--session-id'))).toHaveLength(2)
    const everyone = ['mayor', 'refinery', ...WORKERS]
    await Promise.all(everyone.map(site.idle))
    const receipts = await list<Receipt>(
      ...['broadcast', '--state', 'running', 'SAY heard by all', '--wait', 'seen', '--timeout', SECONDS],
    )
    expect(receipts).toHaveLength(everyone.length)
    for (const receipt of receipts) {
      expect(receipt).toMatchObject({ status: 'seen', error: null })
      const times = [receipt.queuedAt, receipt.injectedAt, receipt.submittedAt, receipt.seenAt].map(String)
      expect(times).toEqual(sorted(times))
    }
    await Promise.all(everyone.map(site.idle))
    for (const name of everyone) expect((await site.run('peek', name)).stdout, name).toContain('heard by all')
  })

  it('Test message passing between backends', async () => {
    const command = await commandOf('worker-1')
    const letter = `RUN ${command} mail send mayor/ "SAY the worker has read it" ;; SAY answered`
    writeFileSync(join(site.project, 'letter.txt'), letter)
    const busy = await site.nudge('worker-1', 'SLOW 4')
    await site.nudge('mayor', 'RUN signalbox mail send myproject/worker-1 "$(cat letter.txt)" ;; SAY sent')
    await allow('mayor')
    await allow('worker-1')
    await site.idle('worker-1')
    await site.json('wait', 'mayor', '--for', 'seen', '--timeout', SECONDS)
    await site.idle('mayor')
    expect((await site.run('peek', 'mayor')).stdout).toContain('the worker has read it')
    const letters = await list<Delivery>('mail', 'list', '--all', '--search', 'the worker has read it')
    const passed = letters.filter(({ message }) => message.type === 'mail')
    expect(passed.map(({ message, receipt }) => [message.from, message.to, receipt.status])).toEqual([
      [expect.stringMatching(/\/mayor$/), 'myproject/worker-1', 'seen'],
      ['myproject/worker-1', 'mayor/', 'seen'],
    ])
    const facts = await events()
    const { id } = await site.agent('worker-1')
    const seqOf = (message: string | undefined, status: ReceiptStatus): number => {
      const found = facts.find(
        ({ fact: each }) =>
          each.type === 'message.advanced' && each.receipt.id === message && each.receipt.status === status,
      )
      return found?.seq ?? Number.NaN
    }
    const [begun, came] = [seqOf(busy.id, 'seen'), seqOf(passed[0]?.message.id, 'injected')]
    const rests = facts.filter(({ fact: each }) => 'activity' in each && each.id === id && each.activity === 'idle')
    expect(
      rests.some(({ seq }) => seq > begun && seq < came),
      'it came when the turn had ended',
    ).toBe(true)
  })

  it('Test error handling (spawn failure, work failure)', async () => {
    const before = await site.agents()
    const failed = await site.run('spawn', '--json', '--backend', 'claude', '--', '--session-id', 'not-a-uuid')
    expect(failed.code).toBe(1)
    const { error } = JSON.parse(failed.stderr) as { readonly error: Readonly<Record<string, string>> }
    expect(error).toMatchObject({ code: 'session.exited-early', hint: expect.stringContaining('UUID') })
    const refused = await site.run('spawn', '--json', '--backend', 'opencode', '--dir', '/nowhere')
    expect(refused.code).not.toBe(0)
    expect((await site.agents()).map(({ id }) => id)).toEqual(before.map(({ id }) => id))
    await site.nudge(
      'worker-2',
      `RUN ${await commandOf('worker-2')} fail "the key is missing" ;; SAY it cannot be done`,
    )
    await allow('worker-2')
    const [unit] = await eventually('the failed work', async () => {
      const units = await list<WorkUnit>('work', 'list', '--status', 'failed')
      return units.length > 0 && units
    })
    expect(unit).toMatchObject({ id: 'issue-2', result: 'the key is missing', why: 'myproject/worker-2 says so' })
    await site.idle('worker-2')
  })

  it('… and a name that is taken, not unique, or nobody’s', async () => {
    const taken = await site.run('spawn', '--json', '--backend', 'claude', '--rig', 'myproject', '--name', 'worker-1')
    expect(taken.code).toBe(6)
    expect(JSON.parse(taken.stderr)).toMatchObject({ error: { code: 'session.name-taken' } })
    await site.json('spawn', '--backend', 'shell', '--rig', 'other', '--name', 'worker-1', '--', 'cat')
    const ambiguous = await site.run('peek', '--json', 'worker-1')
    expect(ambiguous.code).toBe(2)
    const { error } = JSON.parse(ambiguous.stderr) as { readonly error: Readonly<Record<string, string>> }
    expect(error).toMatchObject({ code: 'session.ambiguous' })
    expect(error['message']).toContain('myproject/worker-1, other/worker-1')
    expect((await site.run('peek', 'myproject/worker-1')).code).toBe(0)
    await site.json('stop', 'other/worker-1')
    expect((await site.run('peek', 'nobody')).code).toBe(3)
  })

  it('… and what happened is written down, in order, with source and reason', async () => {
    const facts = await events()
    expect(facts.map(({ seq }) => seq)).toEqual(facts.map((_, at) => at + 1))
    const of = <Type extends Envelope['fact']['type']>(type: Type) =>
      facts.flatMap(({ fact }) => (fact.type === type ? [fact as Extract<Envelope['fact'], { type: Type }>] : []))
    const { id } = await site.agent('mayor')
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

  it.each([
    ['claude', 'mayor'],
    ['opencode', 'worker-3'],
  ])('… and a stopped %s session goes on with its conversation', async (backend, name) => {
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

  it('Test session cleanup on termination', async () => {
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

  async function events(): Promise<readonly Envelope[]> {
    const { stdout } = await site.run('events', '--json', '--since', '0')
    return stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Envelope)
  }
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
    restartAt: null,
    cost: nullable(info.cost, expect.any(Number)),
  })
}
