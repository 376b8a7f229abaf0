import { expect, test } from 'vitest'
import type { ErrorCode } from '../../src/core/errors.ts'
import type { Explanation } from '../../src/core/explain.ts'
import type { NeedQuestion } from '../../src/core/need.ts'
import { type CommandLineEnd, connectionOf, runCommandLine } from '../harness/command-line.ts'
import { SAY } from '../harness/stand-in-backend.ts'
import { type StandInHost, startStandInHost } from '../harness/stand-in-host.ts'

/** Runs a verb as another program would: over a connection of its own. */
async function run({ running, connect }: StandInHost, ...argv: readonly string[]): Promise<CommandLineEnd> {
  const context = { cwd: running.workDir, now: Date.now, hostName: running.host.hostName }
  return runCommandLine(argv, { ...context, connect: async () => connectionOf(await connect()) })
}

/** The document that a verb prints. */
async function json(host: StandInHost, ...argv: readonly string[]) {
  const { exit, stdout, stderr } = await run(host, ...argv, '--json')
  if (exit !== 0) throw new Error(`${argv.join(' ')} ended with ${exit}: ${stderr}`)
  return JSON.parse(stdout)
}

/** How a verb that was refused ended, and what it said. */
async function refusal(host: StandInHost, ...argv: readonly string[]) {
  const { exit, stdout, stderr } = await run(host, ...argv, '--json')
  expect(stdout).toBe('')
  return {
    exit,
    ...(JSON.parse(stderr).error as {
      readonly code: ErrorCode
      readonly message: string
      readonly hint: string
    }),
  }
}

const options = ['tests', 'docs', 'lint'].map((label, at) => ({ key: String(at + 1), label }))
const question: NeedQuestion = { title: 'Scope', body: 'What next?', options, isMulti: false, takesText: true }
const FORM = SAY.asks({
  key: 'request-1',
  kind: 'question',
  title: 'Question',
  questions: [question, { ...question, title: 'Parts', isMulti: true }],
  answers: ['options', 'deny'],
})

test('answer gives what was typed to the agent, and prints the session after it', async () => {
  await using host = await startStandInHost()
  const { agent } = await host.spawn('toast')
  agent.say(SAY.asks())
  expect(await json(host, 'answer', 'toast', 'deny', '--text', 'use the linter')).toMatchObject({
    agentName: 'toast',
    need: null,
  })
  agent.say(FORM)
  expect((await run(host, 'answer', 'demo/toast', '/1,3', '--text', 'my way')).stdout).toMatch(/^demo\/toast {2}/)
  expect(agent.answers.map(({ answer }) => answer)).toEqual([
    { kind: 'deny', text: 'use the linter' },
    { kind: 'options', keys: [[], ['1', '3']], texts: ['my way', ''] },
  ])
})

test('answer that does not fit says what does, and changes nothing', async () => {
  await using host = await startStandInHost()
  const { agent, now } = await host.spawn('toast')
  agent.say(FORM)
  const before = now()
  expect(await refusal(host, 'answer', 'toast', '1')).toEqual({
    exit: 2,
    code: 'usage.invalid',
    message: 'demo/toast was not answered: question 2: nothing is chosen for "Parts".',
    hint: 'This question takes 1-3/1-3 (several with commas), --text TEXT or deny.',
  })
  expect(await refusal(host, 'answer', 'toast', 'allow')).toMatchObject({ exit: 2, code: 'usage.invalid' })
  expect(agent.answers).toEqual([])
  expect(now()).toEqual(before)
})

test('answer is refused for safety when the need is another one, or none', async () => {
  await using host = await startStandInHost()
  const { agent, now } = await host.spawn('toast')
  agent.say(SAY.asks({ key: 'request-1' }))
  await json(host, 'answer', 'toast', 'allow', '--need', now().need!.id)
  agent.say(SAY.asks({ key: 'request-2' }))
  const { need } = await json(host, 'wait', 'toast', '--for', 'need')
  agent.say(SAY.asks({ key: 'request-3' }))
  const gone = await refusal(host, 'answer', 'toast', 'allow', '--need', need.id)
  expect(gone).toMatchObject({ exit: 6, code: 'need.gone' })
  agent.say(SAY.idle())
  expect(await refusal(host, 'answer', 'toast', 'allow')).toMatchObject({ exit: 6, code: 'need.gone' })
  expect(agent.answers.map(({ key }) => key)).toEqual(['request-1'])
})

