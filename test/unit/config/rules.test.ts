import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createConfigSource } from '../../../src/config/config-source.ts'
import { explainRole } from '../../../src/config/effective.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { rulesOf } from '../../../src/config/rules.ts'
import { missingHooks, runtimeOf } from '../../../src/config/runtime.ts'
import { selectRuntime } from '../../../src/config/select.ts'
import { parseSettings } from '../../../src/config/settings-file.ts'
import { effectiveSettings } from '../../../src/config/show.ts'
import { ControlError } from '../../../src/core/errors.ts'
import { DEFAULT_ROLE_RULES, DEFAULT_RULES, roleRules } from '../../../src/core/rules.ts'
import { type TemporaryDirectory, temporaryDirectory } from '../../harness/temporary.ts'

const ROOT = join(import.meta.dirname, '../../..')
const SEED = ['town', 'rig'].map((name) => join(ROOT, 'test/fixtures/settings', `${name}.json`)) as [string, string]
const READY = { status: 'ready', detail: '' } as const
const BACKENDS = { claude: READY, opencode: READY, shell: READY }

let folder: TemporaryDirectory
let town = ''
let api = ''

beforeEach(() => {
  folder = temporaryDirectory()
  town = join(folder.path, 'settings/config.json')
  api = join(folder.path, 'api')
})

afterEach(() => folder[Symbol.dispose]())

function write(file: string, value: unknown): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value, null, 2))
}

const writeTown = (settings: object): void => write(town, { type: 'town-settings', version: 1, ...settings })
const writeRig = (settings: object): void =>
  write(join(api, 'settings/config.json'), { type: 'rig-settings', version: 1, ...settings })

function messageOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (error instanceof ControlError) return error.message
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('both files of the design', () => {
  it('are taken as they stand, without a warning', () => {
    write(town, readFileSync(SEED[0], 'utf8'))
    write(join(api, 'settings/config.json'), readFileSync(SEED[1], 'utf8'))
    const config = loadConfig(api)
    expect(config.warnings).toEqual([])
    expect(rulesOf(config)).toEqual(DEFAULT_RULES)
    expect(runtimeOf(config, 'opencode')).toEqual({
      hooksDir: join(api, '.opencode/plugin'),
      settingsFile: join(api, '.opencode/plugin/gastown.js'),
    })
    expect(selectRuntime({ role: 'mayor', config, backends: BACKENDS }).backend).toBe('opencode')
  })

  it('are warned about only where the plugin is not there', () => {
    write(join(api, 'settings/config.json'), readFileSync(SEED[1], 'utf8'))
    expect(missingHooks(loadConfig(api), 'opencode')).toMatchObject({
      line: 11,
      problem: expect.stringContaining('gastown.js'),
    })
    expect(missingHooks(loadConfig(api), 'claude')).toBeUndefined()
    write(join(api, '.opencode/plugin/gastown.js'), '')
    expect(missingHooks(loadConfig(api), 'opencode')).toBeUndefined()
  })
})

