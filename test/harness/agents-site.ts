import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Receipt } from '../../src/core/message.ts'
import type { SessionInfo } from '../../src/core/session.ts'
import { prepareHome } from '../../src/demo/agents/environment.ts'
import { runToEnd } from '../e2e/cli-program.ts'
import { eventually } from './eventually.ts'
import { type Lab, startLab } from './lab.ts'
import { processesWith } from './processes.ts'
import { openSite, PROGRAM, type Ran, type Site } from './site.ts'

/** Longest wait for anything that a real agent does on a busy machine. */
export const AGENT_DEADLINE_MS = 25_000

/** A site in which the real agents run against the scripted model. Its project is a town with one rig, `myproject`. */
export interface AgentsSite extends Site {
  readonly lab: Lab
  /** A git repository in the town. */
  readonly rig: string
  /** Runs a verb in another directory. */
  readonly runIn: (directory: string, ...args: readonly string[]) => Promise<Ran>
  readonly agents: () => Promise<readonly SessionInfo[]>
  readonly agent: (name: string) => Promise<SessionInfo>
  /** Sends a nudge and waits until the agent itself says that it has it. */
  readonly nudge: (name: string, text: string) => Promise<Receipt>
  readonly idle: (name: string) => Promise<SessionInfo>
  readonly asks: (name: string) => Promise<SessionInfo>
  /** Processes of agents; the host is none. */
  readonly agentProcesses: () => readonly string[]
  /** Names of files and folders of the state directory, sorted. */
  readonly stateFiles: () => readonly string[]
}

/** Disposing stops the host, rejects when any process is left, and removes everything. `env` is added to the operator's. */
export async function openAgentsSite(env: Readonly<Record<string, string>> = {}): Promise<AgentsSite> {
  const lab = await startLab()
  const site = await openSite({ ...lab.env, ...env })
  const rig = join(site.project, 'myproject')
  makeTown(site.project, rig, lab)
  await prepareHome(lab.home, { trusted: [lab.folder, site.folder, site.project, rig] })
  const json = async <Value>(...args: readonly string[]): Promise<Value> => (await site.json(...args)) as Value
  const agents = (): Promise<readonly SessionInfo[]> => json('agents')
  const seconds = String(AGENT_DEADLINE_MS / 1000)
  return {
    ...site,
    lab,
    rig,
    runIn: async (cwd, ...args) => {
      const ended = await runToEnd({ entry: PROGRAM, args, cwd, env: site.env })
      return { code: ended.exit ?? -1, stdout: ended.stdout, stderr: ended.stderr }
    },
    agents,
    agent: async (name) => {
      const found = (await agents()).find((each) => each.agentName === name)
      if (found === undefined) throw new Error(`there is no session ${name}`)
      return found
    },
    nudge: (name, text) => json('nudge', name, text, '--wait', 'seen', '--timeout', seconds),
    idle: (name) => json('wait', name, '--for', 'idle', '--timeout', seconds),
    asks: (name) => json('wait', name, '--for', 'need', '--timeout', seconds),
    agentProcesses: () => processesWith(lab.home).flatMap(({ command }) => (isOfHost(command) ? [] : [command])),
    stateFiles: () => readdirSync(site.state).sort(),
    [Symbol.asyncDispose]: async () => {
      try {
        await site[Symbol.asyncDispose]()
        await eventually('no process of the agents is left', () => processesWith(lab.folder).length === 0, {
          describe: () => JSON.stringify(processesWith(lab.folder), undefined, 2),
        })
      } finally {
        for (const left of processesWith(lab.folder)) process.kill(left.pid, 'SIGKILL')
        await lab[Symbol.asyncDispose]()
      }
    },
  }
}

function isOfHost(command: string): boolean {
  return command.includes(PROGRAM)
}

function makeTown(town: string, rig: string, lab: Lab): void {
  mkdirSync(join(town, 'settings'))
  mkdirSync(rig)
  const settings = { type: 'town-settings', version: 1, default_agent: 'claude', role_agents: { polecat: 'opencode' } }
  writeFileSync(join(town, 'settings/config.json'), JSON.stringify(settings))
  writeFileSync(join(rig, 'README.md'), '# My project\n')
  for (const args of [
    ['init', '-q'],
    ['add', '.'],
    ['commit', '-q', '-m', 'Start'],
  ]) {
    execFileSync('git', args, { cwd: rig, env: lab.env })
  }
}
