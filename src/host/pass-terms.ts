import type { WorkId } from '../core/ids.ts'
import type { UnitTerms } from '../core/pool.ts'
import type { WorkPlace } from '../core/work.ts'
import { termsOf, type UnitTermsOptions } from './unit-terms.ts'

/** The terms of one unit or place. */
export type TermsAt = (place: WorkPlace & { readonly id?: WorkId }) => UnitTerms

/**
 * Terms for one moment, to be thrown away after it: units that differ only in their work share them, so that a long queue reads
 * the settings once and not once for each unit.
 */
export function passTerms(options: UnitTermsOptions): TermsAt {
  const known = new Map<string, UnitTerms>()
  const names = Object.keys(options.backends)
  return (place) => {
    const { id, workDir, role, backend, agentName } = place
    // Whatever has failed for a unit is its own affair.
    if (id !== undefined && names.some((name) => options.tries.problem(id, name) !== undefined))
      return termsOf(place, options)
    const key = JSON.stringify([workDir, role, backend, agentName])
    const terms = known.get(key) ?? termsOf(place, options)
    known.set(key, terms)
    return terms
  }
}
