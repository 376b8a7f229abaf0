import { join } from 'node:path'
import type { Backend, OpenRequest } from '../backends/backend.ts'
import type { Config } from '../config/load.ts'
import { rulesOf } from '../config/rules.ts'
import { runtimeOf } from '../config/runtime.ts'
import { selectRuntime } from '../config/select.ts'
import { fail, toControlError } from '../core/errors.ts'
import type { BackendHealth } from '../core/facts.ts'
import { exitedNeed } from '../core/freshness.ts'
import { IDENTITY_VARIABLES } from '../core/identity.ts'
import { needId, type SessionId } from '../core/ids.ts'
import { roleGuide } from '../core/role-guide.ts'
import { type Rules, roleRules } from '../core/rules.ts'
import { isLive, type Session, type SpawnRequest, settingsDirectoryOf } from '../core/session.ts'
import type { FactLog } from './fact-log.ts'
import type { Identities } from './identities.ts'
import type { LiveSession } from './live-session.ts'
import type { Log } from './log.ts'
import type { Places } from './places.ts'
import { type SpawnManner, spawnManner } from './spawn-manner.ts'
import { checkedDirectory, DEFAULT_ROLE, firstPrompt, liveCount, planSession } from './spawn-plan.ts'
import { makeTree, takeBack } from './spawn-worktree.ts'
import { whenSettled } from './when-settled.ts'
import type { WorkBook } from './work.ts'
import type { WorktreePlan } from './worktree-making.ts'

/** Lines of the agent's last screen that a failed start shows. */
const LAST_WORDS_LINES = 6

export interface SpawnerOptions {
  readonly facts: FactLog
  readonly backends: Readonly<Record<string, Backend>>
  readonly hostName: string
  readonly now: () => number
  readonly newId: () => string
  readonly newResumeId: () => string
  /** The operator's scrubbed environment. */
  readonly env: Readonly<Record<string, string>>
  readonly sessionsDir: string
  readonly work: WorkBook
  readonly identities: Identities
  readonly places: Places
  readonly log: Log
  /** Makes the live session and keeps it. */
  readonly admit: (session: Session, request: OpenRequest) => LiveSession
  /** Forgets a live session and releases what it had. */
  readonly release: (id: SessionId) => void
  readonly onHealth: (backend: string, health: BackendHealth) => void
}

/** Starts sessions as transactions: a start that fails leaves nothing behind but its error. */
export interface Spawner {
  spawn(request: SpawnRequest): Promise<Session>
  resume(session: Session): Promise<void>
}

/** The one way sessions come to life. */
export function createSpawner(options: SpawnerOptions): Spawner {
  return {
    async spawn(request) {
      const { session, backend, tree, config } = await plan(request, options)
      options.facts.append({ type: 'session.registered', session })
      if (request.initialWork !== undefined) options.work.assign(session, request.initialWork, 'its first work')
      const prompt = firstPrompt(request)
      const env = request.env ?? {}
      const manner = spawnManner(session, config, options.log)
      try {
        if (tree !== undefined) await makeTree(tree, { session, config, env }, options)
        await launch(session, { backend, prompt, isResume: false, env, manner }, options)
      } catch (error) {
        options.release(session.id)
        options.facts.append({ type: 'session.removed', id: session.id })
        if (tree !== undefined) await takeBack(tree, options)
        throw error
      }
      return session
    },
    async resume(session) {
      if (isLive(session))
        fail('usage.invalid', {
          what: `${session.agentName} is ${session.state} already`,
          hint: 'Only an ended session can be resumed.',
        })
      const backend = backendOf(session.backend, options)
      const manner = spawnManner(session, options.places.config(settingsDirectoryOf(session)), options.log)
      const generation = session.generation + 1
      options.release(session.id)
      options.facts.append({ type: 'session.relaunched', id: session.id, generation, why: 'resuming' })
      const isResume = backend.capabilities.canResume
      try {
        await launch({ ...session, generation }, { backend, prompt: undefined, isResume, env: {}, manner }, options)
      } catch (error) {
        const why = toControlError(error).message
        const { id } = session
        const exit = { code: undefined, signal: undefined }
        const failed = { ...session, generation }
        const need = { ...exitedNeed(failed, why, []), id: needId(options.newId()), raisedAt: options.now() }
        options.facts.append(
          { type: 'session.exited', id, exit, why, failed: true },
          { type: 'session.need-raised', id, need, source: 'process' },
        )
        throw error
      }
    },
  }
}

interface Plan {
  readonly session: Session
  readonly backend: Backend
  readonly config: Config
  /** The worktree that is to be made for it. */
  readonly tree: WorktreePlan | undefined
}

