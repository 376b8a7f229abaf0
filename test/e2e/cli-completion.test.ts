import { execFile, execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { VERBS } from '../../src/core/commands.ts'
import { openSite, PROGRAM, type Site } from '../harness/site.ts'

let site: Site
let script = ''
let folder = ''

beforeAll(async () => {
  site = await openSite()
  folder = await mkdtemp(join(tmpdir(), 'sb-completion-'))
  script = join(folder, 'completion.bash')
  await site.shell('toast', 'cat')
  await site.shell('nux', 'cat')
  await writeFile(script, (await site.run('completion', 'bash')).stdout)
}, 60_000)

afterAll(async () => {
  await site[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
}, 60_000)

/** What bash offers for the last word of each of these lines; one bash for all of them. */
async function offeredFor(lines: readonly (readonly string[])[]): Promise<readonly (readonly string[])[]> {
  const quoted = (word: string): string => `'${word}'`
  const program = `signalbox() { '${process.execPath}' '${PROGRAM}' "$@"; }\nsource '${script}'`
  const cases = lines.map((words) => {
    const all = ['signalbox', ...words].map(quoted).join(' ')
    return `COMP_WORDS=(${all}); COMP_CWORD=${words.length}; _signalbox; echo "\${COMPREPLY[*]}"`
  })
  const file = join(folder, 'lines.bash')
  await writeFile(file, ['set -u', program, ...cases].join('\n'))
  const { stdout, stderr } = await promisify(execFile)('bash', [file], { env: { ...site.env } })
  expect(stderr).toBe('')
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' ').filter((word) => word !== ''))
}

const NAMES = ['toast', 'nux', 'project/toast', 'project/nux']

const LINES: readonly (readonly [readonly string[], readonly string[]])[] = [
  [['unp'], ['unpause']],
  [
    ['wait', '--for', ''],
    ['idle', 'need', 'exit', 'seen'],
  ],
  [['mail', 're'], ['resend']],
  [['--json', 'agents', '--state', 'pa'], ['paused']],
  [
    ['host', ''],
    ['start', 'stop', 'status', 'unit'],
  ],
  [['mayor', 'a'], ['attach']],
  [['nudge', '--mode', 'b'], ['boundary']],
  [['wait', '--t'], ['--timeout']],
  [['nudge', 'toast', ''], []],
  [['spawn', '--', 'w'], []],
  [['spawn', '--dir', ''], []],
  [['peek', ''], NAMES],
  [['nudge', '--wait', 'seen', ''], NAMES],
  [['stop', 'project/nux', 'to'], ['toast']],
]

describe('completion in bash', () => {
  test('offers what can stand there: words, options, values and names of sessions', async () => {
    const offered = await offeredFor(LINES.map(([words]) => words))
    expect(offered.map((words, at) => [LINES[at]?.[0], words])).toEqual(LINES)
  })

  test('offers every verb, the role verbs, and every option of a verb', async () => {
    const [verbs = [], flags = []] = await offeredFor([[''], ['sling', 'issue-1', '-']])
    for (const { name } of VERBS) if (name !== 'role') expect(verbs).toContain(name)
    expect(verbs).toEqual(expect.arrayContaining(['mayor', 'witness']))
    const { options } = VERBS.find(({ name }) => name === 'sling')!
    expect(flags).toEqual([...options.map(({ flags: text }) => text.split(' ')[0]), '--json', '--help'])
  })
})

describe.each(['zsh', 'fish'])('completion in %s', (shell) => {
  test.skipIf(!isInstalled(shell))(
    `is a script that ${shell} can read (skipped where it is not installed)`,
    async () => {
      const { stdout } = await site.run('completion', shell)
      const file = join(folder, `completion.${shell}`)
      await writeFile(file, stdout)
      execFileSync(shell, ['-n', file])
    },
  )

  test('names every verb', async () => {
    const { code, stdout } = await site.run('completion', shell)
    expect(code).toBe(0)
    for (const { name } of VERBS) if (name !== 'role') expect(stdout).toContain(name)
  })
})

test('a host is not started for the names of sessions', async () => {
  const env = { ...site.env, SIGNALBOX_STATE: join(folder, 'state') }
  const stdout = execFileSync(process.execPath, [PROGRAM, 'completion', 'sessions', '--json'], {
    env,
    encoding: 'utf8',
  })
  expect(JSON.parse(stdout)).toEqual([])
})

function isInstalled(shell: string): boolean {
  try {
    execFileSync(shell, ['-c', 'true'])
    return true
  } catch {
    // Not on this machine.
    return false
  }
}
