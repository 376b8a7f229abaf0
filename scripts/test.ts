import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

/** How a project of tests ended: what vitest printed, and its exit code. */
interface Outcome {
  readonly report: string
  readonly code: number
}

/**
 * Runs all tests in two lanes at the same time. Real agents take a core for seconds when they start, so there are never more than two
 * files with them at once; the tests without them, of which most wait for programs, take what the first lane leaves over.
 */
async function runAll(): Promise<number> {
  process.stdout.write('All tests run; each of three reports follows when it is whole, the first after some minutes.\n')
  const agents = runProject('agents')
  const rest = await shown(runProject('rest'))
  const outcomes = [rest, await shown(runProject('backends')), await shown(agents)]
  const failed = outcomes.filter(({ code }) => code !== 0)
  // What failed stands last, where a log that keeps only its end still has it.
  for (const { report } of failed) process.stdout.write(failuresIn(report))
  return failed.length === 0 ? 0 : 1
}

async function runProject(name: string): Promise<Outcome> {
  const child = spawn('vitest', ['run', '--project', name], { stdio: ['inherit', 'pipe', 'pipe'] })
  let report = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      report += chunk
    })
  }
  const code = await ended(child)
  return { report, code }
}

/** Prints a report once it is whole: two at once would be unreadable. */
async function shown(running: Promise<Outcome>): Promise<Outcome> {
  const outcome = await running
  process.stdout.write(outcome.report)
  return outcome
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
