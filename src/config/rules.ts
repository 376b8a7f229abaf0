import {
  type Budget,
  type Budgets,
  DEFAULT_POOL_RULES,
  DEFAULT_ROLE_RULES,
  type PoolRules,
  type RoleRules,
  type Rules,
} from '../core/rules.ts'
import type { Config } from './load.ts'
import type { BudgetSettings, BudgetsSettings, PoolSettings } from './pool-schema.ts'
import type { RoleSettings } from './role-schema.ts'

const MINUTE_MS = 60_000

/** What the settings of a directory rule; a rig's word on a role comes before the town's, setting by setting. */
export function rulesOf({ town, rig }: Config): Rules {
  const [ofTown, ofRig] = [town?.settings.roles ?? {}, rig.settings?.roles ?? {}]
  const names = [...new Set([...Object.keys(ofTown), ...Object.keys(ofRig)])]
  return {
    pool: poolRules(town?.settings.pool ?? {}),
    budgets: budgetsOf(town?.settings.budgets ?? {}),
    roles: Object.fromEntries(names.map((name) => [name, roleOf({ ...own(ofTown, name), ...own(ofRig, name) })])),
  }
}

/** What a record says under a key of its own. */
export function own<Value>(record: Readonly<Record<string, Value>> | undefined, key: string): Value | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined
}

function roleOf(said: RoleSettings): RoleRules {
  const { backend, prompt, permissions, set_up: setUp, stall_minutes: stallMinutes } = said
  return {
    restart: said.restart ?? DEFAULT_ROLE_RULES.restart,
    hasWorktree: said.worktree ?? DEFAULT_ROLE_RULES.hasWorktree,
    ...(backend === undefined ? {} : { backend }),
    ...(prompt === undefined ? {} : { prompt }),
    ...(permissions === undefined ? {} : { permissions }),
    ...(stallMinutes === undefined ? {} : { stallMs: stallMinutes * MINUTE_MS }),
    ...(setUp === undefined ? {} : { setUp }),
  }
}

function poolRules(said: PoolSettings): PoolRules {
  const usual = DEFAULT_POOL_RULES
  const idle = said.idle_stop_minutes
  return {
    limits: { ...usual.limits, ...said.limits },
    warm: { ...usual.warm, ...said.warm },
    memoryFloorMb: said.memory_floor_mb ?? usual.memoryFloorMb,
    startsPerMinute: said.starts_per_minute ?? usual.startsPerMinute,
    idleStopMs: idle === undefined ? usual.idleStopMs : idle === null ? null : idle * MINUTE_MS,
    failover: { ...usual.failover, ...said.failover },
  }
}

function budgetsOf({ session, day }: BudgetsSettings): Budgets {
  return {
    ...(session === undefined ? {} : { session: budgetOf(session) }),
    ...(day === undefined ? {} : { day: budgetOf(day) }),
  }
}

function budgetOf({ warn_usd: warnUsd, pause_usd: pauseUsd, stop_usd: stopUsd }: BudgetSettings): Budget {
  return {
    ...(warnUsd === undefined ? {} : { warnUsd }),
    ...(pauseUsd === undefined ? {} : { pauseUsd }),
    ...(stopUsd === undefined ? {} : { stopUsd }),
  }
}
