import { expect, test } from 'vitest'
import { connectHost } from '../../src/client/connect.ts'
import { workId } from '../../src/core/ids.ts'
import type { SessionInfo } from '../../src/core/session.ts'
import type { WorkUnit } from '../../src/core/work.ts'
import { TEST_VERSION } from '../contract/running-host.ts'
import { connectionOf, runCommandLine } from '../harness/command-line.ts'
import { openPoolLab, type PoolLab } from '../harness/pool-lab.ts'

/** Command lines against the lab's host, from within a session when its environment is given. */
function shell(lab: PoolLab, env: Readonly<Record<string, string>> = {}) {
  const { paths, workDir } = lab.running
  const { SIGNALBOX_SESSION: session, SIGNALBOX_TOKEN: token } = env
  const identity =
    session === undefined || token === undefined
      ? {}
      : { identity: { session: lab.session(session as never).id, token } }
  let ids = 0
  const run = (...argv: string[]) =>
    runCommandLine(argv, {
      cwd: workDir,
      env,
      now: Date.now,
      newId: () => {
        ids += 1
        return `01ARZ3NDEKTSV4RRFFQ69G5FA${ids}`
      },
      connect: async () => connectionOf(await connectHost({ paths, version: TEST_VERSION, ...identity })),
    })
  const json = async <Value>(...argv: string[]): Promise<Value> => {
    const { exit, stdout, stderr } = await run(...argv, '--json')
    if (exit !== 0) throw new Error(stderr)
    return JSON.parse(stdout) as Value
  }
  return { run, json }
}

const ONE = ['--backend', 'one']

test('sling starts a session, uses it again when it is idle, and queues beyond the limit; a dry run says which', async () => {
  await using lab = await openPoolLab({ pool: { limits: { one: 1 } } })
  const { run, json } = shell(lab)
  const dry = () => json<{ action: string }>('sling', 'issue-9', '.', ...ONE, '--dry-run')
  expect(await dry()).toMatchObject({ action: 'spawn', why: 'one, because you asked for it' })
  const { stdout, stderr } = await run('sling', 'issue-1', '.', ...ONE)
  expect({ stdout, stderr }).toEqual({
    stdout: expect.stringMatching(/^project\/\w+ .+ one polecat {2}running/),
    stderr: 'one, because you asked for it.\n',
  })
  await lab.until('issue-1', ({ status }) => status === 'accepted')
  expect(await dry()).toMatchObject({ action: 'queue', held: '1 of 1 one sessions are there already' })
  const queued = await json<WorkUnit>('sling', 'issue-2', '.', ...ONE, '--batch', 'friday', '--priority', '3')
  expect(queued).toMatchObject({ id: 'issue-2', status: 'queued', batch: 'friday', priority: 3 })
  await run('done', 'it is green', '--work', 'issue-1')
  await lab.until('issue-2', ({ status }) => status === 'accepted')
  await run('done', '--work', 'issue-2')
  expect(await dry()).toMatchObject({ action: 'assign', session: lab.live()[0]?.id })
  expect(await json<SessionInfo>('sling', 'issue-3', '.', ...ONE)).toMatchObject({ id: lab.live()[0]?.id })
  await run('pool', 'drain')
  expect(await dry()).toMatchObject({ action: 'queue', held: 'the pool is draining' })
  expect(lab.live()).toHaveLength(1)
  expect(lab.unit('issue-1')).toMatchObject({ result: 'it is green' })
})

test('sling says why nothing came of work that cannot be started', async () => {
  await using lab = await openPoolLab({ pool: { limits: { one: 0 } } })
  const { run } = shell(lab)
  const end = await run('sling', 'issue-1', '.', ...ONE)
  expect(end.stdout).toBe('issue-1  queued  1st in line: waits for a free one session (0 of 0)\n')
  expect((await run('work', 'cancel', 'issue-1')).stdout).toBe('issue-1  cancelled  the operator says so\n')
})

