import type { Backend } from '../backends/backend.ts'
import type { Config } from '../config/load.ts'
import { rulesOf } from '../config/rules.ts'
import { runtimeOf } from '../config/runtime.ts'
import { selectRuntime } from '../config/select.ts'
import { fail } from '../core/errors.ts'
import type { BackendHealth } from '../core/facts.ts'
import type { SessionId } from '../core/ids.ts'
import { countLive } from '../core/pool.ts'
import { type Rules, roleRules } from '../core/rules.ts'
import { type Session, type SpawnRequest, settingsDirectoryOf } from '../core/session.ts'
import { launch } from './launching.ts'
import { backendOf, type ResumeOptions, resumeSession } from './resuming.ts'
import { spawnManner } from './spawn-manner.ts'
import { checkedDirectory, DEFAULT_ROLE, firstPrompt, planSession } from './spawn-plan.ts'
import { makeTree, takeBack } from './spawn-worktree.ts'
import type { WorkBook } from './work.ts'
import type { Repository, WorktreePlan } from './worktree-making.ts'

export interface SpawnerOptions extends ResumeOptions {
  readonly hostName: string
  readonly work: WorkBook
  readonly onHealth: (backend: string, health: BackendHealth) => void
}

/** What only the host itself can say of a session that it starts. */
export interface SpawnAbout {
  /** It begins as a copy of this session, and works where that one works. */
  readonly origin?: Session
  readonly isPooled?: boolean
  /** Hears at once that the session is registered: from then on the fleet says that it starts. */
  readonly onRegistered?: (id: SessionId) => void
}

/** Starts sessions as transactions: a start that fails leaves nothing behind but its error. */
export interface Spawner {
  spawn(request: SpawnRequest, about?: SpawnAbout): Promise<Session>
  resume(session: Session): Promise<void>
}

/** The one way sessions come to life. */
export function createSpawner(options: SpawnerOptions): Spawner {
  return {
    async spawn(request, about = {}) {
      const ground = await prepare(request, options, about)
      // Nothing is awaited between the plan and the fact: of two starts at once, the second has to see the first one's name and place.
      const { session, tree } = plan(request, ground, options)
      const { backend, config } = ground
      options.facts.append({ type: 'session.registered', session })
      about.onRegistered?.(session.id)
      const prompt = firstPrompt(request)
      const env = request.env ?? {}
      try {
        if (request.initialWork !== undefined) options.work.assign(session, request.initialWork, 'its first work')
        const manner = spawnManner(session, config)
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
    resume: (session) => resumeSession(session, options),
  }
}

/** What a session stands on; finding it takes time. */
interface Ground {
  readonly about: SpawnAbout
  readonly workDir: string
  readonly backend: Backend
  readonly health: BackendHealth | undefined
  readonly config: Config
  /** Where a worktree is to be made for it. */
  readonly repository: Repository | undefined
}

async function prepare(request: SpawnRequest, options: SpawnerOptions, about: SpawnAbout): Promise<Ground> {
  const { origin } = about
  const { worktrees, ...places } = options.places
  const workDir = checkedDirectory(request.workDir ?? process.cwd())
  const config = places.config(origin === undefined ? workDir : settingsDirectoryOf(origin))
  const health = await checkHealth(request.backend, options)
  const role = request.role ?? DEFAULT_ROLE
  const chosen = selectRuntime({ flag: request.backend, agentName: request.agentName, role, config, backends: health })
  const backend = backendOf(chosen.backend, options)
  const hasWorktree = origin === undefined && roleRules(rulesOf(config), role).hasWorktree
  const repository = hasWorktree ? await worktrees.repositoryOf(workDir) : undefined
  return { about, workDir, backend, health: health[backend.name], config, repository }
}

interface Plan {
  readonly session: Session
  /** The worktree that is to be made for it. */
  readonly tree: WorktreePlan | undefined
}

/** The session as the fleet allows it at this moment; throws when its name or the last place is taken. */
function plan(request: SpawnRequest, ground: Ground, options: SpawnerOptions): Plan {
  const { about, workDir, backend, health, config, repository } = ground
  const planned = planSession(request, {
    fleet: options.facts.fleet,
    hostName: options.hostName,
    now: options.now(),
    newId: options.newId,
    newResumeId: options.newResumeId,
    backend: backend.name,
    workDir,
    rig: config.rig.name,
    origin: about.origin,
    isPooled: about.isPooled,
  })
  const prompt = backend.capabilities.takesFirstPrompt ? firstPrompt(request) : undefined
  const session = prompt === undefined ? planned : { ...planned, firstPrompt: prompt }
  const hasOwnProgram = runtimeOf(config, backend.name)?.command !== undefined
  checkAvailable(backend, hasOwnProgram ? undefined : health)
  checkLimit(backend, rulesOf(config), options)
  if (repository === undefined) return { session, tree: undefined }
  const tree = options.places.worktrees.plan(session, repository, request.initialWork?.id)
  const { branch } = tree.record
  return { session: { ...session, workDir: tree.workDir, branch, sourceDir: workDir }, tree }
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
  if (countLive(options.facts.fleet, backend.name) < limit) return
  fail('backend.unavailable', {
    backend: backend.name,
    detail: `its limit of ${limit} sessions is reached.`,
    hint: 'Stop a session, or use another backend.',
  })
}