async function plan(request: SpawnRequest, options: SpawnerOptions): Promise<Plan> {
  const { worktrees, ...places } = options.places
  const workDir = checkedDirectory(request.workDir ?? process.cwd())
  const config = places.config(workDir)
  const rules = rulesOf(config)
  const health = await checkHealth(request.backend, options)
  const role = request.role ?? DEFAULT_ROLE
  const chosen = selectRuntime({ flag: request.backend, agentName: request.agentName, role, config, backends: health })
  const backend = backendOf(chosen.backend, options)
  const repository = roleRules(rules, role).hasWorktree ? await worktrees.repositoryOf(workDir) : undefined
  const session = planSession(request, {
    fleet: options.facts.fleet,
    hostName: options.hostName,
    now: options.now(),
    newId: options.newId,
    newResumeId: options.newResumeId,
    backend: backend.name,
    workDir,
    rig: config.rig.name,
  })
  const hasOwnProgram = runtimeOf(config, backend.name)?.command !== undefined
  checkAvailable(backend, hasOwnProgram ? undefined : health[backend.name])
  checkLimit(backend, rules, options)
  if (repository === undefined) return { session, backend, config, tree: undefined }
  const tree = worktrees.plan(session, repository, request.initialWork?.id)
  const { branch } = tree.record
  return { session: { ...session, workDir: tree.workDir, branch, sourceDir: workDir }, backend, config, tree }
}

/** Fresh health of the backend that was asked for, or of all; what is known of the others. */
async function checkHealth(
  wanted: string | undefined,
  options: SpawnerOptions,
): Promise<Readonly<Record<string, BackendHealth>>> {
  const unknown: BackendHealth = { status: 'unavailable', detail: 'not checked yet' }
  const names = Object.keys(options.backends)
  const known = options.facts.fleet.backends
  const checked = await Promise.all(
    names.map(async (name) => {
      if (wanted !== undefined && wanted !== name) return [name, known[name] ?? unknown] as const
      const health = (await options.backends[name]?.health()) ?? unknown
      options.onHealth(name, health)
      return [name, health] as const
    }),
  )
  return Object.fromEntries(checked)
}

function checkAvailable(backend: Backend, health: BackendHealth | undefined): void {
  if (health?.status === 'unavailable') fail('backend.unavailable', { backend: backend.name, detail: health.detail })
}

function checkLimit(backend: Backend, { pool }: Rules, options: SpawnerOptions): void {
  const limit =
    (Object.hasOwn(pool.limits, backend.name) ? pool.limits[backend.name] : undefined) ?? backend.defaults.limit
  if (liveCount(options.facts.fleet, backend.name) < limit) return
  fail('backend.unavailable', {
    backend: backend.name,
    detail: `its limit of ${limit} sessions is reached.`,
    hint: 'Stop a session, or use another backend.',
  })
}

function backendOf(name: string, options: SpawnerOptions): Backend {
  return options.backends[name] ?? fail('backend.unknown', { backend: name, known: Object.keys(options.backends) })
}

interface Launch {
  readonly backend: Backend
  readonly prompt: string | undefined
  readonly isResume: boolean
  readonly env: Readonly<Record<string, string>>
  readonly manner: SpawnManner
}

async function launch(session: Session, launched: Launch, options: SpawnerOptions): Promise<void> {
  const { backend, prompt, isResume, manner } = launched
  const identity = {
    [IDENTITY_VARIABLES.session]: session.id,
    [IDENTITY_VARIABLES.token]: options.identities.issue(session.id),
  }
  const live = options.admit(session, {
    id: session.id,
    agentName: session.agentName,
    role: session.role,
    workDir: session.workDir,
    resumeId: session.resumeId ?? options.newResumeId(),
    isResume,
    prompt,
    args: session.args,
    size: session.size,
    env: {
      ...options.env,
      ...launched.env,
      ...identity,
    },
    directory: join(options.sessionsDir, session.id),
    ...manner,
    ...instructionsFor(session, { backend, identity, said: manner.instructions }),
  })
  const settled = whenSettled(options.facts, session.id, backend.defaults.readyDeadlineMs)
  try {
    await live.open()
    const { pid } = live
    options.facts.append({
      type: 'session.launched',
      id: session.id,
      generation: session.generation,
      ...(pid === undefined ? {} : { pid }),
    })
    await requireStarted(session, live, {
      outcome: await settled.outcome,
      deadlineMs: backend.defaults.readyDeadlineMs,
    })
  } finally {
    settled.cancel()
  }
}

interface Telling {
  readonly backend: Backend
  readonly identity: Readonly<Record<string, string>>
  /** What the settings say about the role. */
  readonly said: string | undefined
}

/** What the agent is told besides its work: what the settings say, and how it reaches the others. */
function instructionsFor(session: Session, { backend, identity, said }: Telling): Pick<OpenRequest, 'instructions'> {
  const words = Object.entries(identity).map(([name, value]) => `${name}=${value}`)
  const command = [...(backend.capabilities.hasOwnEnvironment ? [] : words), 'signalbox'].join(' ')
  const parts = [said, roleGuide(session, { command })].filter((part) => part !== undefined)
  return parts.length === 0 ? {} : { instructions: parts.join('\n\n') }
}

interface Start {
  readonly outcome: 'running' | 'ended' | 'failed' | 'late'
  readonly deadlineMs: number
}

async function requireStarted(session: Session, live: LiveSession, start: Start): Promise<void> {
  if (start.outcome === 'running' || start.outcome === 'ended') return
  const screen = live.screen?.text({ lines: LAST_WORDS_LINES, fromBottom: true }).join(' / ').trim() ?? ''
  const name = session.agentName
  await live.terminate(true)
  const words = screen === '' ? 'nothing' : screen
  if (start.outcome === 'failed') fail('session.exited-early', { name, why: live.exitText, screen: words })
  fail('session.not-ready', {
    name,
    seconds: Math.round(start.deadlineMs / 1000),
    why: 'no sign of its prompt',
    screen: words,
  })
}