test('work is listed, shown, handed over, cancelled and queued again', async () => {
  await using lab = await openPoolLab({ pool: { limits: { one: 1 } } })
  const { run, json } = shell(lab)
  expect((await run('work', 'list')).stdout).toMatch(/^There is no work/)
  await run('sling', 'issue-1', '.', ...ONE, '--type', 'issue')
  await lab.until('issue-1', ({ status }) => status === 'accepted')
  await run('sling', 'issue-2', '.', ...ONE, '--batch', 'friday')
  const [head, first, second] = (await run('work', 'list')).stdout.split('\n').map((line) => line.split(/ {2,}/))
  expect(head).toEqual(['ID', 'TYPE', 'STATUS', 'PRIORITY', 'RIG', 'SESSION', 'ATTEMPTS', 'WHY', 'AGE'])
  expect(first?.slice(0, 8)).toEqual([
    ...['issue-2', 'task', 'queued', '0', 'project', '-', '0', '1st in line: waits for a free one session (1 of 1)'],
  ])
  expect(second?.slice(0, 5)).toEqual(['issue-1', 'issue', 'accepted', '0', 'project'])
  expect((await json<WorkUnit[]>('work', 'list', '--batch', 'friday')).map(({ id }) => id)).toEqual(['issue-2'])
  expect((await run('work', 'show', 'issue-2')).stdout).toMatch(/^status +queued$/m)
  const next = await json<SessionInfo>('spawn', '--backend', 'two', '--name', 'nux')
  expect(await json<WorkUnit>('work', 'assign', 'issue-2', 'nux', '--note', 'begin here')).toMatchObject({
    sessionId: next.id,
    why: 'handed over from the queue to project/nux: begin here',
  })
  expect(await json<WorkUnit>('work', 'cancel', 'issue-1')).toMatchObject({ status: 'cancelled' })
  expect((await json<WorkUnit[]>('work', 'list')).map(({ id }) => id)).toEqual(['issue-2'])
  expect(await json<WorkUnit[]>('work', 'list', '--all')).toHaveLength(2)
  await run('work', 'retry', 'issue-1')
  expect(lab.unit('issue-1')).toMatchObject({ attempts: 1 })
  expect((await run('work', 'rebalance')).stdout).toBe('Nothing could be moved.\n')
  for (const [argv, text] of [
    [['work', 'show', 'nothing'], /No work has the id "nothing"/],
    [['work', 'sell'], /work takes list, show/],
    [['work', 'cancel'], /argument 2 is missing/i],
    [['pool', 'paint'], /pool takes drain or resume/],
    [['done'], /Outside a session --work says/],
  ] as const) {
    expect((await run(...argv)).stderr).toMatch(text)
  }
})

test('the pool is shown with what holds it back', async () => {
  await using lab = await openPoolLab()
  const { run } = shell(lab)
  await run('sling', 'issue-1', '.', ...ONE)
  const { stdout } = await run('pool', 'drain')
  expect(stdout.split('\n').map((line) => line.split(/ +/).slice(0, 4).join(' '))).toEqual([
    'BACKEND LIVE LIMIT IDLE',
    'one 1 10 0',
    'two 0 10 0',
    'Draining: it gives out',
    '0 in the queue.',
    '',
  ])
  expect((await run('pool', 'resume')).stdout).not.toContain('Draining')
})

