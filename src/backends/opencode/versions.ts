/** The opencode versions whose API this backend was proven against: from `least` up to, not including, `below`. */
export const SUPPORTED = { least: [1, 17, 0], below: [2, 0, 0], text: '1.17 up to 2.0' } as const

/** How a version relates to the supported range. */
export type VersionVerdict =
  | { readonly kind: 'supported' }
  | { readonly kind: 'older' | 'newer' | 'unreadable'; readonly detail: string }

/** Judges a version text such as `1.18.33`; says in one sentence what may break. */
export function judgeVersion(version: string): VersionVerdict {
  const parts = /(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number)
  if (parts === undefined) {
    return { kind: 'unreadable', detail: `opencode calls itself "${version}"; supported is ${SUPPORTED.text}` }
  }
  if (compare(parts, SUPPORTED.least) < 0) {
    return {
      kind: 'older',
      detail: `opencode ${version} is older than supported (${SUPPORTED.text}): permissions cannot be answered`,
    }
  }
  if (compare(parts, SUPPORTED.below) >= 0) {
    return {
      kind: 'newer',
      detail: `opencode ${version} is newer than supported (${SUPPORTED.text}): events may be missed`,
    }
  }
  return { kind: 'supported' }
}

function compare(left: readonly number[], right: readonly number[]): number {
  for (const [at, number] of right.entries()) {
    const difference = (left[at] ?? 0) - number
    if (difference !== 0) return difference
  }
  return 0
}
