import { describe, expect, test } from 'vitest'
import { allTargets } from './all-targets.ts'

/** For each part of a target's share: enough to meet what broke before. `npm run fuzz` gives a million in all. */
const INPUTS_PER_PART = 40
const SEED = 7

describe('bytes and text from outside never break', () => {
  test.each(allTargets().map((target) => [target.name, target] as const))('%s', async (_, target) => {
    const wanted = INPUTS_PER_PART * target.share
    const { failure, inputs } = await target.run({ inputs: wanted, seed: SEED })
    expect(failure, `seed ${SEED}`).toBeUndefined()
    expect(inputs).toBe(wanted)
  })
})
