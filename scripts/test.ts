import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

/**
 * Runs all tests in two halves at the same time. Those with real agents go one file after the other: two at once would wait for each
 * other's processor time. Meanwhile the others take what the waiting leaves over.
 */
async function runAll(): Promise<number> {
  // Two reports at once would be unreadable.
  const agents = half('agents')
  const rest = half('rest', (chunk) => process.stdout.write(chunk))
  const restCode = await rest.code
  if (agents.child.exitCode === null)
    process.stdout.write('The tests with real agents still go on; their report follows.\n')
  const agentsCode = await agents.code
  process.stdout.write(agents.report())
  // What failed stands last, where a log that keeps only its end still has it.
  if (restCode !== 0) process.stdout.write(failuresIn(rest.report()))
  return Math.max(restCode, agentsCode)
}

function half(project: string, show?: (chunk: string) => void) {
  const child = spawn('vitest', ['run', '--project', project], { stdio: ['inherit', 'pipe', 'pipe'] })
  let report = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      report += chunk
      show?.(chunk)
    })
  }
  return { child, code: ended(child), report: () => report }
}

/** The part of a report of vitest that says what failed, with the counts after it. */
function failuresIn(report: string): string {
  const start = report.search(/^.*(Failed Suites|Failed Tests|Unhandled Errors?) /m)
  return report.slice(Math.max(start, 0))
}

async function ended(child: ChildProcess): Promise<number> {
  const [code] = await once(child, 'close')
  return code ?? 1
}

const args = process.argv.slice(2)
const only = () => ended(spawn('vitest', ['run', ...args], { stdio: 'inherit' }))
process.exitCode = args.length === 0 ? await runAll() : await only()