describe('rules', () => {
  it('are the defaults without settings', () => {
    mkdirSync(api)
    expect(rulesOf(loadConfig(api))).toEqual(DEFAULT_RULES)
  })

  it('say what the settings say', () => {
    writeTown({
      pool: {
        limits: { claude: 3 },
        warm: { opencode: 1 },
        memory_floor_mb: 0,
        idle_stop_minutes: 0.5,
        failover: { claude: ['opencode'] },
      },
      budgets: { session: { warn_usd: 1 }, day: { pause_usd: 2, stop_usd: 3 } },
      roles: {
        polecat: {
          prompt: 'p',
          permissions: 'plan',
          restart: 'always',
          stall_minutes: 1,
          worktree: true,
          set_up: 's',
          backend: 'shell',
        },
      },
    })
    mkdirSync(api)
    expect(rulesOf(loadConfig(api))).toEqual({
      pool: {
        ...DEFAULT_RULES.pool,
        limits: { claude: 3, opencode: 20 },
        warm: { opencode: 1 },
        memoryFloorMb: 0,
        idleStopMs: 30_000,
        failover: { claude: ['opencode'] },
      },
      budgets: { session: { warnUsd: 1 }, day: { pauseUsd: 2, stopUsd: 3 } },
      roles: {
        polecat: {
          prompt: 'p',
          permissions: 'plan',
          restart: 'always',
          stallMs: 60_000,
          hasWorktree: true,
          setUp: 's',
          backend: 'shell',
        },
      },
    })
  })

  it("of a role are the rig's before the town's, setting by setting", () => {
    writeTown({ roles: { polecat: { prompt: 'town', worktree: true }, mayor: { restart: 'always' } } })
    writeRig({ roles: { polecat: { prompt: 'rig' }, scout: { permissions: { bash: { '*': 'ask' } } } } })
    const rules = rulesOf(loadConfig(api))
    expect(roleRules(rules, 'polecat')).toEqual({ restart: 'never', prompt: 'rig', hasWorktree: true })
    expect(roleRules(rules, 'mayor').restart).toBe('always')
    expect(roleRules(rules, 'scout').permissions).toEqual({ bash: { '*': 'ask' } })
  })

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])('of a role called %s are its own', (role) => {
    writeTown({ roles: { polecat: { worktree: true } }, role_agents: { polecat: 'opencode' } })
    mkdirSync(api)
    const config = loadConfig(api)
    expect(roleRules(rulesOf(config), role)).toEqual(DEFAULT_ROLE_RULES)
    expect(selectRuntime({ role, agentName: role, config, backends: BACKENDS }).layer).toBe('available')
  })
})

