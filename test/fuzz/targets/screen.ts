import fc from 'fast-check'
import type { Grid } from '../../../src/core/grid.ts'
import { createScreen, type Screen } from '../../../src/host/terminal/screen.ts'
import { CELL_TEXT_LIMIT } from '../../../src/host/terminal/xterm-internals.ts'
import { recordedOutput } from '../corpora.ts'
import { mutated } from '../mutations.ts'
import { createTarget, type FuzzTarget } from '../target.ts'

const SIZE = { cols: 40, rows: 10, scrollback: 40 } as const
/** Ends whatever sequence is open, in every state of a parser, and resets what could hide the words behind it. */
const BACK_IN_STEP = '\x18\x1b\\\x1b[?1049l\x1bc'
const WORDS = 'in step'

/** Bytes of programs in any pieces: no error, no growth, and the parser is in step behind them. */
export function screenTarget(): FuzzTarget {
  const input = fc.record({ bytes: mutated(recordedOutput()), cuts: fc.array(fc.nat(600), { maxLength: 5 }) })
  return createTarget({ name: 'screen, in any pieces', share: 20, input, open: openScreens })
}

function openScreens() {
  const failures: unknown[] = []
  const create = () => createScreen({ ...SIZE, reply: () => undefined, onError: (error) => failures.push(error) })
  const [whole, pieces] = [create(), create()]
  return {
    attempt({ bytes, cuts }: { readonly bytes: Buffer; readonly cuts: readonly number[] }) {
      whole.write(bytes)
      for (const piece of cut(bytes, cuts)) pieces.write(piece)
      if (failures.length > 0) throw failures.splice(0)[0]
      const grid = whole.snapshot()
      expectSame(grid, pieces.snapshot())
      expectBounded(whole, grid)
      for (const screen of [whole, pieces]) expectInStep(screen)
    },
    close() {
      whole.dispose()
      pieces.dispose()
    },
  }
}

function expectSame(one: Grid, other: Grid): void {
  const isSame =
    Buffer.compare(Buffer.from(one.cells.buffer), Buffer.from(other.cells.buffer)) === 0 &&
    [...one.combined].every(([cell, text]) => other.combined.get(cell) === text)
  if (!isSame) throw new Error('the pieces were drawn as something else than the whole')
}

function expectBounded(screen: Screen, { combined }: Grid): void {
  if (screen.pendingBytes !== 0) throw new Error(`${screen.pendingBytes} bytes were left`)
  if (screen.scrollbackLength > SIZE.scrollback) throw new Error(`${screen.scrollbackLength} lines are kept`)
  for (const text of combined.values()) {
    if (text.length > CELL_TEXT_LIMIT + 2) throw new Error(`a cell holds ${text.length} units`)
  }
}

function expectInStep(screen: Screen): void {
  screen.write(`${BACK_IN_STEP}${WORDS}`)
  const [shown] = screen.text({ lines: 1 })
  if (shown !== WORDS) throw new Error(`the screen shows ${JSON.stringify(shown)}`)
}

function cut(bytes: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const ends = [...new Set(cuts.map((each) => each % (bytes.length + 1)))].sort((a, b) => a - b)
  return [...ends, bytes.length].map((end, index) => bytes.subarray(index === 0 ? 0 : ends[index - 1], end))
}
