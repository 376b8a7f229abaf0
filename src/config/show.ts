import { placeOf, type Sourced } from './effective.ts'
import type { Config } from './load.ts'

/** One setting by its path, with where it comes from. */
export interface Shown extends Sourced {
  readonly path: string
}

const HEADER = new Set(['$schema', 'type', 'version'])

/** Every setting that holds for a directory; a rig's word on a role comes before the town's. */
export function effectiveSettings(config: Config): readonly Shown[] {
  const { town, rig } = config
  const ofRig =
    rig.file === undefined ? [] : leaves(rig.settings, []).map((leaf) => shown(config, rig.file ?? '', leaf))
  const ofTown = town === undefined ? [] : leaves(town.settings, []).map((leaf) => shown(config, town.file, leaf))
  const said = new Set(ofRig.map(({ path }) => path))
  return [...ofRig, ...ofTown.filter(({ path }) => !said.has(path))].sort((a, b) => (a.path < b.path ? -1 : 1))
}

interface Leaf {
  readonly path: readonly string[]
  readonly value: unknown
}

function shown(config: Config, file: string, { path, value }: Leaf): Shown {
  return { path: path.join('.'), value, from: placeOf(config, file, path) }
}

/** Values that are no objects, and permission tables as a whole. */
function leaves(value: unknown, path: readonly string[]): readonly Leaf[] {
  if (path.length === 1 && HEADER.has(path[0] ?? '')) return []
  const isBranch = typeof value === 'object' && value !== null && !Array.isArray(value) && path.at(-1) !== 'permissions'
  if (!isBranch) return value === undefined ? [] : [{ path, value }]
  return Object.entries(value).flatMap(([key, item]) => leaves(item, [...path, key]))
}