describe('a wrong value', () => {
  it.each([
    [
      '"roles": {\n"a": {\n"restart": "sometimes"\n}\n}',
      /^f:6: "roles\.a\.restart": .*"never"\|"on-failure"\|"always"/,
    ],
    ['"roles": {\n"a b": {}\n}', /^f:5: "roles\.a b": expected a name/],
    ['"roles": {\n"a": { "permissions": "--yolo" }\n}', /^f:5: "roles\.a\.permissions": expected the name of a mode/],
    ['"roles": {\n"a": { "permissions": {\n"bash": "maybe" } }\n}', /^f:\d: "roles\.a\.permissions/],
    ['"roles": {\n"a": { "stall_minutes": 0 }\n}', /^f:5: "roles\.a\.stall_minutes": .*>0/],
    ['"pool": {\n"limits": { "claude": -1 }\n}', /^f:5: "pool\.limits\.claude": .*>=0/],
    ['"budgets": {\n"day": { "stop_usd": "9" }\n}', /^f:5: "budgets\.day\.stop_usd": .*expected number/],
    ['"pool": { "failover": {\n"claude": "opencode" }\n}', /^f:5: "pool\.failover\.claude": .*expected array/],
  ])('%j is named with its line and what was expected', (text, expected) => {
    const file = `{\n"type": "town-settings",\n"version": 1,\n${text}\n}`
    expect(messageOf(() => parseSettings('f', file))).toMatch(expected)
  })

  it('is told from an unknown key, which is a warning', () => {
    const { warnings } = parseSettings(
      'f',
      '{\n"type": "rig-settings", "version": 1,\n"roles": { "a": {\n"restrat": 1 } } }',
    )
    expect(warnings).toEqual([{ file: 'f', line: 4, problem: 'unknown key "roles.a.restrat" has no effect' }])
  })

  it('that contradicts another one of its file is warned about', () => {
    const text =
      '{ "type": "town-settings", "version": 1,\n"role_agents": { "a": "claude" },\n"roles": { "a": {\n"backend": "shell" } } }'
    expect(parseSettings('f', text).warnings).toMatchObject([
      { line: 4, problem: expect.stringContaining('role_agents gives a claude') },
    ])
  })
})

describe('an explanation', () => {
  it('says which line won, and what it overrides', () => {
    writeTown({
      default_agent: 'claude',
      role_agents: { polecat: 'opencode' },
      roles: { polecat: { restart: 'always', prompt: 'town' } },
    })
    writeRig({ roles: { polecat: { backend: 'shell', prompt: 'rig' } } })
    const rig = join(api, 'settings/config.json')
    const all = explainRole(loadConfig(api), 'polecat')
    const of = (name: string) => all.find((each) => each.name === name)
    expect(of('backend')).toEqual({
      name: 'backend',
      value: 'shell',
      why: `roles.polecat.backend in ${rig} says so for role polecat`,
      from: `${rig}:6`,
      overridden: [
        { value: 'opencode', from: `${town}:6` },
        { value: 'claude', from: `${town}:4` },
      ],
    })
    expect(of('prompt')).toMatchObject({ value: 'rig', from: `${rig}:7`, overridden: [{ value: 'town' }] })
    expect(of('restart')).toMatchObject({ value: 'always', why: 'the town says so for role polecat' })
    expect(of('worktree')).toMatchObject({ value: false, why: 'the default', from: null })
  })

  it('agrees with the choice that is made', () => {
    writeTown({ default_agent: 'claude', agents: { nux: 'shell' }, role_agents: { polecat: 'opencode' } })
    mkdirSync(api)
    const config = loadConfig(api)
    for (const [role, agentName] of [
      ['polecat', 'nux'],
      ['polecat', 'x'],
      ['crew', 'x'],
    ] as const) {
      const chosen = selectRuntime({ role, agentName, config, backends: BACKENDS })
      expect(explainRole(config, role, agentName)[0]).toMatchObject({ value: chosen.backend })
    }
  })

  it('of everything leaves out what the rig says otherwise', () => {
    writeTown({ roles: { polecat: { prompt: 'town', worktree: true } } })
    writeRig({ agent: 'shell', roles: { polecat: { prompt: 'rig' } } })
    expect(effectiveSettings(loadConfig(api)).map(({ path, value }) => [path, value])).toEqual([
      ['agent', 'shell'],
      ['roles.polecat.prompt', 'rig'],
      ['roles.polecat.worktree', true],
    ])
  })
})

describe('a changed file', () => {
  it('holds for the next decision; a wrong one leaves what held before and is told once', () => {
    const told: string[] = []
    const source = createConfigSource({
      trustFile: join(folder.path, 'trusted.json'),
      now: () => Date.now() + 60_000,
      onInvalid: (message) => told.push(message),
    })
    const setAndAge = (settings: object, secondsAgo: number): void => {
      writeTown(settings)
      utimesSync(town, Date.now() / 1000 - secondsAgo, Date.now() / 1000 - secondsAgo)
    }
    mkdirSync(api)
    const limit = (): number | undefined => source.rules(api).pool.limits['claude']
    expect(limit()).toBe(10)
    setAndAge({ pool: { limits: { claude: 1 } } }, 30)
    expect([limit(), limit()]).toEqual([1, 1])
    setAndAge({ pool: { limits: { claude: 2 } } }, 20)
    expect(limit()).toBe(2)
    setAndAge({ pool: 3 }, 10)
    expect([limit(), limit()]).toEqual([2, 2])
    expect(told).toEqual([expect.stringMatching(/config\.json:4: "pool"/)])
    expect(messageOf(() => source.config(api))).toContain('"pool"')
  })
})

describe('the command of a runtime', () => {
  it.each([
    ['opencode', undefined],
    ['oc', 'oc'],
    ['/opt/oc', '/opt/oc'],
    ['./bin/oc', 'api/bin/oc'],
  ])('%s is %s', (command, expected) => {
    writeRig({ runtime: { provider: 'opencode', command } })
    const path = expected?.startsWith('api/') ? join(folder.path, expected) : expected
    expect(runtimeOf(loadConfig(api), 'opencode')?.command).toBe(path)
    expect(runtimeOf(loadConfig(api), 'claude')).toBeUndefined()
  })
})

describe('docs/configuration.md', () => {
  const text = readFileSync(join(ROOT, 'docs/configuration.md'), 'utf8')
  const examples = [...text.matchAll(/```json\n(.*?)```/gs)].map(([, example = '']) => example)

  it('has examples', () => expect(examples.length).toBeGreaterThan(3))

  it.each(examples)('shows settings that are right: %s', (example) => {
    expect(parseSettings('docs', example).warnings).toEqual([])
  })
})
