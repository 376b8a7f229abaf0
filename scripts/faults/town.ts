import type { SessionInfo } from '../../src/core/session.ts'
import { type AgentsSite, openAgentsSite } from '../../test/harness/agents-site.ts'
import { eventually } from '../../test/harness/eventually.ts'
import { isRunning } from '../../test/harness/processes.ts'
import { type Room, startRoom } from '../../test/harness/room.ts'

/** How long everything may take to be back on a busy machine. */
export const BACK_WITHIN_MS = 120_000

const AGENTS = [
  ['claude', 'ann'],
  ['claude', 'ben'],
  ['opencode', 'cas'],
  ['opencode', 'dot'],
] as const

/** Four real agents under one host, and a room that looks at them. */
export interface Town extends AsyncDisposable {
  readonly site: AgentsSite
  readonly names: readonly string[]
  readonly room: () => Room
  /** Ends the host as a power cut would. */
  readonly killHost: () => Promise<void>
  /** Ends the room as a closed lid would, and opens another one. */
  readonly killRoom: () => Promise<void>
  /** Ends the program of a session that has one; false when there is none at this moment. */
  readonly killAgent: (name: string) => Promise<boolean>
  /** Resolves when each session runs; those that ended with their agent are resumed. */
  readonly back: () => Promise<void>
}

/** Starts it. Disposing ends everything, and rejects when a process is left. */
export async function openTown(): Promise<Town> {
  const site = await openAgentsSite()
  for (const [backend, name] of AGENTS) await site.json('spawn', '--backend', backend, '--name', name, '--rig', 'r')
  const names = AGENTS.map(([, name]) => name)
  // A conversation of which nothing is written down yet cannot be lost: it begins afresh.
  for (const name of names) {
    await site.nudge(name, 'SAY good morning')
    await site.idle(name)
  }
  let room = await startRoom({ site })
  const killHost = async (): Promise<void> => {
    const pid = site.hostPid()
    if (pid === undefined) return
    process.kill(pid, 'SIGKILL')
    await eventually('the host is gone', () => !isRunning(pid))
  }
  return {
    site,
    names,
    room: () => room,
    killHost,
    async killRoom() {
      room.kill('SIGKILL')
      await room.exited
      room = await startRoom({ site })
    },
    killAgent: (name) => killAgent(site, name),
    back: () => allBack(site, names),
    [Symbol.asyncDispose]: async () => {
      await room[Symbol.asyncDispose]()
      await site[Symbol.asyncDispose]()
    },
  }
}

async function killAgent(site: AgentsSite, name: string): Promise<boolean> {
  const { pid } = await site.agent(name)
  if (pid === null || !isRunning(pid)) return false
  process.kill(pid, 'SIGKILL')
  await eventually('it is noticed', async () => (await site.agent(name)).state !== 'running', {
    deadlineMs: BACK_WITHIN_MS,
  })
  await site.run('resume', name)
  return true
}

async function allBack(site: AgentsSite, names: readonly string[]): Promise<void> {
  let seen: readonly SessionInfo[] = []
  await eventually(
    'every session runs',
    async () => {
      seen = await site.agents()
      for (const { state, agentName } of seen) if (state === 'failed') await site.run('resume', agentName)
      return names.every((name) => seen.some(({ agentName, state }) => agentName === name && state === 'running'))
    },
    { deadlineMs: BACK_WITHIN_MS, describe: () => `${JSON.stringify(seen, undefined, 2)}\n${site.hostLog()}` },
  )
}
