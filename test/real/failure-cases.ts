import { expect, it } from 'vitest'
import type { Fact } from '../../src/core/facts.ts'
import { BOTH, type Name, type Pair } from './pair.ts'

/** What goes wrong, and what goes on behind a turn. */
export function failureCases(pair: () => Pair): void {
  const of = (name: Name) => pair().of(name)
  /** The next prompt ends what the last turn left. */
  const recovers = async (name: Name): Promise<void> => {
    await of(name).nudge(`SAY better now, ${name}`)
    await of(name).becomes('it is well', ({ lastReply }) => lastReply === `better now, ${name}`)
    expect(await of(name).rests()).not.toHaveProperty('need')
  }
  const facts = async (name: Name): Promise<readonly Fact[]> =>
    (await pair().agents.client.history(of(name).id, 100)).map(({ fact }) => fact)
  const did = async (name: Name): Promise<readonly string[]> =>
    (await facts(name)).flatMap((fact) =>
      fact.type === 'session.activity-changed' ? [`${fact.activity}: ${fact.why}`] : [],
    )

  it.each(BOTH)('%s: a refused request is an error that the next prompt ends', async (name) => {
    const need = await of(name).asks('FAIL 400')
    expect(need).toMatchObject({ kind: 'error', body: expect.stringContaining('answers 400'), isAfterTurn: true })
    await of(name).becomes('idle', ({ activity }) => activity === 'idle')
    expect(of(name).now().need?.id).toBe(need.id)
    await recovers(name)
  })

  it.each(BOTH)('%s: a refused login is a need to log in, with the prompt free', async (name) => {
    const need = await of(name).asks('FAIL 401')
    expect(need).toMatchObject({ kind: 'login', body: expect.stringContaining('401'), isAfterTurn: true })
    await of(name).becomes('idle', ({ activity }) => activity === 'idle')
    await recovers(name)
  })

  it('ada: a rate limit says until when, and is no error', async () => {
    const need = await of('ada').asks('FAIL 429 99 limit resets 3pm (UTC)')
    expect(need).toMatchObject({ kind: 'limited', title: 'rate limit, until 3pm (UTC)' })
    expect(need.body).toContain('429')
    await recovers('ada')
  })

  it('ada: an overload that lasts is a limit as well', async () => {
    expect(await of('ada').asks('FAIL 529')).toMatchObject({ kind: 'limited' })
    await recovers('ada')
  })

  it('otto: tries again by itself, and is limited from the third time on', async () => {
    const otto = of('otto')
    const need = await otto.asks('FAIL 529')
    expect(need).toMatchObject({ kind: 'limited', answers: [] })
    expect(need.body).toMatch(/answers 529\nAttempt 3 failed; opencode tries again by itself, next at \d\d:\d\d:\d\d\./)
    expect(otto.now()).toMatchObject({ activity: 'working' })
    expect(await did('otto')).toContainEqual(expect.stringMatching(/^working: retrying in \d+ s: .*529/))
    const again = await otto.needs('the next attempt', ({ body }) => body.includes('Attempt 4'))
    expect(again.id).toBe(need.id)
    await pair().agents.client.interrupt(otto.id)
    await otto.rests()
    await recovers('otto')
  })

  it('otto: words answer what a failed turn left', async () => {
    const need = await of('otto').asks('FAIL 400')
    await pair().site.json('answer', 'otto', '--text', 'SAY right then')
    await of('otto').becomes('it goes on', ({ lastReply }) => lastReply === 'right then')
    await of('otto').rests()
    await expect(of('otto').answer(need.id, { kind: 'text', text: 'late' })).rejects.toMatchObject({
      code: 'need.gone',
    })
  })

  it('ada: works while a shell or a subagent runs behind its turn', async () => {
    const ada = of('ada')
    const shell = { command: 'sleep 3', description: 'Wait a while', run_in_background: true }
    await ada.nudge(`TOOL Bash ${JSON.stringify(shell)} ;; SAY it runs`)
    await ada.becomes('its turn is over', ({ lastReply }) => lastReply === 'it runs')
    const behind = await ada.becomes('a shell runs', ({ isTurnOver }) => isTurnOver === true)
    expect(behind).toMatchObject({ activity: 'working', why: 'in the background: Wait a while' })
    await ada.becomes('it has heard of the end', ({ lastReply }) => /^noted: .*Wait a while/.test(lastReply ?? ''))
    await ada.rests()
    await ada.nudge('TASK SLOW 2 // SAY looked')
    await ada.becomes('a subagent works', ({ why }) => why === 'in the background: Look into one part')
    expect(ada.now().activity).toBe('working')
    await ada.becomes('it has heard of the end', ({ lastReply }) => /^noted: .*Look into/.test(lastReply ?? ''))
    await ada.rests()
  })

  it('otto: works while its sub-agent does', async () => {
    await of('otto').nudge('TASK SLOW 2 // SAY looked')
    await of('otto').becomes('a sub-agent works', ({ why }) => why.startsWith('sub-agent: '))
    expect(of('otto').now().activity).toBe('working')
    await of('otto').rests()
  })

  it('ada: says that it compacts the conversation', async () => {
    const ada = of('ada')
    ada.type('/compact')
    await ada.shows(/❯ \/compact/)
    ada.type('\r')
    await ada.becomes('it has compacted', ({ why }) => why === 'compacted the conversation')
    await ada.rests()
    expect(await did('ada')).toContain('working: compacting the conversation')
    await recovers('ada')
  })

  it('ada: an end that nobody asked for is a need with its last words, which a resume ends', async () => {
    const ada = of('ada')
    const { pid } = ada.now()
    process.kill(pid!, 'SIGKILL')
    const need = await ada.needs('its end', ({ kind }) => kind === 'exited')
    expect(need.body).toContain('better now, ada')
    expect(ada.now()).toMatchObject({ state: 'failed', source: 'process' })
    await pair().agents.client.resume(ada.id)
    expect(await ada.rests()).toMatchObject({ state: 'running', generation: 2 })
    await recovers('ada')
  })

  it('a program that ends with an error is a need as well', async () => {
    const failing = await pair().agents.start({
      backend: 'shell',
      agentName: 'failing',
      args: ['sh', '-c', 'read go; exit 3'],
    })
    failing.type('\r')
    const need = await failing.needs('its end', ({ kind }) => kind === 'exited')
    expect(need.title).toContain('3')
    expect(failing.now()).toMatchObject({ state: 'failed', exit: { code: 3 } })
  })
}
