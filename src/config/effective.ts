import type { Permissions } from '../core/rules.ts'
import { type BackendLayer, backendLayers } from './backend-layers.ts'
import type { Config } from './load.ts'
import type { RoleSettings } from './role-schema.ts'
import { own } from './rules.ts'

/** A value, and the line of the settings that it comes from; null = nothing says it, and the default holds. */
export interface Sourced {
  readonly value: unknown
  readonly from: string | null
}

/** A setting of a role, with every line that has a word in it: the first one decides. */
export interface Explained {
  readonly name: string
  readonly value: unknown
  readonly why: string
  readonly from: string | null
  /** What would hold without the one that decided, best first. */
  readonly overridden: readonly Sourced[]
}

/** `file:line` of a setting. */
export function placeOf({ town, rig }: Config, file: string, path: readonly string[]): string {
  const source = [rig, town].find((each) => each?.file === file)
  return `${file}:${source?.lineOf?.(path) ?? 1}`
}

const DEFAULTS = {
  prompt: null,
  permissions: null,
  restart: 'never',
  stall_minutes: null,
  worktree: false,
  set_up: null,
} as const satisfies Record<Exclude<keyof RoleSettings, 'backend'>, string | boolean | null | Permissions>

/** Every setting of a role in a rig, and which line won. */
export function explainRole(config: Config, role: string, agentName?: string): readonly Explained[] {
  const names = Object.keys(DEFAULTS) as (keyof typeof DEFAULTS)[]
  const rest = names.map((name) => explainSetting(config, role, name))
  return [explainBackend(config, role, agentName), ...rest, ...explainRuntime(config)]
}

function explainBackend(config: Config, role: string, agentName: string | undefined): Explained {
  const layers = backendLayers({ role, config, agentName })
  const [first, ...others] = layers
  const fromOf = ({ place }: BackendLayer): string | null =>
    place === undefined ? null : placeOf(config, place.file, place.path)
  if (first === undefined) {
    const why = 'nothing says which, so it is the first one that is installed: claude, then opencode'
    return { name: 'backend', value: null, why, from: null, overridden: [] }
  }
  return {
    name: 'backend',
    value: first.backend,
    why: first.because,
    from: fromOf(first),
    overridden: others.map((layer) => ({ value: layer.backend, from: fromOf(layer) })),
  }
}

function explainSetting(config: Config, role: string, name: keyof typeof DEFAULTS): Explained {
  const { town, rig } = config
  const said = [
    { level: `rig ${rig.name}`, file: rig.file, value: own(rig.settings?.roles, role)?.[name] },
    { level: 'the town', file: town?.file, value: own(town?.settings.roles, role)?.[name] },
  ].flatMap(({ level, file, value }) => {
    if (file === undefined || value === undefined) return []
    return [{ level, value, from: placeOf(config, file, ['roles', role, name]) }]
  })
  const [first, ...overridden] = said
  if (first === undefined) return { name, value: DEFAULTS[name], why: 'the default', from: null, overridden: [] }
  const why = `${first.level} says so for role ${role}`
  return {
    name,
    value: first.value,
    why,
    from: first.from,
    overridden: overridden.map(({ value, from }) => ({ value, from })),
  }
}

function explainRuntime(config: Config): readonly Explained[] {
  const { file, settings, name } = config.rig
  const said = settings?.runtime
  if (said === undefined || file === undefined) return []
  const one = (path: readonly string[], value: unknown): readonly Explained[] => {
    if (value === undefined) return []
    const why = `rig ${name} says so for sessions on ${path[1] === 'hooks' ? said.hooks?.provider : said.provider}`
    return [{ name: path.join('.'), value, why, from: placeOf(config, file, path), overridden: [] }]
  }
  return [
    ...one(['runtime', 'command'], said.command),
    ...one(['runtime', 'hooks', 'dir'], said.hooks?.dir),
    ...one(['runtime', 'hooks', 'settings_file'], said.hooks?.settings_file),
  ]
}
