import type { Backend } from '../../src/backends/backend.ts'
import { EMPTY_FLEET, type Fleet } from '../../src/core/fleet.ts'
import { type SessionId, type WorkId, workId } from '../../src/core/ids.ts'
import { DEFAULT_POOL_RULES, DEFAULT_RULES, type PoolRules, type RoleRules, type Rules } from '../../src/core/rules.ts'
import { isLive, isRunning, type Session } from '../../src/core/session.ts'
import type { WorkPlace, WorkUnit } from '../../src/core/work.ts'
import { type RunningHost, startTestHost } from '../contract/running-host.ts'
import { eventually } from './eventually.ts'
import { createProcessClock, type ManualProcessClock } from './process-clock.ts'
import { createStandIn, SAY, type StandInAgent } from './stand-in-backend.ts'
import type { TemporaryDirectory } from './temporary.ts'

/** A host whose agents do what a test says, with rules and memory of its own. */
export interface PoolLab extends AsyncDisposable {
  readonly running: RunningHost
  readonly clock: ManualProcessClock
  /** Megabytes that are free while no session runs, and that each one takes; a test may change them. */
  readonly memory: { freeMb: number; sessionMb: number; isMeasured: boolean }
  /** The operator changes the settings. */
  readonly changeRules: (pool: Partial<PoolRules>) => void
  /** What the next starts of a backend end with; the first one goes first. */
  readonly failStarts: (backend: string, ...errors: readonly Error[]) => void
  /** The directories in which sessions were opened. */
  readonly agent: (id: SessionId) => StandInAgent
  readonly queue: (id: string, about?: Partial<WorkPlace> & Queued) => Promise<WorkUnit>
  readonly unit: (id: string) => WorkUnit
  readonly live: () => readonly Session[]
  readonly session: (id: SessionId | null) => Session
  /** Resolves once this is true of a unit. */
  readonly until: (id: string, what: (unit: WorkUnit) => boolean) => Promise<WorkUnit>
  /** The agent takes up what it was told, and its turn ends. */
  readonly takes: (id: SessionId | null) => void
  /** The agent is gone, by its own doing. */
  readonly crash: (id: SessionId | null) => void
}

interface Queued {
  readonly priority?: number
  readonly batch?: string
  readonly description?: string
}

/** What a test changes about the rules. */
export interface LabRules {
  readonly pool?: Partial<PoolRules>
  readonly roles?: Readonly<Record<string, RoleRules>>
  readonly budgets?: Rules['budgets']
  /** Milliseconds since the epoch. */
  readonly now?: () => number
  /** Left as it is, so that a second host finds the journal of the first. */
  readonly directory?: TemporaryDirectory
}

/** Two backends, `one` and `two`; both have room for ten sessions unless the rules say otherwise. */
export async function openPoolLab(changes: LabRules = {}): Promise<PoolLab> {
  const { pool = {}, roles = {}, budgets = DEFAULT_RULES.budgets, directory, now } = changes
  const clock = createProcessClock()
  const memory = { freeMb: 100_000, sessionMb: 100, isMeasured: true }
  let rules: Rules = {
    ...DEFAULT_RULES,
    roles,
    budgets,
    pool: { ...DEFAULT_POOL_RULES, startsPerMinute: 1000, ...pool },
  }
  const failures = new Map<string, Error[]>()
  const agents = new Map<SessionId, StandInAgent>()
  // The pool looks at memory while the host is still being started.
  let fleet = (): Fleet => EMPTY_FLEET
  const live = (): readonly Session[] => Object.values(fleet().sessions).filter(isLive)
  const running = await startTestHost({
    ...(directory === undefined ? {} : { directory }),
    ...(now === undefined ? {} : { now }),
    backends: ['one', 'two'].map((name) => labBackend(name, { failures, agents })),
    clock,
    rules: () => rules,
    memory: {
      freeMb: () => memory.freeMb - live().filter(isRunning).length * memory.sessionMb,
      sessionMb: () => (memory.isMeasured ? { one: memory.sessionMb, two: memory.sessionMb } : {}),
    },
  })
  const { facts, host } = running
  fleet = () => facts.fleet
  const unit = (id: string): WorkUnit => facts.fleet.work[workId(id)]!
  const agent = (id: SessionId | null): StandInAgent => agents.get(id!)!
  return {
    running,
    clock,
    memory,
    agent,
    unit,
    failStarts: (backend, ...errors) => void failures.set(backend, [...errors]),
    queue: (id, about = {}) => host.queueWork(request(id, running.workDir, about)),
    live,
    changeRules(changed) {
      rules = { ...rules, pool: { ...rules.pool, ...changed } }
    },
    session: (id) => facts.fleet.sessions[id!]!,
    until: (id, what) =>
      eventually(`the unit ${id}`, () => what(unit(id)) && unit(id), { describe: () => JSON.stringify(unit(id)) }),
    takes(id) {
      agent(id).say(SAY.working())
      agent(id).say(SAY.idle())
    },
    crash: (id) => agent(id).say({ type: 'exited', exit: { code: 1, signal: undefined }, why: 'it crashed' }),
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  }
}

function request(id: string, workDir: string, about: Partial<WorkPlace> & Queued) {
  const { priority = 0, batch, description = id, ...place } = about
  return {
    work: { id: workId(id) satisfies WorkId, type: 'task' as const, description, payload: {}, priority },
    place: { rig: 'demo', role: 'polecat', workDir, backend: 'one', agentName: null, args: [], ...place },
    ...(batch === undefined ? {} : { batch }),
  }
}

interface LabState {
  readonly failures: Map<string, Error[]>
  readonly agents: Map<SessionId, StandInAgent>
}

function labBackend(name: string, { failures, agents }: LabState): Backend {
  const { backend } = createStandIn()
  return {
    ...backend,
    name,
    defaults: { ...backend.defaults, limit: 10 },
    async open(request, port) {
      const failure = failures.get(name)?.shift()
      if (failure !== undefined) throw failure
      // One for each session: starts at the same moment must not be mixed up.
      const standIn = createStandIn()
      const opened = await standIn.backend.open(request, port)
      agents.set(request.id, standIn.agent())
      return opened
    },
  }
}
