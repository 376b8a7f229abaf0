import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkCode, checkLength } from './architecture/code-rules.ts'
import { checkImports, checkName, findCycles } from './architecture/layer-rules.ts'
import { readSources, type Source } from './architecture/source-tree.ts'

const root = join(import.meta.dirname, '..')
const sources = readSources(root, 'src')

describe('every file of src/', () => {
  it('is read', () => {
    expect(sources.length).toBeGreaterThan(50)
    expect(sources.some(({ imports }) => imports.length > 0)).toBe(true)
  })

  it('imports only what the arrows allow', () => {
    expect(sources.flatMap((source) => checkImports(source, root))).toEqual([])
  })

  it('is in no cycle of imports', () => {
    expect(findCycles(sources)).toEqual([])
  })

  it('is named after what it is', () => {
    expect(sources.flatMap(checkName)).toEqual([])
  })

  it('is short', () => {
    expect(sources.flatMap(checkLength)).toEqual([])
  })

  it('has short functions with few parameters, no default export, no any, no non-null assertion; core is pure', () => {
    expect(sources.flatMap(checkCode)).toEqual([])
  })
})

const WRONG: Readonly<Record<string, string>> = {
  'src/core/clock.ts':
    "import { join } from 'node:path'\nimport { cli } from '../cli/cli.ts'\nexport const now = () => [Date.now(), new Date(), Math.random(), join(cli)]",
  'src/core/pure.ts': 'export const at = (ms: number) => new Date(ms)',
  'src/cli/cli.ts': "import { late } from '../host/late.ts'\nexport const cli = late",
  'src/host/late.ts': "export const late = 'late'\nexport default late",
  'src/client/one.ts': "import type { two } from './two.ts'\nexport const one: typeof two | 1 = 1",
  'src/client/two.ts': "import { one } from './one.ts'\nexport const two = one",
  'src/backends/a/a.ts': "import { b } from '../b/b.ts'\nexport const a = b",
  'src/backends/b/b.ts': "export const b = 'b'",
  'src/host/utils.ts': "export * from './late.ts'\nexport const f = (a: any, b: 1, c: 1, d: 1) => a![b + c + d]",
  'src/host/Long.ts': `export function long() {${'\n'.repeat(60)}}${'\n'.repeat(240)}export const end = 1`,
  'src/main.ts': "import { late } from './host/late.ts'\nimport './gone.ts'\nexport const main = late",
}

describe('a rule that is broken', () => {
  let folder = ''
  let wrong: readonly Source[] = []

  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'signalbox-rules-')))
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: { allowImportingTsExtensions: true, noEmit: true }, include: ['src'] }),
    )
    for (const [file, text] of Object.entries(WRONG)) {
      await mkdir(dirname(join(folder, file)), { recursive: true })
      await writeFile(join(folder, file), text)
    }
    wrong = readSources(folder, 'src')
  })

  afterAll(() => rm(folder, { recursive: true }))

  it('is found among the imports', () => {
    expect(wrong.flatMap((source) => checkImports(source, folder))).toEqual([
      'src/backends/a/a.ts:1 backends may not import each other (src/backends/b/b.ts)',
      'src/cli/cli.ts:1 cli may not import host (src/host/late.ts)',
      'src/core/clock.ts:1 core is pure and may not import node:path',
      'src/core/clock.ts:2 core may not import cli (src/cli/cli.ts)',
      'src/main.ts:1 main must import src/host/late.ts lazily',
      'src/main.ts:2 imports src/gone.ts, which is no source file',
    ])
    expect(findCycles(wrong)).toEqual(['src/client/one.ts → src/client/two.ts → src/client/one.ts'])
  })

  it('is found in names and lengths', () => {
    expect(wrong.flatMap(checkName)).toEqual([
      'src/host/Long.ts "Long" is not kebab-case',
      'src/host/utils.ts "utils" says nothing',
    ])
    expect(wrong.flatMap(checkLength)).toEqual(['src/host/Long.ts has 301 lines; 300 are the most'])
  })

  it('is found in the code', () => {
    expect(wrong.flatMap(checkCode)).toEqual([
      'src/core/clock.ts:3 core uses Date.now',
      'src/core/clock.ts:3 core reads the clock: new Date()',
      'src/core/clock.ts:3 core uses Math.random',
      'src/host/Long.ts:1 a function of 61 lines; 60 are the most',
      'src/host/late.ts:2 a default export',
      'src/host/utils.ts:1 passes on what another file exports',
      'src/host/utils.ts:2 a function with 4 parameters; 3 are the most',
      'src/host/utils.ts:2 the type any',
      'src/host/utils.ts:2 a non-null assertion',
    ])
  })
})
