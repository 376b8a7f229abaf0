import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { agentEnvironment } from '../../src/host/environment.ts'

const ROOT = join(import.meta.dirname, '../..')
const SECURITY = readFileSync(join(ROOT, 'docs/SECURITY.md'), 'utf8')
const LIMITS = readFileSync(join(ROOT, 'docs/limits.md'), 'utf8')

/** The rows of every table: cells without the spaces around them. */
function rowsOf(text: string): readonly (readonly string[])[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('|--'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
}

const inCode = (text: string): readonly string[] => [...text.matchAll(/`([^`]+)`/g)].flatMap(([, code]) => code ?? [])

describe('docs/SECURITY.md', () => {
  test('names for each threat a test that exists', () => {
    const rows = rowsOf(SECURITY).filter((cells) => cells.length === 3 && cells[2] !== 'shown by')
    expect(rows.length).toBeGreaterThan(20)
    const missing = rows.filter(([, , shown = '']) => {
      const files = inCode(shown)
      return files.length === 0 || !files.every((file) => file.startsWith('test/') && existsSync(join(ROOT, file)))
    })
    expect(missing).toEqual([])
  })

  test('names exactly the variables that agents do not get', () => {
    const [prefixes, names] = ['begins with', 'is called'].map((start) => {
      const line = SECURITY.split('\n').find((each) => each.startsWith('| ') && each.includes(start))
      return inCode(line ?? '')
    }) as [readonly string[], readonly string[]]
    const all = [...prefixes.map((prefix) => `${prefix}X`), ...names]
    const kept = agentEnvironment(Object.fromEntries([...all, 'ANYTHING_ELSE'].map((name) => [name, 'mine'])))
    expect(Object.entries(kept).filter(([, value]) => value === 'mine')).toEqual([['ANYTHING_ELSE', 'mine']])
    const source = readFileSync(join(ROOT, 'src/host/environment.ts'), 'utf8').split('type Environment')[0] ?? ''
    const inSource = [...source.matchAll(/'([A-Za-z_]+)'/g)].flatMap(([, name]) => name ?? [])
    expect([...inSource].sort()).toEqual([...prefixes, ...names].sort())
  })
})

describe('docs/limits.md', () => {
  const rows = rowsOf(LIMITS).filter(([first]) => first !== 'what')

  test('has a row for each limit', () => expect(rows.length).toBeGreaterThan(30))

  test.each(rows)('%s: %s', (_, limit = '', constant = '', __, shown = '') => {
    const [file = '', name = ''] = inCode(constant)
    const source = readFileSync(join(ROOT, file), 'utf8')
    const value =
      name === 'scrollback'
        ? /scrollback: options\.scrollback \?\? (\d+)/.exec(source)?.[1]
        : new RegExp(`const ${name} = ([\\d_ *+-]+)`).exec(source)?.[1]
    expect(productOf(value ?? '')).toBe(Number(limit.replaceAll(' ', '')))
    expect(inCode(shown).filter((test) => !existsSync(join(ROOT, test)))).toEqual([])
  })
})

/** The value of `128 * 1024 - 1`. */
function productOf(text: string): number {
  const [product = '', less = '0'] = text.replaceAll('_', '').split('-')
  return product.split('*').reduce((value, factor) => value * Number(factor), 1) - Number(less)
}