test('answer to a dialog that only its own screen takes is refused', async () => {
  await using host = await startStandInHost()
  const { agent } = await host.spawn('toast')
  agent.say(SAY.asks({ kind: 'login', answers: [] }))
  expect(await refusal(host, 'answer', 'toast', 'allow')).toMatchObject({ exit: 6, code: 'need.unanswerable' })
  expect(agent.answers).toEqual([])
})

test('explain says what a session is, who says so, since when, and what that came from', async () => {
  await using host = await startStandInHost()
  const { id, agent } = await host.spawn('toast')
  agent.say(SAY.working(), { source: 'hook', what: 'PreToolUse', detail: 'tool_name=Bash' })
  agent.say(SAY.asks(), { source: 'hook', what: 'PermissionRequest' })
  const { exit, stdout } = await run(host, 'explain', 'toast')
  const lines = stdout.split('\n')
  expect(exit).toBe(0)
  expect(lines[0]).toBe('demo/toast  running, waiting; needs you: permission (Bash)')
  expect(lines[1]).toMatch(/^permission: Bash, says the agent's own hook; for \d+s$/)
  expect(lines[3]).toMatch(/^WHEN +AGE +BECAME +SOURCE +WHY +HEARD FROM$/)
  expect(stdout).toMatch(
    /\d\d:\d\d:\d\d +\d+s +working +the agent's own hook +running npm test +hook: PreToolUse tool_name=Bash\n/,
  )
  expect(stdout).toMatch(/HEARD LATELY\n/)
  expect(lines.filter((line) => line.includes('hook: PermissionRequest')).length).toBe(2)
  const explained = await json(host, 'explain', id.slice(0, 26))
  const { transitions, heard } = explained as Pick<Explanation, 'transitions' | 'heard'>
  expect(Object.keys(explained)).toEqual(['session', 'settingsNotes', 'transitions', 'heard'])
  expect(explained.session).toMatchObject({
    id,
    activity: 'waiting',
    need: { kind: 'permission' },
    since: expect.any(String),
  })
  expect(transitions.at(-2)).toEqual({
    seq: expect.any(Number),
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    generation: 1,
    became: 'working',
    source: 'hook',
    why: 'running npm test',
    raw: { at: expect.stringMatching(/Z$/), source: 'hook', what: 'PreToolUse', detail: 'tool_name=Bash' },
  })
  expect(heard.map(({ what }) => what)).toEqual(['spawn', 'status file', 'PreToolUse', 'PermissionRequest'])
})

test('explain keeps what an agent says from the terminal', async () => {
  await using host = await startStandInHost()
  const { agent } = await host.spawn('toast')
  agent.say(SAY.working('evil \x1b]0;title\x07 \u202e why'), { source: 'hook', what: '\x1b[2J', detail: 'a\nb' })
  const { stdout } = await run(host, 'explain', 'toast')
  expect(stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/)
})

test('explain of nobody is an error', async () => {
  await using host = await startStandInHost()
  expect(await refusal(host, 'explain', 'nobody')).toMatchObject({ exit: 3, code: 'session.not-found' })
})

test('events says in words when, who, what, by whose word and why; as JSON it prints the facts', async () => {
  await using host = await startStandInHost()
  const { id, agent } = await host.spawn('toast')
  await host.spawn('other')
  agent.say(SAY.working())
  agent.say(SAY.asks())
  const { exit, stdout } = await run(host, 'events', 'toast')
  expect(exit).toBe(0)
  const lines = stdout.trimEnd().split('\n')
  expect(lines.at(-2)).toMatch(/^\d+ {2}\d{4}-\S+Z {2}demo\/toast {2}working {2}hook {2}running npm test$/)
  expect(lines.at(-1)).toMatch(/demo\/toast {2}asks: permission {2}hook {2}Bash, rm -rf dist$/)
  expect(stdout).not.toContain('demo/other')
  const facts = (await run(host, 'events', 'toast', '--json')).stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(facts.map(({ fact }) => fact.session?.id ?? fact.id)).toEqual(facts.map(() => id))
  expect(facts.at(-1)).toEqual({ seq: expect.any(Number), at: expect.any(Number), fact: expect.anything() })
})
