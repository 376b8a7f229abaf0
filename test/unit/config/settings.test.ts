import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { JsonSyntaxError, parseJsonSource } from '../../../src/config/json-source.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { parseSettings } from '../../../src/config/settings-file.ts'
import { ControlError } from '../../../src/core/errors.ts'

const TOWN = `{
  "type": "town-settings",
  "version": 1,
  "default_agent": "claude",
  "role_agents": {
    "mayor": "claude",
    "deacon": "claude",
    "witness": "claude",
    "refinery": "claude",
    "polecat": "opencode"
  }
}
`

const RIG = `{
  "type": "rig-settings",
  "version": 1,
  "agent": "opencode",
  "runtime": {
    "provider": "opencode",
    "command": "opencode",
    "hooks": {
      "provider": "opencode",
      "dir": ".opencode/plugin",
      "settings_file": "gastown.js"
    }
  }
}
`

function messageOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof ControlError && error.code === 'config.invalid') return error.message
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('a JSON text with its lines', () => {
  it('has the value that JSON.parse has', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 2, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent)
        expect(parseJsonSource(text).value).toEqual(JSON.parse(text))
      }),
    )
  })

  it('is refused exactly when JSON.parse refuses it', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'{}[]",:\\ \n1-.etrufalsn') }), (text) => {
        let isJson = true
        try {
          JSON.parse(text)
        } catch {
          // What is expected of the other parser.
          isJson = false
        }
        if (isJson) expect(() => parseJsonSource(text)).not.toThrow()
        else expect(() => parseJsonSource(text)).toThrow(JsonSyntaxError)
      }),
    )
  })

  it('knows the line of keys, elements and of what is nearest to an unknown path', () => {
    const source = parseJsonSource('{\n  "a": {\n    "b": [\n      1,\n      2\n    ]\n  }\n}')
    expect(source.lineOf(['a', 'b'])).toBe(3)
    expect(source.lineOf(['a', 'b', 1])).toBe(5)
    expect(source.lineOf(['a', 'x', 'y'])).toBe(2)
    expect(source.lineOf([])).toBe(1)
  })
})

describe('settings', () => {
  it('takes both files of the design as they stand', () => {
    expect(parseSettings('town', TOWN)).toMatchObject({
      kind: 'town',
      warnings: [],
      settings: { default_agent: 'claude', role_agents: { polecat: 'opencode' } },
    })
    expect(parseSettings('rig', RIG)).toMatchObject({
      kind: 'rig',
      warnings: [],
      settings: { agent: 'opencode', runtime: { hooks: { dir: '.opencode/plugin', settings_file: 'gastown.js' } } },
    })
  })

  it('warns of unknown keys with their line and goes on', () => {
    const text = RIG.replace(
      '"provider": "opencode",\n    "command"',
      '"provider": "opencode",\n    "colour": 3,\n    "command"',
    )
    expect(parseSettings('rig.json', text)).toMatchObject({
      settings: { agent: 'opencode' },
      warnings: [{ file: 'rig.json', line: 7, problem: 'unknown key "runtime.colour" has no effect' }],
    })
  })

  it('names file, line and what was expected of a wrong value', () => {
    const text = TOWN.replace('"polecat": "opencode"', '"polecat": 4')
    expect(messageOf(() => parseSettings('a/config.json', text))).toMatch(
      /^a\/config\.json:10: "role_agents\.polecat": .*expected string, received number/,
    )
  })

  it('names the line of a syntax error', () => {
    expect(messageOf(() => parseSettings('f', TOWN.replace('"version": 1,', '"version": 1')))).toBe(
      'f:4: not valid JSON: expected "," or "}", found "\\""',
    )
  })

  it('names the line of a type that it does not know', () => {
    expect(messageOf(() => parseSettings('f', '{\n"type": "village"\n}'))).toContain('f:2: "type" must be')
  })
})

describe('the settings of a directory', () => {
  let root = ''

  beforeEach(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), 'signalbox-config-')))
  })

  afterEach(() => rm(root, { recursive: true }))

  async function write(file: string, text: string): Promise<void> {
    await mkdir(dirname(join(root, file)), { recursive: true })
    await writeFile(join(root, file), text)
  }

  it('is the directory alone when there are no files', async () => {
    const directory = join(root, 'my project')
    await mkdir(directory)
    expect(loadConfig(directory)).toEqual({ rig: { name: 'my-project', directory }, warnings: [] })
  })

  it('finds rig and town upwards', async () => {
    await write('settings/config.json', TOWN)
    await write('api/settings/config.json', RIG)
    await mkdir(join(root, 'api/src/deep'), { recursive: true })
    expect(loadConfig(join(root, 'api/src/deep'))).toMatchObject({
      town: { root, settings: { default_agent: 'claude' } },
      rig: { name: 'api', directory: join(root, 'api'), settings: { agent: 'opencode' } },
    })
  })

  it('looks no further than the nearest town', async () => {
    await write('settings/config.json', TOWN)
    await write('inner/settings/config.json', TOWN.replace('"default_agent": "claude"', '"default_agent": "shell"'))
    expect(loadConfig(join(root, 'inner')).town?.settings.default_agent).toBe('shell')
  })

  it('fails with the file that is wrong', async () => {
    await write('api/settings/config.json', '{\n  "type": "rig-settings"\n}')
    expect(messageOf(() => loadConfig(join(root, 'api')))).toContain(
      `${join(root, 'api/settings/config.json')}:1: "version"`,
    )
  })
})
