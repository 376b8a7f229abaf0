import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')

/** Files that start programs, and why: the arguments always go as they are, never through a shell. */
const STARTS_PROGRAMS: Readonly<Record<string, string>> = {
  'src/backends/claude/health.ts': 'asks the program for its version',
  'src/backends/opencode/noted-server.ts': 'asks ps for a command line where there is no /proc',
  'src/backends/opencode/program.ts': 'asks the program for its version',
  'src/backends/opencode/server.ts': 'the one server of opencode',
  'src/client/start-host.ts': 'the host, as this same program',
  'src/config/trust-origin.ts': 'asks git whether it tracks a settings file',
  'src/host/git.ts': 'git',
  'src/host/hook-run.ts': "the operator's own command for needs",
  'src/host/set-up.ts': "the operator's own command for new worktrees",
}

/** Files in which a shell gets a text, and whose text it is. */
const GIVES_TEXT_TO_A_SHELL: Readonly<Record<string, string>> = {
  'src/config/inherited-files.ts': 'a fixed text; what is started goes as arguments',
  'src/demo/run.ts': "the demo's own script",
  'src/host/set-up.ts': 'set_up of the settings, which count only when the operator wrote or trusts them',
}

const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'))
  .map((file) => ({ path: `src/${file.replaceAll('\\', '/')}`, text: readFileSync(join(ROOT, 'src', file), 'utf8') }))

const having = (pattern: RegExp): readonly string[] =>
  files
    .filter(({ text }) => pattern.test(text))
    .map(({ path }) => path)
    .sort()

describe('the code', () => {
  test('starts programs only in these places', () => {
    const found = having(/^import (?!type\b).*from 'node:child_process'/m)
    expect(found).toEqual(Object.keys(STARTS_PROGRAMS).sort())
  })

  test('never gives a command line to a shell, but for these', () => {
    const imported = files.flatMap(({ text }) => /import \{([^}]*)\} from 'node:child_process'/.exec(text)?.[1] ?? [])
    const names = imported.flatMap((list) => list.split(',').map((name) => name.trim().replace(/^type /, '')))
    const allowed = ['spawn', 'execFile', 'execFileSync', 'ChildProcess', 'ChildProcessByStdio']
    expect(names.filter((name) => name !== '' && !allowed.includes(name))).toEqual([])
    const starting = files.filter(({ path }) => STARTS_PROGRAMS[path] !== undefined)
    expect(starting.filter(({ text }) => /\bshell:/.test(text)).map(({ path }) => path)).toEqual([])
    expect(having(/'-c',\s*[A-Za-z]/)).toEqual(Object.keys(GIVES_TEXT_TO_A_SHELL).sort())
  })

  test('runs no text as code', () => {
    expect(having(/\beval\(|\bnew Function\(|from 'node:vm'/)).toEqual([])
  })

  test('listens on loopback and on its own socket only', () => {
    const listening = files.flatMap(({ path, text }) =>
      text
        .split('\n')
        .filter((line) => /\.listen\(/.test(line))
        .map((line) => `${path}: ${line.trim()}`),
    )
    const own = /'127\.0\.0\.1'|server\.listen\(socket\)|claim\.listen\(/
    expect(listening.filter((line) => !own.test(line))).toEqual([])
  })
})
