import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { VerbContext } from '../../../src/cli/context.ts'
import { HANDLERS } from '../../../src/cli/handlers.ts'
import { VERSION } from '../../../src/config/version.ts'
import { VERBS } from '../../../src/core/commands.ts'
import { EXIT } from '../../../src/core/errors.ts'
import { runCommandLine } from '../../harness/command-line.ts'

let cwd = ''

beforeEach(async () => {
  cwd = await realpath(await mkdtemp(join(tmpdir(), 'signalbox-cli-')))
})

afterEach(() => rm(cwd, { recursive: true }))

/** A command line where no host can be reached. */
function run(argv: readonly string[], changes: Partial<VerbContext> = {}) {
  return runCommandLine(argv, { cwd, ...changes })
}

describe('the command line', () => {
  it('has code for every verb of the command table', () => {
    expect(Object.keys(HANDLERS).sort()).toEqual(
      VERBS.map(({ name }) => name)
        .filter((name) => name !== 'role')
        .sort(),
    )
  })

  it.each(VERBS.filter(({ name }) => name !== 'role'))(
    'explains $name with its arguments, options and examples',
    async (verb) => {
      const { exit, stdout } = await run([verb.name, '--help'])
      expect(exit).toBe(EXIT.ok)
      expect(stdout).toContain('--json')
      for (const { name } of verb.arguments) expect(stdout).toContain(name)
      for (const { flags } of verb.options) expect(stdout).toContain(flags)
      for (const example of verb.examples) expect(stdout).toContain(example)
    },
  )

  it('prints its version and its help', async () => {
    expect(await run(['--version'])).toMatchObject({ exit: 0, stdout: `${VERSION}\n`, stderr: '' })
    const { exit, stdout } = await run(['--help'])
    expect(exit).toBe(0)
    for (const { name } of VERBS.filter((verb) => verb.name !== 'role')) expect(stdout).toContain(name)
    expect(stdout).toContain('mayor')
  })

  it.each([
    { argv: ['agnts'], text: /Unknown verb 'agnts'\.\n {2}Did you mean agents\?/ },
    { argv: ['spawn', '--sise', '3'], text: /Unknown option '--sise'\.\n {2}Did you mean --size\?/ },
    { argv: ['peek'], text: /Missing required argument 'session'/ },
    { argv: ['nudge', 'toast', 'one', 'two'], text: /Too many arguments/ },
    { argv: ['nudge', 'toast', '  '], text: /no text/ },
    { argv: ['nudge', 'toast', 'x', '--wait', 'queued'], text: /--wait takes submitted or seen/ },
    { argv: ['nudge', 'toast', 'x', '--timeout', 'soon'], text: /--timeout takes a number of seconds/ },
    { argv: ['wait', 'toast', '--for', 'lunch'], text: /--for takes idle, need, exit or seen/ },
    { argv: ['wait', 'toast', '--message', '01M8'], text: /--message goes with --for seen/ },
    { argv: ['completion', 'tcsh'], text: /completion takes bash, zsh, fish or sessions/ },
    { argv: ['peek', 'toast', '--lines', '0'], text: /--lines takes a whole number from 1/ },
    { argv: ['agents', '--state', 'asleep'], text: /--state takes starting/ },
    { argv: ['answer', 'toast', 'maybe'], text: /"maybe" is not an answer/ },
    { argv: ['answer', 'toast'], text: /There is no answer/ },
    { argv: ['answer', 'toast', '1,,2'], text: /"1,,2" is not an answer/ },
    { argv: ['answer', 'toast', 'allow', '--text', 'x'], text: /--text does not go with allow/ },
    { argv: ['explain'], text: /Missing required argument 'session'/ },
    { argv: ['host', 'restart'], text: /host takes start, stop, status or unit/ },
    { argv: ['mayor', 'greet'], text: /mayor takes attach, start or stop/ },
    { argv: ['spawn', 'extra'], text: /Too many arguments for 'spawn'/ },
    { argv: ['spawn', 'extra', '--', 'tail'], text: /Too many arguments for 'spawn'/ },
    { argv: ['spawn', '--name', 'a b'], text: /"a b" is not a name/ },
    { argv: ['spawn', '--host', 'elsewhere'], text: /--host takes "local"/ },
    { argv: ['spawn', '--size', '10x4'], text: /"10x4" is not a terminal size/ },
    { argv: ['spawn', '--size', '120'], text: /"120" is not a terminal size/ },
    { argv: ['sling', 'x', '.', '--type', 'epic'], text: /--type takes issue, formula or task/ },
    { argv: ['sling', 'x', '.', '--agent', 'a', '--backend', 'b'], text: /contradict/ },
    { argv: ['sling', ' ', '.'], text: /no text/ },
    { argv: ['attach', 'toast'], text: /needs a terminal/ },
    { argv: ['mayor', 'attach'], text: /mayor attach needs a terminal/ },
    { argv: ['demo'], text: /needs a terminal/ },
    { argv: [], text: /The room needs a terminal/ },
  ])('refuses $argv', async ({ argv, text }) => {
    const { exit, stdout, stderr } = await run(argv)
    expect(stderr).toMatch(text)
    expect({ exit, stdout }).toEqual({ exit: EXIT.usage, stdout: '' })
  })

  it('prints failures as one JSON document with --json, wherever it stands', async () => {
    for (const argv of [
      ['--json', 'agents'],
      ['agents', '--json'],
    ]) {
      const { exit, stdout, stderr } = await run(argv)
      expect({ exit, stdout }).toEqual({ exit: EXIT.hostUnreachable, stdout: '' })
      expect(JSON.parse(stderr)).toEqual({
        error: { code: 'host.unreachable', message: expect.any(String), hint: expect.any(String) },
      })
    }
  })

  it('leaves what stands after -- to the program', async () => {
    const { exit, stderr } = await run(['spawn', '--backend', 'shell', '--', 'sh', '--json', '--help'])
    expect({ exit, stderr }).toEqual({
      exit: EXIT.hostUnreachable,
      stderr: expect.stringMatching(/^signalbox: The host/),
    })
  })

  it('opens the room where there is a terminal', async () => {
    expect(await run([], { isTty: true })).toMatchObject({ exit: 0, opened: [{}] })
  })

  it('says that no host runs without starting one', async () => {
    const { exit, stdout } = await run(['host', 'status', '--json'])
    expect(exit).toBe(0)
    expect(JSON.parse(stdout)).toEqual({
      running: false,
      pid: null,
      version: null,
      socket: null,
      sessions: 0,
      uptimeMs: 0,
    })
  })

  it('makes a verb of every role of the town', async () => {
    await mkdir(join(cwd, 'settings'))
    const settings = { type: 'town-settings', version: 1, role_agents: { scribe: 'claude' } }
    await writeFile(join(cwd, 'settings/config.json'), JSON.stringify(settings))
    expect(await run(['scribe', 'start'])).toMatchObject({ exit: EXIT.hostUnreachable })
    expect(await run(['scribes', 'start'])).toMatchObject({
      exit: EXIT.usage,
      stderr: expect.stringContaining('scribe'),
    })
  })

  it('ends quietly when the reader of its output is gone', async () => {
    const broken = {
      write: async () => {
        throw Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })
      },
    }
    expect(await run(['host', 'status'], { stdout: broken })).toMatchObject({ exit: 0, stderr: '' })
  })

  it('says what is wrong when asked to look, and fails', async () => {
    const { exit, stdout } = await run(['doctor', '--json'])
    const { ok, checks } = JSON.parse(stdout)
    expect({ exit, ok }).toEqual({ exit: EXIT.failed, ok: false })
    expect(checks).toContainEqual(expect.objectContaining({ name: 'host', status: 'failed', hint: expect.any(String) }))
  })

  it('ends when the operator ends it', async () => {
    const operator = new AbortController()
    const connect = () => {
      operator.abort()
      return new Promise<never>(() => undefined)
    }
    expect(await run(['agents', '--watch'], { connect, signal: operator.signal })).toMatchObject({ exit: 130 })
  })
})
