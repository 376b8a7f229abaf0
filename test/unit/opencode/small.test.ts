import { describe, expect, it } from 'vitest'
import { readLaunchOptions } from '../../../src/backends/opencode/launch-options.ts'
import { chosenLabels, keyOf, needFor } from '../../../src/backends/opencode/needs.ts'
import { isScreenReady, screenPlan } from '../../../src/backends/opencode/own-screen.ts'
import { createPromptIds } from '../../../src/backends/opencode/prompt-id.ts'
import { createRestarts } from '../../../src/backends/opencode/restarts.ts'
import { judgeVersion } from '../../../src/backends/opencode/versions.ts'

describe('versions', () => {
  it.each([
    ['1.18.33', 'supported'],
    ['1.17.0', 'supported'],
    ['1.16.9', 'older'],
    ['2.0.0', 'newer'],
    ['dev', 'unreadable'],
  ])('%s is %s', (version, kind) => {
    const verdict = judgeVersion(version)
    expect(verdict.kind).toBe(kind)
    if (verdict.kind !== 'supported') expect(verdict.detail).toMatch(new RegExp(`${version}.*1\\.17`))
  })
})

describe('launch options', () => {
  it('are a model and an agent', () => {
    expect(readLaunchOptions(['--model', 'a/b/c', '--agent=plan'])).toEqual({
      model: { providerID: 'a', modelID: 'b/c' },
      agent: 'plan',
    })
    expect(readLaunchOptions([])).toEqual({})
  })

  it.each([[['--model', 'nope']], [['--model']], [['--port', '1']]])('refuse %j', (args) => {
    expect(() => readLaunchOptions(args)).toThrowError(expect.objectContaining({ code: 'usage.invalid' }))
  })
})

describe('prompt ids', () => {
  it('have the form of the server and grow even when the clock does not', () => {
    const next = createPromptIds()
    const ids = [next(1_795_342_858_662), next(1_795_342_858_662), next(1_795_342_000_000)].map((each) => each.message)
    expect(ids[0]).toMatch(/^msg_202c5f9a6000[0-9A-Za-z]{14}$/)
    expect([...ids].sort()).toEqual(ids)
  })
})

describe('restarts', () => {
  it('come later each time, and never end: without a server its sessions are stuck', () => {
    const restarts = createRestarts()
    const delays = [0, 1, 2, 3, 4, 5, 6].map((at) => restarts.next(at))
    expect(delays).toEqual([200, 1000, 2000, 5000, 10_000, 60_000, 60_000])
    expect(restarts.next(700_000)).toBe(200)
  })
})

describe('needs', () => {
  const permission = {
    kind: 'permission',
    id: 'per_1',
    session: 's',
    permission: 'edit',
    patterns: ['a'],
    always: ['*'],
  } as const

  it('show the whole command or diff, and what always would allow', () => {
    expect(needFor({ ...permission, details: { filepath: '/a', diff: '@@ -1 +1 @@\n+x\n' } })).toMatchObject({
      kind: 'permission',
      title: 'edit',
      body: '@@ -1 +1 @@\n+x',
      always: '*',
      answers: ['allow', 'always', 'deny'],
    })
    const bare = needFor({ ...permission, always: [], details: {} })
    expect(bare).toMatchObject({ body: 'a', answers: ['allow', 'deny'] })
    expect(bare).not.toHaveProperty('always')
  })

  const one = {
    header: 'Colour',
    text: 'Which?',
    options: [
      { label: 'Red', description: 'r' },
      { label: 'Blue', description: '' },
    ],
    isMultiple: false,
    takesText: true,
  }

  it('number the options of a question and ask several one after the other', () => {
    const request = { kind: 'question', id: 'q', session: 's', questions: [one, { ...one, takesText: false }] } as const
    expect(needFor(request, 1)).toMatchObject({
      key: 'q#2',
      title: 'Colour (2 of 2)',
      options: [
        { key: '1', label: 'Red', detail: 'r' },
        { key: '2', label: 'Blue' },
      ],
      answers: ['option', 'deny'],
    })
    expect(keyOf({ ...request, questions: [one] })).toBe('q')
  })

  it('offer all open questions of a request at once', () => {
    const many = { ...one, isMultiple: true }
    const request = { kind: 'question', id: 'q', session: 's', questions: [one, many] } as const
    expect(needFor(request)).toMatchObject({
      key: 'q#1',
      questions: [{ isMulti: false }, { isMulti: true }],
      answers: ['options', 'option', 'text', 'deny'],
    })
    expect(needFor(request, 1)).toMatchObject({ questions: [{ isMulti: true }] })
    expect(needFor({ ...request, questions: [one] })).not.toHaveProperty('questions')
  })

  it('take several options only where the question does', () => {
    expect(chosenLabels(one, '2')).toEqual(['Blue'])
    expect(chosenLabels(one, '1,2')).toBeUndefined()
    expect(chosenLabels({ ...one, isMultiple: true }, '1, 2')).toEqual(['Red', 'Blue'])
    expect(chosenLabels(one, '3')).toBeUndefined()
  })
})

describe("opencode's own screen", () => {
  it('gets the password by its environment only', () => {
    const plan = screenPlan({
      program: '/bin/opencode',
      url: 'http://127.0.0.1:1',
      password: 'secret',
      session: 'ses_1',
      directory: '/p',
      env: { A: '1' },
    })
    expect(plan.args.join(' ')).toBe('attach http://127.0.0.1:1 --session ses_1 --dir /p')
    expect(plan.env).toMatchObject({ A: '1', OPENCODE_SERVER_PASSWORD: 'secret', OPENCODE_SERVER_USERNAME: 'opencode' })
  })

  it('is ready when its prompt or a dialog is there', () => {
    expect(isScreenReady(['', '   tab agents  ctrl+p commands'])).toBe(true)
    expect(isScreenReady(['  ↑↓ select  enter submit  esc dismiss'])).toBe(true)
    expect(isScreenReady(['', ''])).toBe(false)
  })
})
