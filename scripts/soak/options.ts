import { parseArgs } from 'node:util'
import { amount } from '../amount.ts'

/** How long and on what a soak runs. */
export interface SoakOptions {
  readonly minutes: number
  /** The same seed makes the same choices; what happens when is up to the machine. */
  readonly seed: number
  readonly claude: number
  readonly opencode: number
  readonly shell: number
  /** Longest rest of a session between two scenes, in milliseconds: with many sessions a small machine needs longer ones. */
  readonly restMs: number
  /** How long after a change of the truth the host may still say what was true before. */
  readonly toleranceMs: number
  /** Where the report goes. */
  readonly out: string | undefined
}

/** Reads the command line. Throws with a sentence when it makes no sense. */
export function readOptions(args: readonly string[]): SoakOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '2' },
      seed: { type: 'string', default: String(Date.now() % 100_000) },
      claude: { type: 'string', default: '3' },
      opencode: { type: 'string', default: '2' },
      shell: { type: 'string', default: '1' },
      rest: { type: 'string', default: '1.5' },
      tolerance: { type: 'string', default: '2000' },
      out: { type: 'string' },
    },
  })
  return {
    minutes: amount('minutes', values.minutes),
    seed: amount('seed', values.seed),
    claude: amount('claude', values.claude),
    opencode: amount('opencode', values.opencode),
    shell: amount('shell', values.shell),
    restMs: amount('rest', values.rest) * 1000,
    toleranceMs: amount('tolerance', values.tolerance),
    out: values.out,
  }
}
