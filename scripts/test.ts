import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

/**
 * Runs all tests in two halves at the same time. Those with real agents go one file after the other: two at once would wait for each
 * other's processor time. Meanwhile the others take what the waiting leaves over.
 */
async function runAll(): Promise<number> {
  const agents = run(['--project', 'agents'], 'pipe')
  const rest = run(['--project', 'rest'], 'inherit')
  // Two reports at once would be unreadable.
  const report = agents.stdout === null ? '' : text(agents.stdout)
  const agentsCode = ended(agents)
  const restCode = await ended(rest)
  if (agents.exitCode === null) process.stdout.write('The tests with real agents still go on; their report follows.\n')
  process.stdout.write(await report)
  return Math.max(restCode, await agentsCode)
}

function run(args: readonly string[], stdout: 'pipe' | 'inherit') {
  return spawn('vitest', ['run', ...args], { stdio: ['inherit', stdout, 'inherit'] })
}

async function ended(child: ReturnType<typeof run>): Promise<number> {
  const [code] = await once(child, 'exit')
  return code ?? 1
}

const args = process.argv.slice(2)
process.exitCode = args.length === 0 ? await runAll() : await ended(run(args, 'inherit'))
