/** What keeps the pool from giving out work; both stand until the operator resumes it. */
export interface PoolState {
  readonly isDraining: boolean
  /** Why nothing is started or given out. */
  readonly paused: string | undefined
}

export const FREE_POOL: PoolState = { isDraining: false, paused: undefined }

/** What happens to the pool as a whole. */
export type PoolFact =
  | { readonly type: 'pool.paused'; readonly why: string }
  /** It gives out nothing any more. */
  | { readonly type: 'pool.drained' }
  /** Neither drained nor paused any more. */
  | { readonly type: 'pool.resumed' }

/** The pool after something happened to it. */
export function reducePool(pool: PoolState, fact: PoolFact): PoolState {
  if (fact.type === 'pool.resumed') return FREE_POOL
  return fact.type === 'pool.paused' ? { ...pool, paused: fact.why } : { ...pool, isDraining: true }
}

/** Why the pool gives nothing out, in words; undefined = it does. */
export function whyHeld(pool: PoolState): string | undefined {
  if (pool.paused !== undefined) return `the pool is paused: ${pool.paused}`
  return pool.isDraining ? 'the pool is draining' : undefined
}
