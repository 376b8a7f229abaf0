import { execFileSync } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { branchName, freePlace, isWithin } from '../../src/host/worktree-place.ts'

let root = ''

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'sb-names-')))
})

afterAll(() => rmSync(root, { recursive: true }))

const hostile = fc.oneof(
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom(...'./\\~^:?*[@{-lock \0\n') }),
  fc.constantFrom('..', '../..', '/etc', 'a/../../b', '.git', 'x.lock', '@', '-rf', '', '.', 'HEAD', 'con', 'a..b'),
)

describe('whatever a role, agent or work is called', () => {
  it('its branch is a name that git takes', () => {
    const names = fc.sample(fc.tuple(hostile, hostile, hostile), 100).map((parts) => branchName(...parts))
    for (const name of names) expect(name).toMatch(/^[\w.-]+\/[\w.-]+\/[\w.-]+$/)
    for (const name of new Set(names)) execFileSync('git', ['check-ref-format', `refs/heads/${name}`])
  }, 60_000)

  it('its worktree is two folders below the root, and nowhere else', () => {
    fc.assert(
      fc.property(hostile, hostile, (rig, name) => {
        const place = freePlace(root, { rig, name, id: '01ARZ3NDEKTSV4RRFFQ69G5FAV' })
        expect(place.startsWith(`${root}/`)).toBe(true)
        expect(place.slice(root.length + 1).split('/')).toHaveLength(2)
        expect(place).not.toMatch(/\/\.|\0/)
      }),
    )
  })

  it('a path that leads out of the root is not within it', () => {
    for (const path of [root, join(root, 'a'), '/', '/etc', join(root, '..', 'x', 'y'), `${root}x/a/b`])
      expect(isWithin(root, path)).toBe(false)
  })
})
