/** The versions this adapter was tried with, and what may break outside them. */
export const SUPPORTED = {
  from: [2, 1, 100],
  below: [3, 0, 0],
  words: '2.1.100 to 2.x',
  older: 'its live status file or its HTTP hooks may be missing, so that state and answers may not work',
  newer: 'its status file, hooks and screen may have changed, so that state, answers and nudges may not work',
} as const

/** The version in the output of `claude --version`; undefined when there is none. */
export function readVersion(output: string): string | undefined {
  return /\d+\.\d+\.\d+/.exec(output)?.[0]
}

/** What may break with this version; undefined when it is supported. */
export function whatMayBreak(version: string): string | undefined {
  const parts = version.split('.').map(Number)
  if (compare(parts, SUPPORTED.from) < 0) return SUPPORTED.older
  return compare(parts, SUPPORTED.below) >= 0 ? SUPPORTED.newer : undefined
}

function compare(left: readonly number[], right: readonly number[]): number {
  for (const [at, part] of right.entries()) {
    const difference = (left[at] ?? 0) - part
    if (difference !== 0) return difference
  }
  return 0
}
