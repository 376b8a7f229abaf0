import { describe, expect, it } from 'vitest'
import type { Config } from '../../../src/config/load.ts'
import { checkedName, defaultAgentName, isRoleName, rigNameOf } from '../../../src/config/names.ts'
import { selectRuntime } from '../../../src/config/select.ts'
import { ControlError } from '../../../src/core/errors.ts'
import type { BackendHealth } from '../../../src/core/facts.ts'

const ready: BackendHealth = { status: 'ready', detail: 'ready' }
const missing: BackendHealth = { status: 'unavailable', detail: 'not found.' }
const backends = { claude: ready, opencode: ready, shell: ready }

const town = {
  root: '/town',
  file: '/town/settings/config.json',
  settings: {
    type: 'town-settings' as const,
    version: 1 as const,
    default_agent: 'claude',
    role_agents: { polecat: 'opencode' },
    agents: { nux: 'shell' },
  },
}
const plainRig = { name: 'api', directory: '/town/api' }
const rig = {
  ...plainRig,
  file: '/town/api/settings/config.json',
  settings: { type: 'rig-settings' as const, version: 1 as const, agent: 'opencode', agents: { toast: 'shell' } },
}
const nothing: Config = { rig: plainRig, warnings: [] }

function codeOf(run: () => unknown): string | undefined {
  try {
    run()
  } catch (error) {
    return error instanceof ControlError ? error.code : undefined
  }
  return undefined
}

describe('the choice of a backend', () => {
  const config: Config = { town, rig, warnings: [] }

  it.each([
    { name: 'flag', request: { flag: 'claude', agentName: 'toast', role: 'polecat', config }, backend: 'claude' },
    { name: 'agent-name', request: { agentName: 'toast', role: 'polecat', config }, backend: 'shell' },
    { name: 'agent-name', request: { agentName: 'nux', role: 'polecat', config }, backend: 'shell' },
    { name: 'rig', request: { agentName: 'x', role: 'mayor', config }, backend: 'opencode' },
    { name: 'role', request: { role: 'polecat', config: { town, rig: plainRig, warnings: [] } }, backend: 'opencode' },
    { name: 'default', request: { role: 'crew', config: { town, rig: plainRig, warnings: [] } }, backend: 'claude' },
    { name: 'available', request: { role: 'crew', config: nothing }, backend: 'claude' },
  ])('is made by $name', ({ name, request, backend }) => {
    const selection = selectRuntime({ ...request, backends })
    expect(selection).toMatchObject({ layer: name, backend })
    expect(selection.why).toMatch(new RegExp(`^${backend}, because `))
  })

  it('names the file that decided', () => {
    expect(selectRuntime({ role: 'polecat', config: { town, rig: plainRig, warnings: [] }, backends }).why).toBe(
      'opencode, because role_agents in /town/settings/config.json says so for role polecat',
    )
  })

  it('takes the runtime of a rig that names no agent', () => {
    const { agent: _, ...settings } = { ...rig.settings, runtime: { provider: 'opencode' } }
    const choice = selectRuntime({ role: 'crew', config: { town, rig: { ...rig, settings }, warnings: [] }, backends })
    expect(choice).toMatchObject({ backend: 'opencode', layer: 'rig' })
  })

  it('passes over what is not installed when nothing is configured, and never takes the shell by itself', () => {
    const choose = (health: Readonly<Record<string, BackendHealth>>) => () =>
      selectRuntime({ role: 'crew', config: nothing, backends: health })
    expect(choose({ ...backends, claude: missing })().backend).toBe('opencode')
    expect(codeOf(choose({ claude: missing, opencode: missing, shell: ready }))).toBe('backend.unavailable')
  })

  it('refuses a backend that does not exist, wherever it was named', () => {
    expect(codeOf(() => selectRuntime({ flag: 'emacs', role: 'crew', config: nothing, backends }))).toBe(
      'backend.unknown',
    )
  })
})

describe('names', () => {
  it('are the role itself where a rig has one of it', () => {
    expect(defaultAgentName('witness', new Set())).toBe('witness')
    expect(defaultAgentName('witness', new Set(['witness']))).toBe('witness-2')
    expect(isRoleName('witness', 'witness')).toBe(true)
    expect(isRoleName('crew', 'crew')).toBe(false)
  })

  it('are short, valid words that differ from all taken ones', () => {
    const taken = new Set<string>()
    for (let count = 0; count < 300; count += 1) {
      const name = defaultAgentName('crew', taken)
      expect(taken.has(name)).toBe(false)
      expect(checkedName('an agent', name)).toBe(name)
      taken.add(name)
    }
  })

  it.each(['', '-x', '.x', 'a b', 'a/b', 'a\n', 'é', 'x'.repeat(41), '$(id)'])('refuses %j', (name) => {
    expect(codeOf(() => checkedName('an agent', name))).toBe('usage.invalid')
  })

  it('of rigs are made from folders', () => {
    expect(rigNameOf('my project!')).toBe('my-project-')
    expect(rigNameOf('.config')).toBe('config')
    expect(rigNameOf('')).toBe('root')
  })
})
