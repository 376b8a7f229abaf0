import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, realpath, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ended, runToEnd, startProgram } from './cli-program.ts'

const root = join(import.meta.dirname, '../..')
const oldNode = findOldNode()

/** A Node on PATH that is older than the one the checkout brings. */
function findOldNode(): string | undefined {
  const programs = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'node'))
  return programs.find((program) => {
    if (!existsSync(program)) return false
    const version = Number.parseInt(execFileSync(program, ['-p', 'process.versions.node'], { encoding: 'utf8' }), 10)
    return version >= 20 && version < 24
  })
}

const MAIN = `
import { word } from './word.ts'
const { late } = await import('./late.ts')
const [, , what] = process.argv
if (what === 'wait') {
  process.on('SIGTERM', () => process.exit(9))
  setInterval(() => undefined, 1000)
}
if (what === 'die') process.kill(process.pid, 'SIGKILL')
console.log(JSON.stringify({ word, late, version: process.version, args: process.argv.slice(2) }))
if (what === 'fail') process.exitCode = 7
`

let checkout = ''

beforeEach(async () => {
  checkout = await realpath(await mkdtemp(join(tmpdir(), 'signalbox-entry-')))
  for (const file of ['bin/signalbox.js', 'scripts/build.mjs', 'package.json']) {
    await cp(join(root, file), join(checkout, file))
  }
  await symlink(join(root, 'node_modules'), join(checkout, 'node_modules'))
  await writeSource('main.ts', MAIN)
  await writeSource('word.ts', "export const word: string = 'first'")
  await writeSource('late.ts', "export const late = 'late'")
})

afterEach(() => rm(checkout, { recursive: true }))

async function writeSource(name: string, code: string): Promise<void> {
  await mkdir(join(checkout, 'src'), { recursive: true })
  await writeFile(join(checkout, 'src', name), code)
}

function program(...args: string[]) {
  return { entry: join(checkout, 'bin/signalbox.js'), args, cwd: tmpdir(), env: {} }
}

describe('the entry of a checkout', () => {
  it('builds when there is no build, and not again', async () => {
    const first = await runToEnd(program('a', '--json', '--', 'b c'))
    expect(first).toMatchObject({ exit: 0, stderr: '' })
    expect(JSON.parse(first.stdout)).toMatchObject({ word: 'first', late: 'late', args: ['a', '--json', '--', 'b c'] })
    const built = await stat(join(checkout, 'dist/main.js'))
    await runToEnd(program())
    expect((await stat(join(checkout, 'dist/main.js'))).mtimeMs).toBe(built.mtimeMs)
    expect(await readdir(join(checkout, '.cache'))).toEqual(['compiled'])
  })

  it('builds again when a source changed, and keeps what a running program may still load', async () => {
    await runToEnd(program())
    const before = await readdir(join(checkout, 'dist'))
    await writeSource('word.ts', "export const word: string = 'second'")
    await writeSource('late.ts', "export const late = 'later'")
    const soon = new Date(Date.now() + 1000)
    await utimes(join(checkout, 'src/word.ts'), soon, soon)
    expect(JSON.parse((await runToEnd(program())).stdout)).toMatchObject({ word: 'second', late: 'later' })
    expect(await readdir(join(checkout, 'dist'))).toEqual(expect.arrayContaining(before))
  })

  it('may be started several times at once without a build', async () => {
    const ends = await Promise.all([1, 2, 3].map((each) => runToEnd(program(String(each)))))
    for (const { exit, stdout, stderr } of ends) {
      expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
      expect(JSON.parse(stdout)).toMatchObject({ word: 'first' })
    }
  })

  it('says in one sentence that the build failed', async () => {
    await writeSource('word.ts', 'export const word = (')
    const { exit, stderr } = await runToEnd(program())
    expect(exit).toBe(1)
    expect(stderr).toContain('The build failed')
    expect(existsSync(join(checkout, 'dist'))).toBe(false)
  })

  it('says what to do before anything is installed', async () => {
    await rm(join(checkout, 'node_modules'))
    expect(await runToEnd(program())).toMatchObject({
      exit: 1,
      stderr: 'signalbox is not installed yet: run `npm install` first.\n',
    })
  })

  it('passes on the exit code', async () => {
    expect(await runToEnd(program('fail'))).toMatchObject({ exit: 7 })
  })
})

describe.runIf(oldNode !== undefined)('the entry under an older Node', () => {
  const old = (...args: string[]) => ({ ...program(...args), ...(oldNode === undefined ? {} : { node: oldNode }) })

  it('goes on in the Node that the checkout brings', async () => {
    const { exit, stdout, stderr } = await runToEnd(old('x'))
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({ version: expect.stringMatching(/^v24\./), args: ['x'] })
  })

  it('passes on exit code and signal', async () => {
    expect(await runToEnd(old('fail'))).toMatchObject({ exit: 7, signal: null })
    expect(await runToEnd(old('die'))).toMatchObject({ exit: null, signal: 'SIGKILL' })
  })

  it('forwards the signals that end it', async () => {
    const child = startProgram(old('wait'))
    const lines = createInterface(child.stdout)
    const end = ended(child)
    await new Promise((resolve) => lines.once('line', resolve))
    child.kill('SIGTERM')
    expect(await end).toMatchObject({ exit: 9, signal: null })
  })

  it('says what it needs when there is no other', async () => {
    await rm(join(checkout, 'node_modules'))
    const { exit, stderr } = await runToEnd(old())
    expect({ exit, stderr }).toEqual({ exit: 1, stderr: expect.stringMatching(/^signalbox [^\n]+\n$/) })
  })
})
