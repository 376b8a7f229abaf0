import { parseArgs } from 'node:util'
import { amount } from '../amount.ts'

/** How much is broken. */
export interface FaultOptions {
  readonly kills: number
  /** How long the host is held still. */
  readonly holdMs: number
  /** The same seed makes the same choices; what happens when is up to the machine. */
  readonly seed: number
  /** Where the report goes. */
  readonly out: string | undefined
}

/** Reads the command line. Throws with a sentence when it makes no sense. */
export function readOptions(args: readonly string[]): FaultOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      kills: { type: 'string', default: '200' },
      hold: { type: 'string', default: '60' },
      seed: { type: 'string', default: String(Date.now() % 100_000) },
      out: { type: 'string' },
    },
  })
  return {
    kills: amount('kills', values.kills),
    holdMs: amount('hold', values.hold) * 1000,
    seed: amount('seed', values.seed),
    out: values.out,
  }
}
