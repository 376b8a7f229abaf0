import type { Config } from './load.ts'
import { own } from './rules.ts'

/** The setting that decides about a backend, best first. */
export type SelectionLayer = 'flag' | 'agent-name' | 'rig' | 'role' | 'default' | 'available'

/** One setting that has a word in which backend a session gets. */
export interface BackendLayer {
  readonly layer: SelectionLayer
  readonly backend: string
  /** The end of a sentence that begins with "because". */
  readonly because: string
  /** Where it stands; absent for what the operator asked for. */
  readonly place?: { readonly file: string; readonly path: readonly string[] }
}

/** What the settings are asked about. */
export interface LayersRequest {
  readonly flag?: string | undefined
  readonly agentName?: string | undefined
  readonly role: string
  readonly config: Config
}

/** Every setting that says which backend a session gets; the first one decides. */
export function backendLayers(request: LayersRequest): readonly BackendLayer[] {
  const { flag, config } = request
  const { town, rig } = config
  const flagged: readonly BackendLayer[] =
    flag === undefined ? [] : [{ layer: 'flag', backend: flag, because: 'you asked for it' }]
  return [
    ...flagged,
    ...nameLayers(request, rig),
    ...nameLayers(request, town),
    ...rigLayers(config),
    ...roleLayers(request, rig),
    ...roleLayers(request, town),
    ...said({
      layer: 'default',
      backend: town?.settings.default_agent,
      path: ['default_agent'],
      file: town?.file,
      says: 'says so',
    }),
  ]
}

type Place = Pick<NonNullable<Config['town']>, 'file'> & {
  readonly settings: Pick<NonNullable<Config['town']>['settings'], 'agents' | 'role_agents' | 'roles'>
}
type MaybePlace = { readonly [Key in keyof Place]?: Place[Key] | undefined } | undefined

function nameLayers({ agentName }: LayersRequest, place: MaybePlace): readonly BackendLayer[] {
  if (agentName === undefined) return []
  const backend = own(place?.settings?.agents, agentName)
  if (backend === undefined || place?.file === undefined) return []
  const because = `agents in ${place.file} names ${agentName}`
  return [{ layer: 'agent-name', backend, because, place: { file: place.file, path: ['agents', agentName] } }]
}

function rigLayers({ rig }: Config): readonly BackendLayer[] {
  const about = { layer: 'rig', file: rig.file, says: `says so for rig ${rig.name}` } as const
  return [
    ...said({ ...about, backend: rig.settings?.agent, path: ['agent'] }),
    ...said({ ...about, backend: rig.settings?.runtime?.provider, path: ['runtime', 'provider'] }),
  ]
}

/** A role's own `backend` counts as its entry in `role_agents`. */
function roleLayers({ role }: LayersRequest, place: MaybePlace): readonly BackendLayer[] {
  const about = { layer: 'role', file: place?.file, says: `says so for role ${role}` } as const
  const settings = place?.settings
  return [
    ...said({ ...about, backend: own(settings?.role_agents, role), path: ['role_agents', role], shown: 'role_agents' }),
    ...said({ ...about, backend: own(settings?.roles, role)?.backend, path: ['roles', role, 'backend'] }),
  ]
}

function said(about: {
  readonly layer: SelectionLayer
  readonly backend: string | undefined
  readonly file: string | undefined
  readonly path: readonly string[]
  readonly says: string
  /** The setting as it is called in the sentence, when that is not its path. */
  readonly shown?: string
}): readonly BackendLayer[] {
  const { layer, backend, file, path, says, shown = path.join('.') } = about
  if (backend === undefined || file === undefined) return []
  return [{ layer, backend, because: `${shown} in ${file} ${says}`, place: { file, path } }]
}
