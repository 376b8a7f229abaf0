import type { BackendHealth } from '../core/facts.ts'
import { sessionsOf } from '../core/fleet.ts'
import { DEFAULT_RULES, type Rules } from '../core/rules.ts'
import { isRunning } from '../core/session.ts'
import type { LiveSessions } from './live-sessions.ts'
import { createMemoryGauge, type MeasuredSession, type MemoryGauge } from './memory-gauge.ts'
import { Pool, type PoolOptions } from './pool.ts'
import { PROCESS_CLOCK, type ProcessClock } from './process-clock.ts'
import { createSupervisor, type SupervisorOptions } from './supervisor.ts'
import { escalateWork } from './work-escalation.ts'
import { followWork } from './work-progress.ts'
import type { WorkRecallOptions } from './work-recall.ts'

/** What a host may be told about how work is given out; there are defaults for all of it. */
export interface WorkOptions {
  /** What the settings rule in a directory; always as they are now. */
  readonly rules?: (directory: string) => Rules
  readonly memory?: MemoryGauge
}

/** The parts that see to it that work is done. */
export interface WorkParts {
  readonly pool: Pool
  readonly rules: (directory: string) => Rules
  /** The sessions of the host before are back: what it had planned goes on. */
  readonly takeOverPlans: () => void
  /** The operator ends everything: nothing starts again by itself with the next host. */
  readonly cancelRestarts: () => void
  /** From now on nothing is given out, started again or concluded. */
  readonly closeWork: () => void
}

/** What the host has anyway. */
interface Needed
  extends Pick<PoolOptions, 'backends' | 'messages' | 'spawner' | 'work'>,
    Pick<WorkRecallOptions, 'deliveries'> {
  readonly live: LiveSessions
  readonly reportHealth: (backend: string, health: BackendHealth) => void
}

interface Tools extends WorkOptions, Pick<SupervisorOptions, 'facts' | 'log' | 'now' | 'newId'> {
  readonly clock?: ProcessClock
}

/** Makes the pool and the supervision around the parts that a host has anyway. */
export function createWorkParts(options: Tools, parts: Needed): WorkParts {
  const { facts, log, now, newId, clock = PROCESS_CLOCK, rules = () => DEFAULT_RULES } = options
  const measured = (): readonly MeasuredSession[] =>
    sessionsOf(facts.fleet)
      .filter(isRunning)
      .flatMap(({ backend, pid }) => (pid === undefined ? [] : [{ backend, pid }]))
  const memory = options.memory ?? createMemoryGauge(measured, clock.now)
  const pool = new Pool({
    ...parts,
    ...{ facts, log, clock, rules, memory, now },
    async onHealth(name) {
      const backend = parts.backends[name]
      if (backend !== undefined) parts.reportHealth(name, await backend.health())
    },
  })
  const stopFollowing = followWork({ ...parts, facts, log, pool })
  const stopEscalating = escalateWork({ facts, now, newId })
  const supervisor = createSupervisor({ ...parts, facts, log, clock, rules, now, newId })
  return {
    pool,
    rules,
    takeOverPlans: () => supervisor.begin(),
    cancelRestarts: () => supervisor.cancelAll(),
    closeWork() {
      stopFollowing()
      stopEscalating()
      supervisor.close()
      pool.close()
    },
  }
}
