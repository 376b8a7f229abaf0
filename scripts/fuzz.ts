/**
 * Gives everything that reads bytes or text from outside a great many inputs, real ones with changes and made-up ones, and ends
 * with 1 when anything fails. `npm run fuzz -- --inputs 1000000 --seed 7 --only screen`. See docs/rendering.md.
 */
import { parseArgs } from 'node:util'
import { allTargets } from '../test/fuzz/all-targets.ts'
import { fuzz } from '../test/fuzz/run.ts'

/** What a target may leave in memory: tables that fill once, such as the widths of text. */
const MOST_KEPT_BYTES = 32 * 1024 * 1024

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    only: { type: 'string', default: '' },
  },
})
const effort = { inputs: Number(values.inputs), seed: Number(values.seed) }
if (!Number.isSafeInteger(effort.inputs) || effort.inputs < 1) throw new Error('--inputs takes a whole number')
if (!Number.isSafeInteger(effort.seed)) throw new Error('--seed takes a whole number')

const targets = allTargets().filter(({ name }) => name.includes(values.only))
process.stdout.write(`seed ${effort.seed}\n${row('target', 'inputs', 'crashes', 'seconds', 'kept MB')}`)
const results = await fuzz(targets, effort, ({ name, inputs, seconds, keptBytes, failure }) => {
  const kept = (keptBytes / 1e6).toFixed(1)
  process.stdout.write(row(name, String(inputs), failure === undefined ? '0' : '1', seconds.toFixed(1), kept))
})
const failed = results.filter(({ failure, keptBytes }) => failure !== undefined || keptBytes > MOST_KEPT_BYTES)
for (const { name, failure } of failed) {
  process.stdout.write(`\n${name}: ${failure ?? 'more is kept in memory than any number of inputs should leave'}\n`)
}
const inputs = results.reduce((sum, result) => sum + result.inputs, 0)
const seconds = results.reduce((sum, result) => sum + result.seconds, 0)
process.stdout.write(row('all', String(inputs), String(failed.length), seconds.toFixed(1), ''))
process.exitCode = failed.length === 0 ? 0 : 1

function row(name: string, ...columns: readonly string[]): string {
  return `${name.padEnd(30)}${columns.map((column) => column.padStart(10)).join('')}\n`
}
