import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SessionId } from '../core/ids.ts'
import type { Orchestrator } from '../core/orchestrator.ts'
import type { SpawnRequest } from '../core/session.ts'
import { agentEnvironment, prepareHome } from './agents/environment.ts'
import { type AgentPrograms, findPrograms } from './agents/programs.ts'
import { startModel } from './model/server.ts'
import { CUES, type DemoSession, SCENARIO } from './scenario.ts'

/** A host that belongs to the demo alone. */
export interface DemoHost {
  readonly orchestrator: Orchestrator
  /** Ends its sessions and the host. */
  stop(): Promise<void>
}

export interface DemoOptions<Host extends DemoHost> {
  /** Root of the installation: where a checkout has the real agents. */
  readonly root: string
  /** The operator's environment. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Arguments that make this program's Node play the scripted agent. */
  readonly scriptedAgent: readonly string[]
  /** Starts a host with this environment; it must end when this process does. */
  readonly startHost: (env: Readonly<Record<string, string>>) => Promise<Host>
  /** Shows the room, or waits until every session is up; the demo ends when it resolves. */
  readonly show: (host: Host, whenSpawned: Promise<readonly SessionId[]>) => Promise<void>
}

/** Runs the demo in a temporary directory and leaves nothing behind: no file, process or socket. */
export async function runDemo<Host extends DemoHost>(options: DemoOptions<Host>): Promise<void> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sb-demo-')))
  const model = await startModel({ cues: CUES })
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
  process.once('exit', removeFolder)
  try {
    const programs = findPrograms({ root: options.root, path: options.env['PATH'] ?? '' })
    const env = await demoEnvironment(folder, { programs, modelUrl: model.url, outer: options.env })
    const host = await options.startHost(env)
    try {
      const whenSpawned = spawnAll(host.orchestrator, {
        home: homeIn(folder),
        programs,
        scriptedAgent: options.scriptedAgent,
      })
      await options.show(host, whenSpawned)
      await whenSpawned
    } finally {
      await host.stop()
    }
  } finally {
    await model.close()
    process.off('exit', removeFolder)
    removeFolder()
  }
}

/** The projects are in it, so that the agents show short paths. */
const homeIn = (folder: string): string => join(folder, 'home')

interface Place {
  readonly programs: AgentPrograms
  readonly modelUrl: string
  readonly outer: Readonly<Record<string, string | undefined>>
}

async function demoEnvironment(folder: string, place: Place): Promise<Readonly<Record<string, string>>> {
  const home = homeIn(folder)
  const [bin, state] = [join(folder, 'bin'), join(folder, 'state')]
  mkdirSync(bin)
  mkdirSync(state, { mode: 0o700 })
  for (const [name, program] of Object.entries(place.programs)) symlinkSync(program, join(bin, name))
  await prepareHome(home, { trusted: [folder] })
  const kept = Object.fromEntries(
    Object.entries(place.outer).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
  return {
    ...kept,
    PATH: `${bin}:${kept['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'}`,
    SIGNALBOX_STATE: state,
    ...agentEnvironment({ home, modelUrl: place.modelUrl }),
  }
}

interface Cast {
  readonly home: string
  readonly programs: AgentPrograms
  readonly scriptedAgent: readonly string[]
}

/** Starts the whole scenario at once; a session that fails to start is left out, the others go on. */
async function spawnAll(orchestrator: Orchestrator, cast: Cast): Promise<readonly SessionId[]> {
  const results = await Promise.allSettled(
    SCENARIO.map((session) => orchestrator.spawnSession(requestFor(session, cast))),
  )
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
}

function requestFor(session: DemoSession, cast: Cast): SpawnRequest {
  const workDir = join(cast.home, session.rig)
  mkdirSync(workDir, { recursive: true })
  chmodSync(workDir, 0o700)
  const common = { role: session.role, rig: session.rig, agentName: session.name, workDir }
  if (session.backend === 'shell') return { ...common, backend: 'shell', args: ['sh', '-c', session.script] }
  if (cast.programs[session.backend] !== undefined)
    return { ...common, backend: session.backend, prompt: session.prompt }
  return { ...common, backend: 'shell', args: [...cast.scriptedAgent, session.script] }
}
