import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Backend } from '../../src/backends/backend.ts'
import { createShellBackend } from '../../src/backends/shell/backend.ts'
import { connectHost } from '../../src/client/connect.ts'
import { loadConfig } from '../../src/config/load.ts'
import { rulesOf } from '../../src/config/rules.ts'
import { IDENTITY_VARIABLES, type Identity } from '../../src/core/identity.ts'
import { type SessionId, workId } from '../../src/core/ids.ts'
import type { Receipt } from '../../src/core/message.ts'
import { isLive, type Session } from '../../src/core/session.ts'
import { isOpen } from '../../src/core/work.ts'
import { type RunningHost, startTestHost, TEST_VERSION } from '../contract/running-host.ts'
import { type CommandLineEnd, connectionOf, runCommandLine } from './command-line.ts'
import { createRepository, worktreeSettings } from './repository.ts'
import { createStandIn, SAY, type StandInAgent } from './stand-in-backend.ts'

/**
 * A town with the rigs `api` and `myproject` on a host whose agents are stand-ins called claude and opencode: where the
 * command lines of the documents run. Everything a line takes for granted is put there before it.
 */
export interface DocsStage extends AsyncDisposable {
  readonly town: string
  readonly running: RunningHost
  /** Runs a command line; within the session, when one is given. One that streams is ended after its first output. */
  readonly run: (argv: readonly string[], about?: RunAbout) => Promise<CommandLineEnd>
  /** The live session of this name in the rig `api`, at rest; started when there is none. */
  readonly session: (name: string, role?: string) => Promise<StagedSession>
  /** Nobody has this name any more. */
  readonly without: (name: string) => Promise<void>
  /** Open work with this id; a session has it when one is given. */
  readonly work: (id: string, holder?: SessionId) => Promise<void>
  /** There is no open work with this id. */
  readonly noWork: (id: string) => Promise<void>
  readonly mail: (to: string) => Promise<Receipt>
}

export interface RunAbout {
  readonly inSession?: SessionId | undefined
  readonly isStream?: boolean
}

export interface StagedSession {
  readonly id: SessionId
  readonly agent: StandInAgent
}

/** Builds the stage; disposing ends everything on it. */
export async function openDocsStage(): Promise<DocsStage> {
  const agents = new Map<SessionId, StandInAgent>()
  const running = await startTestHost({
    backends: [stagedBackend('claude', agents), stagedBackend('opencode', agents), createShellBackend()],
    rules: (directory) => rulesOf(loadConfig(directory)),
  })
  const town = join(running.workDir, 'town')
  const rig = buildTown(town)
  const { host, facts } = running
  const sessions = (): readonly Session[] => Object.values(facts.fleet.sessions)
  const without = async (name: string): Promise<void> => {
    const named = sessions().filter(({ agentName }) => agentName === name)
    // A fork works in the worktree of the session that it was made of.
    const forks = sessions().filter(({ origin }) => named.some(({ id }) => id === origin?.id))
    for (const session of [...forks, ...named]) {
      if (isLive(session)) await host.terminateSession(session.id, { isForced: true })
      await host.terminateSession(session.id, { isForced: true })
    }
  }
  const noWork = async (id: string): Promise<void> => {
    const unit = facts.fleet.work[workId(id)]
    if (unit !== undefined && isOpen(unit)) await host.endWork(unit.id, { status: 'cancelled' })
  }
  return {
    town,
    running,
    without,
    noWork,
    run: (argv, about = {}) => run({ running, agents, town }, argv, about),
    async session(name, role = 'polecat') {
      const known = sessions().find((each) => each.agentName === name && isLive(each))
      const request = { backend: 'claude', agentName: name, role, rig: 'api', workDir: rig }
      if (known === undefined) await without(name)
      const id = known?.id ?? (await host.spawnSession(request))
      await host.unpause(id)
      const agent = agents.get(id)
      if (agent === undefined) throw new Error(`${name} is no stand-in`)
      agent.say(SAY.idle())
      return { id, agent }
    },
    async work(id, holder) {
      await noWork(id)
      const order = { id: workId(id), type: 'task', description: 'make it green', payload: {}, priority: 0 } as const
      if (holder === undefined) {
        await host.drainPool()
        const place = { rig: 'api', role: 'polecat', workDir: rig, backend: null, agentName: null, args: [] }
        await host.queueWork({ work: order, place })
      } else await host.assignWork(holder, order)
    },
    mail: (to) => host.sendMail(to, { type: 'mail', body: 'read this' }),
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  }
}

function stagedBackend(name: string, agents: Map<SessionId, StandInAgent>): Backend {
  const { backend } = createStandIn()
  return {
    ...backend,
    name,
    async open(request, port) {
      const standIn = createStandIn()
      const agent = await standIn.backend.open(request, port)
      agents.set(request.id, standIn.agent())
      return agent
    },
  }
}

function buildTown(town: string): string {
  mkdirSync(join(town, 'settings'), { recursive: true })
  mkdirSync(join(town, 'myproject'))
  writeFileSync(join(town, 'settings/config.json'), JSON.stringify({ type: 'town-settings', version: 1 }))
  writeFileSync(join(town, 'app.log'), 'started\n')
  writeFileSync(join(town, 'CLAUDE.md'), 'Be brief.\n')
  const rig = createRepository(join(town, 'api'))
  rig.settings(worktreeSettings())
  return rig.directory
}

interface Place {
  readonly running: RunningHost
  readonly agents: ReadonlyMap<SessionId, StandInAgent>
  readonly town: string
}

async function run(
  { running, agents, town }: Place,
  argv: readonly string[],
  { inSession, isStream = false }: RunAbout,
): Promise<CommandLineEnd> {
  const { paths, host } = running
  const given = inSession === undefined ? {} : agents.get(inSession)?.request.env
  const env = { ...given, HOME: town, SIGNALBOX_STATE: paths.stateDirectory, TERM: 'xterm-256color' }
  const over = new AbortController()
  const connect = async () =>
    connectionOf(await connectHost({ paths, version: TEST_VERSION, identity: identityIn(env) }))
  let written = ''
  const stdout = {
    write: async (text: string) => {
      written += text
      if (isStream) over.abort()
    },
  }
  const context = { cwd: town, env, now: Date.now, hostName: host.hostName, isTty: true, signal: over.signal }
  const stops = argv[0] === 'host' && argv[1] === 'stop'
  const end = await runCommandLine(argv, {
    ...context,
    connect,
    stdout,
    stateDirectory: () => paths.stateDirectory,
    connectExisting: async () => (stops ? undefined : connect()),
  })
  return { ...end, stdout: written }
}

function identityIn(env: Readonly<Record<string, string>>): Identity | undefined {
  const [session, token] = [env[IDENTITY_VARIABLES.session], env[IDENTITY_VARIABLES.token]]
  return session === undefined || token === undefined ? undefined : { session: session as SessionId, token }
}
