/** How many sessions there may be, and what is done to have the right ones. A town's settings say it; these are the defaults. */
export interface PoolRules {
  /** Sessions at once, by backend; a backend that is not named keeps its own limit. */
  readonly limits: Readonly<Record<string, number>>
  /** Idle sessions kept ready, by backend, in each rig that has had work. */
  readonly warm: Readonly<Record<string, number>>
  /** Nothing is started when less memory than this would be left, by what sessions of that backend have been measured to take. */
  readonly memoryFloorMb: number
  readonly startsPerMinute: number
  /** An idle session that the pool started is ended after this long without work; null = never. */
  readonly idleStopMs: number | null
  /** Backends to try, in this order, when one cannot do the work. */
  readonly failover: Readonly<Record<string, readonly string[]>>
}

export const DEFAULT_POOL_RULES: PoolRules = {
  limits: { claude: 10, opencode: 20 },
  warm: {},
  memoryFloorMb: 512,
  startsPerMinute: 30,
  idleStopMs: null,
  failover: {},
}

/** When an ended session is started again. */
export type RestartPolicy = 'never' | 'on-failure' | 'always'

/** What becomes of a tool call of an agent that nobody is asked about first. */
export type PermissionAction = 'allow' | 'ask' | 'deny'

/** What an agent may do, by tool, or by tool and what it is used on. */
export type PermissionTable = Readonly<Record<string, PermissionAction | Readonly<Record<string, PermissionAction>>>>

/** The permission profile of an agent in the words of its backend: the name of a mode, or a table. */
export type Permissions = string | PermissionTable

/** A role as data: what the settings say about every session that has it. */
export interface RoleRules {
  readonly backend?: string
  /** Said to the agent besides what the operator or the work says. */
  readonly prompt?: string
  readonly permissions?: Permissions
  readonly restart: RestartPolicy
  /** Quiet for so long while it works, and a session counts as stalled. */
  readonly stallMs?: number
  /** Each session works in a worktree of its own. */
  readonly hasWorktree: boolean
  /** A command that prepares a new worktree, by the shell of the operator's choice: the operator wrote it. */
  readonly setUp?: string
}

export const DEFAULT_ROLE_RULES: RoleRules = { restart: 'never', hasWorktree: false }

/** US dollars at which the operator is warned, new work is held back, and sessions are ended; an absent one never applies. */
export interface Budget {
  readonly warnUsd?: number
  readonly pauseUsd?: number
  readonly stopUsd?: number
}

/** What may be spent: by one session, and by all of them in one day. */
export interface Budgets {
  readonly session?: Budget
  readonly day?: Budget
}

/** All that the settings of a town and a rig rule, for one directory. */
export interface Rules {
  readonly pool: PoolRules
  readonly budgets: Budgets
  /** Rules of a role; a role that is not named has the defaults. */
  readonly roles: Readonly<Record<string, RoleRules>>
}

export const DEFAULT_RULES: Rules = { pool: DEFAULT_POOL_RULES, budgets: {}, roles: {} }

/** The rules of a role, named in the settings or not. */
export function roleRules(rules: Rules, role: string): RoleRules {
  // A role may be called like something that every object has.
  return (Object.hasOwn(rules.roles, role) ? rules.roles[role] : undefined) ?? DEFAULT_ROLE_RULES
}
