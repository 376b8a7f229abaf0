import { createRandom } from '../../bench/random.ts'
import { type Comparison, compareOutput } from './compare.ts'
import type { TerminalSize } from './our-screen.ts'
import { generate, type Piece } from './sequences.ts'
import { shrink } from './shrink.ts'
import type { TmuxScreen } from './tmux.ts'
import { complaints, judge, type Verdict } from './verdict.ts'

const PIECES = 40

/** A generated program: its terminal, and what it prints. */
export interface Program {
  readonly size: TerminalSize
  readonly pieces: readonly Piece[]
}

/** The program of a seed. Small screens: more happens at their edges. */
export function programOf(seed: number): Program {
  const random = createRandom(seed)
  const size = { cols: Math.floor(random.between(6, 40)), rows: Math.floor(random.between(2, 12)) }
  return { size, pieces: generate(random, size, PIECES) }
}

/** Compares what a program prints. */
export async function judgeProgram(tmux: TmuxScreen, { size, pieces }: Program): Promise<Verdict> {
  return judge(await compare(tmux, size, pieces))
}

/** The shortest program that still shows a difference, with what differs, as text to read. */
export async function describeFailure(tmux: TmuxScreen, { size, pieces }: Program): Promise<string> {
  const judged = async (some: readonly Piece[]) => complaints(judge(await compare(tmux, size, some)))
  const few = await shrink(pieces, async (some) => (await judged(some)).length > 0)
  const steps = few.map(({ name, bytes }) => `  ${name}: ${JSON.stringify(bytes)}`)
  return [`${size.cols}×${size.rows}`, ...steps, ...(await judged(few)).slice(0, 10)].join('\n')
}

function compare(tmux: TmuxScreen, size: TerminalSize, pieces: readonly Piece[]): Promise<Comparison> {
  return compareOutput(
    tmux,
    size,
    pieces.map(({ bytes }) => bytes),
  )
}
