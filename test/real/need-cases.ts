import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Need } from '../../src/core/need.ts'
import { eventually } from '../harness/eventually.ts'
import { BOTH, type Name, type Pair } from './pair.ts'

/** What each agent calls the tools that ask, and how it writes their input. */
const TOOLS = {
  ada: { ask: 'AskUserQuestion', several: 'multiSelect' },
  otto: { ask: 'question', several: 'multiple' },
} as const

/** A dialog of Claude Code takes no key in its first moment, so that none that was meant for the prompt answers it. */
const takesKeys = ({ raisedAt }: Need) => eventually('the dialog takes keys', () => Date.now() - raisedAt > 1000)

const option = (label: string) => ({ label, description: `It is ${label}` })

/** Each kind of need that the agents can be made to show, answered by each channel. */
export function needCases(pair: () => Pair): void {
  const of = (name: Name) => pair().of(name)
  /** Answers by the command line. */
  const answers = async (name: Name, ...words: readonly string[]): Promise<void> => {
    await pair().site.json('answer', name, ...words)
  }
  const ask = (name: Name, ...questions: readonly object[]): string =>
    `TOOL ${TOOLS[name].ask} ${JSON.stringify({ questions })}`
  const question = (name: Name, header: string, labels: readonly string[], isSeveral = false) => ({
    header,
    question: `${header}, which?`,
    options: labels.map(option),
    [TOOLS[name].several]: isSeveral,
  })

  it.each(BOTH)('%s: a permission shows the whole command and runs it when it is allowed', async (name) => {
    const command = `env touch allowed-${name}.txt && echo ${'a-long-command '.repeat(12)}ends-here`
    const need = await of(name).asks(`RUN ${command}`)
    expect(need).toMatchObject({ kind: 'permission', body: command, options: [], answers: ['allow', 'always', 'deny'] })
    expect(need.title).toMatch(/^bash$/i)
    expect(need.always).toBeTruthy()
    expect(of(name).now()).toMatchObject({ activity: 'waiting', why: expect.stringMatching(/^permission: bash$/i) })
    expect(pair().agents.inProject(`allowed-${name}.txt`)).toBe(false)
    await answers(name, 'allow')
    expect(await of(name).rests()).not.toHaveProperty('need')
    expect(pair().agents.inProject(`allowed-${name}.txt`)).toBe(true)
  })

  it.each(BOTH)('%s: a denied command is not run, and the model gets to know why', async (name) => {
    await of(name).asks(`RUN env touch denied-${name}.txt ;; SAY all right`)
    await answers(name, 'deny', '--text', 'use the other directory')
    await of(name).rests()
    expect(pair().agents.inProject(`denied-${name}.txt`)).toBe(false)
    expect(of(name).said()).toContain('use the other directory')
    expect(of(name).now().lastReply).toBe('all right')
    await of(name).asks(`RUN env touch denied-too-${name}.txt`)
    await answers(name, 'deny')
    await of(name).rests()
    expect(pair().agents.inProject(`denied-too-${name}.txt`)).toBe(false)
  })

  it.each(BOTH)('%s: a change of a file shows what would be written', async (name) => {
    const need = await of(name).asks(`WRITE ${pair().site.project}/letter-${name}.txt first line\\nsecond line`)
    expect(need).toMatchObject({ kind: 'permission', title: expect.stringMatching(/^(write|edit)$/i) })
    expect(need.body).toContain(`letter-${name}.txt`)
    expect(need.body).toMatch(/^\+ ?first line\n\+ ?second line/m)
    await answers(name, 'deny')
    await of(name).rests()
    expect(pair().agents.inProject(`letter-${name}.txt`)).toBe(false)
  })

  it.each(BOTH)('%s: a question takes one of its options, or own words', async (name) => {
    const need = await of(name).asks('ASK Which colour? | Red: like fire | Blue: like ice')
    expect(need).toMatchObject({ kind: 'question', body: 'Which colour?', answers: ['option', 'text', 'deny'] })
    expect(need.options).toEqual([
      { key: '1', label: 'Red', detail: 'like fire' },
      { key: '2', label: 'Blue', detail: 'like ice' },
    ])
    await answers(name, '2')
    await of(name).becomes('it has heard', ({ lastReply }) => lastReply?.includes('Blue') === true)
    await of(name).rests()
    await of(name).asks('ASK Which shape? | Round | Square')
    await answers(name, '--text', 'Triangular')
    await of(name).becomes('it has heard', ({ lastReply }) => lastReply?.includes('Triangular') === true)
    await of(name).rests()
  })

  it.each(BOTH)('%s: a question takes several of its options', async (name) => {
    const need = await of(name).asks(ask(name, question(name, 'Fruit', ['Apple', 'Pear', 'Plum'], true)))
    expect(need.answers).toContain('options')
    expect(need.questions).toMatchObject([{ title: 'Fruit', body: 'Fruit, which?', isMulti: true, takesText: true }])
    await answers(name, '1,3')
    await of(name).rests()
    expect(of(name).said()).toMatch(/Apple,\s*Plum/)
  })

  it.each(BOTH)('%s: several questions are answered together', async (name) => {
    const need = await of(name).asks(
      ask(name, question(name, 'Size', ['Small', 'Large']), question(name, 'Make', ['Wood', 'Steel'])),
    )
    expect(need.questions?.map(({ title, options }) => [title, options.map(({ label }) => label)])).toEqual([
      [expect.stringContaining('Size'), ['Small', 'Large']],
      [expect.stringContaining('Make'), ['Wood', 'Steel']],
    ])
    await answers(name, '2/1')
    await of(name).rests()
    expect(of(name).said()).toMatch(/Large[\s\S]*Wood/)
  })

  it.each(BOTH)('%s: an answer to a prompt that has changed is refused, and nothing is typed', async (name) => {
    const first = await of(name).asks(`RUN env touch first-${name}.txt ;; RUN env touch second-${name}.txt`)
    await of(name).answer(first.id, { kind: 'deny', text: 'not this' })
    const second = await of(name).needs('the next prompt', ({ id }) => id !== first.id)
    expect(second.body).toContain('second')
    await expect(of(name).answer(first.id, { kind: 'allow' })).rejects.toMatchObject({ code: 'need.gone' })
    const late = await pair().site.run('answer', '--json', name, 'allow', '--need', first.id)
    expect(JSON.parse(late.stderr)).toMatchObject({ error: { code: 'need.gone' } })
    expect(of(name).now().need?.id).toBe(second.id)
    expect(pair().agents.inProject(`first-${name}.txt`) || pair().agents.inProject(`second-${name}.txt`)).toBe(false)
    await of(name).answer(second.id, { kind: 'deny' })
    await of(name).rests()
    expect(pair().agents.inProject(`second-${name}.txt`)).toBe(false)
  })

  it.each(BOTH)('%s: refuses an answer that its prompt does not take', async (name) => {
    const need = await of(name).asks(`RUN env touch refused-${name}.txt`)
    const wrong = of(name).answer(need.id, { kind: 'option', key: '1' })
    await expect(wrong).rejects.toMatchObject({ code: 'need.unanswerable' })
    expect((await pair().site.run('answer', name, '1')).code).toBe(2)
    expect(of(name).now().need?.id).toBe(need.id)
    await answers(name, 'deny')
    await of(name).rests()
  })

  it('ada: a permission and a question answered on their own screen go away', async () => {
    const ada = of('ada')
    const permission = await ada.asks('RUN env touch typed.txt ;; ASK Which way? | Left | Right')
    await ada.shows(/❯ 1\. Yes/)
    await takesKeys(permission)
    ada.type('1')
    const asked = await ada.needs('the question', ({ kind }) => kind === 'question')
    expect(pair().agents.inProject('typed.txt')).toBe(true)
    await expect(ada.answer(permission.id, { kind: 'deny' })).rejects.toMatchObject({ code: 'need.gone' })
    await ada.shows(/1\. Left[\s\S]*2\. Right[\s\S]*Enter to select/)
    await takesKeys(asked)
    ada.type('2')
    await ada.becomes('it has heard', ({ lastReply }) => lastReply?.includes('Right') === true)
    await ada.rests()
    const history = await pair().agents.client.history(ada.id, 200)
    const outcomes = history.flatMap(({ fact }) => (fact.type === 'session.need-cleared' ? [fact] : []))
    expect(outcomes.slice(-2)).toMatchObject([
      { needId: permission.id, outcome: 'answered-elsewhere' },
      { needId: asked.id, outcome: 'answered-elsewhere' },
    ])
  })

  it.each(BOTH)('%s: what is always allowed is not asked again', async (name) => {
    const need = await of(name).asks(`RUN touch always-${name}-1.txt`)
    await answers(name, 'always')
    await of(name).rests()
    await of(name).nudge(`RUN touch always-${name}-1.txt always-${name}-2.txt ;; SAY done always`)
    await of(name).becomes('it has run', ({ lastReply }) => lastReply === 'done always')
    expect(pair().agents.inProject(`always-${name}-2.txt`)).toBe(true)
    const raised = (await pair().agents.client.history(of(name).id, 40)).flatMap(({ fact }) =>
      fact.type === 'session.need-raised' ? [fact.need.id] : [],
    )
    expect(raised.at(-1)).toBe(need.id)
  })

  it('a plan of Claude Code is shown, sent back with a reason, and approved', async () => {
    const planner = await pair().agents.start({
      backend: 'claude',
      agentName: 'planner',
      args: ['--permission-mode', 'plan'],
    })
    await planner.rests()
    const plan = (text: string) => `TOOL ExitPlanMode ${JSON.stringify({ plan: text })}`
    const first = await planner.asks(`${plan('# First\n- guess')} ;; SAY I will think again`)
    expect(first).toMatchObject({ kind: 'plan', title: 'Plan', answers: expect.arrayContaining(['allow', 'deny']) })
    expect(first.body).not.toBe('')
    await pair().site.json('answer', 'planner', 'deny', '--text', 'look at the tests first')
    await planner.rests()
    expect(planner.said()).toContain('look at the tests first')
    await planner.asks(`${plan('# Second\n- look, then act')} ;; SAY off I go`)
    await pair().site.json('answer', 'planner', 'allow')
    await planner.becomes('it goes', ({ lastReply }) => lastReply === 'off I go')
    await planner.rests()
    await pair().agents.client.terminateSession(planner.id, { isForced: true })
  })

  it('the trust dialog of Claude Code can only be answered on its own screen', async () => {
    const workDir = await mkdtemp(join(tmpdir(), 'signalbox-untrusted-'))
    try {
      const stranger = await pair().agents.start({ backend: 'claude', agentName: 'stranger', workDir })
      const need = await stranger.needs('the dialog', ({ answers }) => answers.length === 0)
      expect(need).toMatchObject({ title: 'Trust this folder?', options: [] })
      expect(need.body).toContain(workDir)
      expect(stranger.now()).toMatchObject({ activity: 'waiting', source: 'screen' })
      await expect(stranger.answer(need.id, { kind: 'allow' })).rejects.toMatchObject({ code: 'need.unanswerable' })
      await stranger.shows(/Yes, I trust/)
      await takesKeys(need)
      stranger.type('\x1b[B')
      await stranger.shows(/❯ (1\. )?Yes/)
      stranger.type('\r')
      expect(await stranger.rests()).not.toHaveProperty('need')
      await pair().agents.client.terminateSession(stranger.id, { isForced: true })
    } finally {
      await rm(workDir, { recursive: true, force: true })
    }
  })
}
