import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { type Bench, type Figure, isMet, ratioOf } from './figures.ts'
import { tmuxVersion } from './tmux.ts'

/** The benches by name, in the order they run. */
const BENCHES = [
  'first-paint',
  'idle',
  'busy-panes',
  'echo',
  'flood',
  'parse',
  'compositor',
  'memory',
  'hundred',
  'exit-output',
  'opencode-memory',
  'approvals',
  'deliveries',
] as const

const OUTPUT = join(import.meta.dirname, '../test-output/bench.json')

interface Row extends Figure {
  readonly bench: string
  readonly ratio: number | undefined
  readonly met: boolean | undefined
}

await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<void> {
  const names = args.filter((arg) => !arg.startsWith('--'))
  const unknown = names.filter((name) => !BENCHES.some((bench) => bench === name))
  if (unknown.length > 0) {
    process.stderr.write(`No such bench: ${unknown.join(', ')}. There are: ${BENCHES.join(', ')}\n`)
    process.exitCode = 2
    return
  }
  const isQuick = args.includes('--quick')
  const rows: Row[] = []
  for (const name of names.length === 0 ? BENCHES : BENCHES.filter((bench) => names.includes(bench))) {
    rows.push(...(await runOne(name, isQuick)))
  }
  save(rows, isQuick)
  if (rows.some(({ met }) => met === false)) process.stdout.write('\nSome budgets are missed.\n')
}

async function runOne(bench: string, isQuick: boolean): Promise<readonly Row[]> {
  const { run } = (await import(`./${bench}.ts`)) as { readonly run: Bench }
  try {
    const rows = (await run({ isQuick })).map((figure) => ({
      ...figure,
      bench,
      ratio: ratioOf(figure),
      met: isMet(figure),
    }))
    for (const row of rows) process.stdout.write(`${lineOf(row)}\n`)
    return rows
  } catch (error) {
    process.stdout.write(`✕ ${bench} could not be measured: ${error instanceof Error ? error.message : error}\n`)
    process.exitCode = 1
    return []
  }
}

function lineOf(row: Row): string {
  const sign = row.met === undefined ? ' ' : row.met ? '✓' : '✕'
  const value = `${shown(row.value)} ${row.unit}`.trim()
  const { baseline, budget } = row
  const beside = baseline === undefined ? '' : `${baseline.name} ${shown(baseline.value)}`
  const ratio = row.ratio === undefined ? '' : `${shown(row.ratio)}×`
  const wanted = budget === undefined ? '' : budgetText(row)
  const columns = [row.name.padEnd(58), value.padStart(20), ratio.padStart(8), wanted.padStart(12), `  ${beside}`]
  return `${sign} ${columns.join(' ')}${row.note === undefined ? '' : `  (${row.note})`}`
}

function budgetText({ budget, isRatio }: Row): string {
  if (budget === undefined) return ''
  const unit = isRatio === true ? '×' : ''
  return 'atMost' in budget ? `≤ ${budget.atMost}${unit}` : `≥ ${budget.atLeast}${unit}`
}

function shown(value: number): string {
  if (!Number.isFinite(value)) return '?'
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(2).replace(/\.00$/, '')
}

function save(rows: readonly Row[], isQuick: boolean): void {
  const machine = {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    load: loadavg()[0],
    node: process.version,
    tmux: tmuxVersion() ?? null,
  }
  mkdirSync(join(OUTPUT, '..'), { recursive: true })
  writeFileSync(OUTPUT, `${JSON.stringify({ at: new Date().toISOString(), isQuick, machine, rows }, undefined, 2)}\n`)
}
