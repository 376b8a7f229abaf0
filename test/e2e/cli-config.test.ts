import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CliLab, errorOf, openCliLab } from './cli-lab.ts'

const FIXTURES = join(import.meta.dirname, '../fixtures/settings')

let lab: CliLab

beforeAll(async () => {
  lab = await openCliLab()
  await put('settings/config.json', 'town.json')
  await put('api/settings/config.json', 'rig.json')
})

afterAll(() => lab[Symbol.asyncDispose]())

async function put(file: string, fixture: string): Promise<void> {
  await mkdir(dirname(join(lab.folder, file)), { recursive: true })
  await copyFile(join(FIXTURES, fixture), join(lab.folder, file))
}

describe('config validate', () => {
  it('takes both files of the design without a warning', async () => {
    const { exit, stdout, stderr } = await lab.run('config', 'validate')
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
    expect(stdout).toBe(`ok       ${lab.folder}/settings/config.json\nok       ${lab.project}/settings/config.json\n`)
  })

  it('ends with 2, and says where and what was expected', async () => {
    const file = join(lab.folder, 'wrong.json')
    await writeFile(file, '{\n"type": "town-settings",\n"version": 1,\n"pool": { "limits": {\n"claude": "ten" } }\n}')
    const { exit, stdout } = await lab.run('config', 'validate', 'settings/config.json', '../wrong.json')
    expect(exit).toBe(2)
    expect(stdout).toMatch(/ok .*api\/settings\/config\.json\nFAILED .*wrong\.json:5: "pool\.limits\.claude": .*number/)
    const missing = await lab.run('config', 'validate', 'nowhere.json')
    expect([missing.exit, missing.stdout]).toEqual([
      2,
      expect.stringContaining('nowhere.json:1: there is no such file'),
    ])
  })

  it('warns of what has no effect and ends with 0', async () => {
    const file = join(lab.folder, 'odd.json')
    await writeFile(file, '{\n"type": "rig-settings",\n"version": 1,\n"colour": "red"\n}')
    const document = await lab.json('config', 'validate', file)
    expect(document).toEqual({
      ok: true,
      files: [{ file, ok: true, errors: [], warnings: [`${file}:4: unknown key "colour" has no effect`] }],
    })
  })
})

describe('config show and explain', () => {
  it('say which line each setting comes from', async () => {
    const { stdout, stderr } = await lab.run('config', 'show')
    expect(stdout).toMatch(/agent +opencode +settings\/config\.json:4/)
    expect(stdout).toContain(`${lab.folder}/settings/config.json:4`)
    expect(stderr).toMatch(/api\/settings\/config\.json:11: .*gastown\.js, which does not exist/)
    const document = await lab.json('config', 'show')
    expect(document).toMatchObject({ rig: 'api', directory: lab.project })
  })

  it('say what won for a role, and what it overrides', async () => {
    const { exit, stdout } = await lab.runWith({ cwd: lab.folder }, 'config', 'explain', 'polecat', 'api')
    expect(exit).toBe(0)
    expect(stdout).toMatch(/^backend +opencode +\(agent in .* says so for rig api, api\/settings\/config\.json:4\)$/m)
    expect(stdout).toMatch(/^ +not opencode \(settings\/config\.json:10\)$/m)
    expect(stdout).toMatch(/^restart +never +\(the default\)$/m)
  })

  it('refuse a role that nobody has heard of', async () => {
    const ended = await lab.run('--json', 'config', 'explain', 'pilot')
    expect([ended.exit, errorOf(ended).code]).toEqual([2, 'role.unknown'])
  })
})

describe('config sync-instructions', () => {
  it('copies what is missing or unchanged, and never overwrites', async () => {
    const [claude, agents] = [join(lab.project, 'CLAUDE.md'), join(lab.project, 'AGENTS.md')]
    const sync = () => lab.run('--json', 'config', 'sync-instructions')
    await writeFile(claude, 'one\n')
    expect(JSON.parse((await sync()).stdout)).toMatchObject({ action: 'copied', from: 'CLAUDE.md', to: 'AGENTS.md' })
    expect(await readFile(agents, 'utf8')).toBe('one\n')
    await writeFile(agents, 'two\n')
    expect(JSON.parse((await sync()).stdout)).toMatchObject({ action: 'copied', from: 'AGENTS.md', to: 'CLAUDE.md' })
    expect(await readFile(claude, 'utf8')).toBe('two\n')
    expect(JSON.parse((await sync()).stdout)).toMatchObject({ action: 'nothing' })
    await Promise.all([writeFile(claude, 'three\n'), writeFile(agents, 'four\n')])
    const refused = await sync()
    expect([refused.exit, errorOf(refused).code]).toEqual([6, 'instructions.differ'])
    expect(await readFile(agents, 'utf8')).toBe('four\n')
  })
})

describe('worktree', () => {
  it('says that there is none', async () => {
    expect(await lab.json('worktree', 'list')).toEqual([])
    const ended = await lab.run('--json', 'worktree', 'remove', 'api/toast')
    expect([ended.exit, errorOf(ended).code]).toEqual([3, 'worktree.not-found'])
  })
})
