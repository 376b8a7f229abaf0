import { expect, test } from 'vitest'
import { COLOUR } from '../../../src/core/grid.ts'
import { OracleRoom, Random } from './oracle-room.ts'
import { type SeenCell, seenCell } from './outer-terminal.ts'

const STEPS = 60

/** The colour of a text does not show on a blank. */
function shown(cell: SeenCell): string {
  const isPlainBlank = cell.text === ' ' && cell.bg === 0 && (cell.fg & ~COLOUR.mask) === 0
  return JSON.stringify(isPlainBlank ? { ...cell, fg: 0 } : cell)
}

function differences(wanted: SeenCell[][], seen: SeenCell[][]): string[] {
  return wanted.flatMap((line, row) =>
    line.flatMap((cell, column) => {
      const [one, other] = [shown(cell), shown(seen[row]![column]!)]
      return one === other ? [] : [`row ${row} column ${column}: wanted ${one}, seen ${other}`]
    }),
  )
}

test.each([1, 2, 3, 4, 5, 6])('after any sequence of changes the terminal shows the composition, seed %i', (seed) => {
  const random = new Random(seed)
  const room = new OracleRoom(random)
  for (let step = 0; step < STEPS; step++) {
    const changes = Array.from({ length: 1 + random.below(3) }, () => room.change())
    room.compositor.frame()
    expect(differences(room.expected(), room.outer.cells()), `step ${step}: ${changes}`).toEqual([])
    expect(room.compositor.frame(), 'nothing changed').toBe(0)
  }
})

test('a frame tells what the terminal shows, as text and as cells', () => {
  const room = new OracleRoom(new Random(77))
  room.compositor.frame()
  expect(room.compositor.frameSnapshot()).toEqual(room.outer.text())
  const { cols, rows, cells, combined } = room.compositor.frameGrid()
  const told = Array.from({ length: rows }, (_, row) =>
    Array.from({ length: cols }, (_, column) =>
      seenCell(cells, row * cols + column, () => combined.get(row * cols + column)),
    ),
  )
  expect(differences(told, room.outer.cells())).toEqual([])
})
