import { countLive } from '../core/pool.ts'
import type { Rules } from '../core/rules.ts'
import { queueOf } from '../core/work.ts'
import type { PoolStatus } from '../core/work-verbs.ts'
import type { HostParts } from './host-parts.ts'
import { passTerms } from './pass-terms.ts'
import { tally } from './pool.ts'
import { limitOf } from './unit-terms.ts'

/** How the pool stands now. */
export function poolStatus(parts: HostParts): PoolStatus {
  const { options, backends, pool, rules } = parts
  const { fleet } = options.facts
  const queue = queueOf(Object.values(fleet.work))
  const terms = passTerms({ ...options, backends, rules, tries: pool.tries })
  const wanted = queue.map((unit) => {
    const { options: choices } = terms(unit)
    return (choices.find(({ problem }) => problem === undefined) ?? choices[0])?.backend
  })
  const { pool: poolRules } = latestRules(parts)
  return {
    backends: Object.keys(backends).map((backend) => {
      const { idle, starting } = tally(fleet, backend)
      const coming = pool.starts.underWay.filter((each) => each.backend === backend && !each.isRegistered).length
      return {
        backend,
        live: countLive(fleet, backend),
        limit: limitOf(backend, poolRules, parts),
        idle,
        starting: starting + coming,
        queued: wanted.filter((each) => each === backend).length,
        warm: poolRules.warm[backend] ?? 0,
      }
    }),
    queued: queue.length,
    failed: Object.values(fleet.work).filter(({ status }) => status === 'failed').length,
    isDraining: fleet.pool?.isDraining ?? false,
    paused: fleet.pool?.paused ?? null,
  }
}

/** The rules where the newest work is: a host serves one town, and any of its directories says which. */
function latestRules({ options, rules }: HostParts): Rules {
  const { work, sessions } = options.facts.fleet
  const place = Object.values(work).at(-1) ?? Object.values(sessions).at(-1)
  return rules(place?.workDir ?? '/')
}
