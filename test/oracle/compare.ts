import {
  createOurScreen,
  type Difference,
  differencesBetween,
  type OurScreen,
  type TerminalSize,
} from './our-screen.ts'
import type { TmuxScreen } from './tmux.ts'

/** What was compared, and where it differed. */
export interface Comparison {
  readonly cells: number
  readonly differences: readonly Difference[]
  /** Cells of the operator's terminal that were not what the host's screen held. */
  readonly innerDifferences: readonly Difference[]
}

/** Nothing compared yet. */
export const NOTHING: Comparison = { cells: 0, differences: [], innerDifferences: [] }

/** Both comparisons as one. */
export function joined(one: Comparison, other: Comparison): Comparison {
  return {
    cells: one.cells + other.cells,
    differences: [...one.differences, ...other.differences],
    innerDifferences: [...one.innerDifferences, ...other.innerDifferences],
  }
}

/** Feeds the same output to both and compares what they show at its end, and our own two screens after every piece of it. */
export async function compareOutput(
  tmux: TmuxScreen,
  size: TerminalSize,
  pieces: readonly string[],
): Promise<Comparison> {
  using ours = createOurScreen(size)
  let inner = NOTHING
  for (const piece of pieces) {
    ours.write(Buffer.from(piece))
    inner = joined(inner, compareInside(ours))
  }
  await tmux.resize(size)
  await tmux.reset()
  await tmux.write(pieces.join(''))
  return joined(inner, await compareWith(tmux, ours))
}

/** What the operator's terminal shows after the next frame, beside what the host's screen holds. */
export function compareInside(ours: OurScreen): Comparison {
  return { ...NOTHING, innerDifferences: ours.wrongCells() }
}

/** What the operator's terminal shows, beside what tmux shows: cells, and the place of the cursor as one cell more. */
export async function compareWith(tmux: TmuxScreen, ours: OurScreen): Promise<Comparison> {
  const [cursor, other] = [ours.host.cursor, await tmux.cursor()]
  const differences = differencesBetween(ours.shown(), await tmux.shown())
  const isSameCursor = cursor.x === other.x && cursor.y === other.y
  const theirs = `the cursor at ${other.x},${other.y}`
  const ofCursor: Difference = { x: cursor.x, y: cursor.y, ours: 'the cursor', theirs, row: { ours: [], theirs: [] } }
  return {
    ...NOTHING,
    cells: ours.host.cols * ours.host.rows,
    differences: isSameCursor ? differences : [...differences, ofCursor],
  }
}