test('an agent says that its own work is done or cannot be done, and nothing about that of others', async () => {
  await using lab = await openPoolLab()
  const [one, other] = [await lab.queue('gt-1', { rig: 'a' }), await lab.queue('gt-2', { rig: 'b' })]
  const inside = shell(lab, lab.agent(one.sessionId!).request.env)
  expect(await inside.json<WorkUnit>('done', 'it works')).toMatchObject({
    id: 'gt-1',
    status: 'done',
    result: 'it works',
  })
  expect(lab.unit('gt-1').why).toMatch(/^a\/\w+ says so$/)
  expect((await inside.run('done')).stderr).toMatch(/has no open work/)
  const foreign = await inside.run('fail', 'too hard', '--work', 'gt-2')
  expect(foreign.stderr).toMatch(/does not have work "gt-2"; nothing was changed/)
  for (const verb of [
    ['work', 'cancel', 'gt-2'],
    ['work', 'assign', 'gt-2', one.sessionId!],
  ])
    expect((await inside.run(...verb)).stderr).toMatch(/does not have work/)
  for (const verb of [
    ['work', 'retry', 'gt-2'],
    ['pool', 'drain'],
  ])
    expect((await inside.run(...verb)).stderr).toMatch(/may not ask for/)
  expect(lab.unit('gt-2').sessionId).toBe(other.sessionId)
  await shell(lab, lab.agent(other.sessionId!).request.env).run('fail', 'too hard')
  expect(lab.unit('gt-2')).toMatchObject({ status: 'failed', result: 'too hard' })
  expect(lab.running.facts.fleet.work[workId('gt-2')]?.sessionId).toBe(other.sessionId)
})

test('a list of a batch ends with how far all of it is, the ended work that it does not show included', async () => {
  await using lab = await openPoolLab({ pool: { limits: { one: 1 } } })
  const { run, json } = shell(lab)
  for (const id of ['issue-1', 'issue-2', 'issue-3']) await run('sling', id, '.', ...ONE, '--batch', 'friday')
  await run('sling', 'other', '.', ...ONE)
  await lab.until('issue-1', ({ status }) => status === 'accepted')
  const last = async () => (await run('work', 'list', '--batch', 'friday')).stdout.trimEnd().split('\n').at(-1)
  expect(await last()).toBe('Batch friday: 2 queued, 1 at work, 0 done, 0 failed of 3.')
  await run('pool', 'drain')
  await run('done', '--work', 'issue-1')
  await run('work', 'cancel', 'issue-2')
  expect(await last()).toBe('Batch friday: 1 queued, 0 at work, 1 done, 0 failed, 1 cancelled of 3.')
  expect((await json<WorkUnit[]>('work', 'list', '--batch', 'friday')).map(({ id }) => id)).toEqual(['issue-3'])
  await run('work', 'cancel', 'issue-3')
  expect((await run('work', 'list', '--batch', 'friday')).stdout).toBe(
    'Batch friday: 0 queued, 0 at work, 1 done, 0 failed, 2 cancelled of 3.\n',
  )
  expect((await run('work', 'list', '--batch', 'monday')).stdout).toMatch(/^There is no work/)
})

test('a payload is told to the agent and kept with the work; one that is none changes nothing', async () => {
  await using lab = await openPoolLab()
  const { run } = shell(lab)
  for (const [payload, text] of [
    ['{"branch":', /--payload is not a JSON object; nothing was started/],
    ['[1]', /--payload is not a JSON object; nothing was started/],
    ['{"work":"x"}', /"work" in --payload is the work itself; nothing was started/],
  ] as const) {
    const { exit, stderr } = await run('sling', 'issue-1', '.', ...ONE, '--payload', payload)
    expect({ exit, stderr }).toEqual({ exit: 2, stderr: expect.stringMatching(text) })
  }
  expect(lab.running.facts.fleet.work).toEqual({})
  const payload = { branch: 'main', steps: [1, 2], long: 'x'.repeat(1000) }
  await run('sling', 'issue-1', '.', ...ONE, '--message', 'Fix it', '--payload', JSON.stringify(payload))
  const { sessionId } = await lab.until('issue-1', ({ status }) => status === 'accepted')
  expect(lab.unit('issue-1').payload).toEqual({ ...payload, work: 'issue-1' })
  expect(lab.agent(sessionId!).texts).toEqual([`Fix it\nbranch: main\nsteps: [1,2]\nlong: ${'x'.repeat(493)}…`])
})
