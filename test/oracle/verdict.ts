import type { Comparison } from './compare.ts'
import { EXPLAINED } from './explained.ts'
import type { Difference } from './our-screen.ts'

/** Differences by what accounts for them. */
export interface Verdict {
  readonly cells: number
  /** Cells by the id of their explanation. */
  readonly explained: ReadonlyMap<string, number>
  readonly unexplained: readonly Difference[]
  /** Cells of the operator's terminal that were not what the host's screen held: nothing accounts for those. */
  readonly inner: readonly Difference[]
}

/** Looks for an explanation of every difference; `look` names the place in a recording. */
export function judge({ cells, differences, innerDifferences }: Comparison, look = ''): Verdict {
  const explained = new Map<string, number>()
  const unexplained: Difference[] = []
  for (const difference of differences) {
    const found = EXPLAINED.find(
      ({ accountsFor, looks }) => accountsFor?.(difference) === true || looks?.includes(look) === true,
    )
    if (found === undefined) unexplained.push(difference)
    else explained.set(found.id, (explained.get(found.id) ?? 0) + 1)
  }
  return { cells, explained, unexplained, inner: innerDifferences }
}

/** What is wrong, as lines to read; none when all is explained. */
export function complaints({ unexplained, inner }: Verdict): readonly string[] {
  return [
    ...unexplained.map((each) => words(each, 'tmux')),
    ...inner.map((each) => words(each, "the operator's terminal")),
  ]
}

function words({ x, y, ours, theirs }: Difference, other: string): string {
  return `row ${y} column ${x}: ${JSON.stringify(ours)}, ${other} ${JSON.stringify(theirs)}`
}
