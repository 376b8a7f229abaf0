import { fail } from '../core/errors.ts'

/** Roles that exist without any settings. */
export const DEFAULT_ROLES: readonly string[] = ['mayor', 'deacon', 'witness', 'refinery', 'polecat', 'crew']

/** Roles of which a rig has one: their session is called like the role. */
const SINGLE_ROLES: ReadonlySet<string> = new Set(['mayor', 'deacon', 'witness', 'refinery'])

/** Roles that look after the whole town: the rig of their session says nothing. */
const TOWN_ROLES: ReadonlySet<string> = new Set(['mayor', 'deacon'])

const WORDS: readonly string[] =
  `amber aspen basil birch brook cedar clover cobalt coral cricket dune ember fern finch flint garnet hazel heron indigo
   ivy jade juniper kelp lark laurel linden lotus maple marlin mint moss nimbus oak olive onyx opal orchid otter pebble
   pine plover poppy quartz quill raven reed robin rowan saffron sage sorrel sparrow spruce tansy teal thistle topaz
   umber violet walnut willow wren yarrow zephyr`.split(/\s+/)

/** The name of an agent that was given none: its role where a rig has one of it, else a short word; unique among `taken`. */
export function defaultAgentName(role: string, taken: ReadonlySet<string>): string {
  const candidates = SINGLE_ROLES.has(role) ? [role] : WORDS
  for (let round = 1; ; round += 1) {
    const free = candidates.map((word) => (round === 1 ? word : `${word}-${round}`)).find((name) => !taken.has(name))
    if (free !== undefined) return free
  }
}

/** Whether an agent carries nothing but the name of its single role; tables show `-` for it. */
export function isRoleName(role: string, agentName: string): boolean {
  return SINGLE_ROLES.has(role) && agentName === role
}

/** Whether a rig (or the town) has only one session of this role. */
export function isSingleRole(role: string): boolean {
  return SINGLE_ROLES.has(role)
}

/** Whether sessions of this role belong to the town and to no rig. */
export function isTownRole(role: string): boolean {
  return TOWN_ROLES.has(role)
}

/** A folder's name as the name of a rig: what a name may not contain becomes "-". */
export function rigNameOf(folderName: string): string {
  const name = folderName.replace(/[^A-Za-z0-9_.-]+/g, '-').replace(/^[-.]+/, '')
  return name.slice(0, 40) || 'root'
}

/** Passes on a name that may be given to an agent, role or rig; throws `usage.invalid` for any other. */
export function checkedName(what: string, name: string): string {
  if (/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,39}$/.test(name)) return name
  return fail('usage.invalid', {
    what: `"${name}" is not a name for ${what}`,
    hint: 'Use up to 40 letters, digits, "-", "_" and ".", and do not begin with "-" or ".".',
  })
}
