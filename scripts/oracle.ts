/**
 * Compares what our screens show with what a real tmux shows, cell by cell: every recording, and generated programs. Ends with 1 when
 * a difference has no explanation. `npm run oracle -- --programs 2000 --seed 7 --only claude`. See docs/rendering.md.
 */
import { parseArgs } from 'node:util'
import { compareOutput } from '../test/oracle/compare.ts'
import { EXAMPLE_SIZE, EXPLAINED } from '../test/oracle/explained.ts'
import { explainedTable } from '../test/oracle/explained-table.ts'
import { describeFailure, judgeProgram, programOf } from '../test/oracle/generated.ts'
import { readRecordings } from '../test/oracle/recording.ts'
import { compareRecording } from '../test/oracle/replay.ts'
import { openTmux, tmuxVersion } from '../test/oracle/tmux.ts'
import { complaints, judge, type Verdict } from '../test/oracle/verdict.ts'

const SHOWN = 10
const { values } = parseArgs({
  options: {
    programs: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    table: { type: 'boolean', default: false },
  },
})
if (values.table) {
  process.stdout.write(`${explainedTable()}\n`)
  process.exit()
}
const totals = { cells: 0, explained: 0, unexplained: 0, inner: 0 }
const reasons = new Map<string, number>()

process.stdout.write(`beside ${tmuxVersion() ?? 'no tmux'}, seed ${values.seed}\n`)
await using tmux = await openTmux()
for (const recording of readRecordings().filter(({ name }) => name.includes(values.only))) {
  const looks = await compareRecording(tmux, recording)
  for (const { look, ...comparison } of looks) report(look, judge(comparison, look))
  process.stdout.write(`${recording.name}: ${looks.length} looks\n`)
}
const first = Number(values.seed)
for (let seed = first; values.only === '' && seed < first + Number(values.programs); seed += 1) {
  const program = programOf(seed)
  const verdict = await judgeProgram(tmux, program)
  if (report(`the program of seed ${seed}`, verdict)) process.stdout.write(`${await describeFailure(tmux, program)}\n`)
}
for (const { id, example } of EXPLAINED) {
  const { differences } = await compareOutput(tmux, EXAMPLE_SIZE, [example])
  if (differences.length === 0) process.stdout.write(`${id}: this tmux shows what we show; the difference is gone\n`)
}
for (const [id, cells] of reasons) process.stdout.write(`explained by ${id}: ${cells} cells\n`)
process.stdout.write(`
cells compared            ${totals.cells}
differences explained     ${totals.explained}
differences unexplained   ${totals.unexplained}
wrong on the way to the operator's terminal ${totals.inner}
`)
process.exitCode = totals.unexplained + totals.inner === 0 ? 0 : 1

/** Adds a verdict to the totals; whether it is a bad one, which is printed. */
function report(where: string, verdict: Verdict): boolean {
  totals.cells += verdict.cells
  totals.unexplained += verdict.unexplained.length
  totals.inner += verdict.inner.length
  for (const [id, cells] of verdict.explained) {
    totals.explained += cells
    reasons.set(id, (reasons.get(id) ?? 0) + cells)
  }
  const lines = complaints(verdict)
  if (lines.length > 0) process.stdout.write(`${where}:\n${lines.slice(0, SHOWN).join('\n')}\n`)
  return lines.length > 0
}
