import type { RigSettings, TownSettings } from './schema.ts'

/** Two settings of one file that cannot both hold: where the one stands that does not. */
export interface Contradiction {
  readonly path: readonly string[]
  readonly problem: string
}

/** What one settings file says in two places, in two ways. */
export function contradictions(settings: TownSettings | RigSettings): readonly Contradiction[] {
  return [...roleBackends(settings), ...(settings.type === 'rig-settings' ? runtimeProvider(settings) : [])]
}

function roleBackends({ roles = {}, role_agents = {} }: TownSettings | RigSettings): readonly Contradiction[] {
  return Object.entries(roles).flatMap(([role, { backend }]) => {
    const other = Object.hasOwn(role_agents, role) ? role_agents[role] : undefined
    if (backend === undefined || other === undefined || other === backend) return []
    const problem = `"roles.${role}.backend" has no effect: role_agents gives ${role} ${other}`
    return [{ path: ['roles', role, 'backend'], problem }]
  })
}

function runtimeProvider({ agent, runtime }: RigSettings): readonly Contradiction[] {
  if (agent === undefined || runtime === undefined || runtime.provider === agent) return []
  const problem = `"runtime" has no effect unless a session is started on ${runtime.provider}: agent is ${agent}`
  return [{ path: ['runtime', 'provider'], problem }]
}
