import type { Backend } from '../backends/backend.ts'
import { loadConfig } from '../config/load.ts'
import { selectRuntime } from '../config/select.ts'
import { limitedSession } from '../core/backend-limit.ts'
import { toControlError } from '../core/errors.ts'
import type { BackendHealth } from '../core/facts.ts'
import type { Fleet } from '../core/fleet.ts'
import type { WorkId } from '../core/ids.ts'
import type { BackendOption, UnitTerms } from '../core/pool.ts'
import { DEFAULT_POOL_RULES, type PoolRules, type Rules } from '../core/rules.ts'
import type { WorkPlace } from '../core/work.ts'
import type { FactLog } from './fact-log.ts'
import type { UnitTries } from './unit-tries.ts'

export interface UnitTermsOptions {
  readonly facts: FactLog
  readonly backends: Readonly<Record<string, Backend>>
  readonly rules: (directory: string) => Rules
  readonly tries: UnitTries
  readonly now: () => number
}

const NOT_CHECKED: BackendHealth = { status: 'ready', detail: 'not checked yet' }

/** Which backends may do work at this place, best first: the one that is chosen, then those that stand in for it. */
export function termsOf(place: WorkPlace & { readonly id?: WorkId }, options: UnitTermsOptions): UnitTerms {
  try {
    return chosenTerms(place, options)
  } catch (error) {
    // Settings can be wrong, or nothing installed: then it waits, and says why.
    const { message } = toControlError(error)
    return { options: [{ backend: '', why: '', limit: 0, problem: message }], rules: DEFAULT_POOL_RULES }
  }
}

function chosenTerms(place: WorkPlace & { readonly id?: WorkId }, options: UnitTermsOptions): UnitTerms {
  const { pool } = options.rules(place.workDir)
  const { fleet } = options.facts
  const health = Object.fromEntries(
    Object.keys(options.backends).map((name) => [name, fleet.backends[name] ?? NOT_CHECKED]),
  )
  const first = selectRuntime({
    flag: place.backend ?? undefined,
    agentName: place.agentName ?? undefined,
    role: place.role,
    config: loadConfig(place.workDir),
    backends: health,
  })
  // The name of an agent stands for one session: there is no other in its place.
  const others = place.agentName === null ? (pool.failover[first.backend] ?? []) : []
  const option = (backend: string, why: string): BackendOption => {
    const tried = place.id === undefined ? undefined : options.tries.problem(place.id, backend)
    const problem = tried ?? backendProblem(fleet, backend, options.now())
    return { backend, why, limit: limitOf(backend, pool, options), ...(problem === undefined ? {} : { problem }) }
  }
  const chosen = option(first.backend, first.why)
  const instead = others
    .filter((backend) => options.backends[backend] !== undefined && backend !== first.backend)
    .map((backend) =>
      option(backend, `${backend} instead of ${first.backend}, because ${chosen.problem ?? 'it has room'}`),
    )
  return { options: [chosen, ...instead], rules: pool }
}

/** Most sessions of a backend at once. */
export function limitOf(backend: string, pool: PoolRules, { backends }: Pick<UnitTermsOptions, 'backends'>): number {
  return pool.limits[backend] ?? backends[backend]?.defaults.limit ?? 0
}

/** Why a backend can do nothing for anybody now. */
function backendProblem(fleet: Fleet, backend: string, now: number): string | undefined {
  const health = fleet.backends[backend]
  if (health?.status === 'unavailable') return `${backend} is unavailable: ${health.detail}`
  const limited = limitedSession(fleet, backend, now)
  return limited === undefined ? undefined : `${backend} is limited: ${limited.need?.title ?? ''}`
}
