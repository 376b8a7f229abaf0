import type { Backend } from '../backends/backend.ts'
import { type ControlError, type ErrorCode, toControlError } from '../core/errors.ts'
import type { SessionId, WorkId } from '../core/ids.ts'
import type { PoolStart } from '../core/pool.ts'
import { isLive, type Session, type SpawnRequest } from '../core/session.ts'
import { givenUp, MOST_ATTEMPTS, workAfterEnd } from '../core/supervision.ts'
import { isOpen, type WorkUnit, workPrompt } from '../core/work.ts'
import type { FactLog } from './fact-log.ts'
import type { LiveSessions } from './live-sessions.ts'
import type { Log } from './log.ts'
import type { Messages } from './messages.ts'
import type { ProcessClock } from './process-clock.ts'
import type { Spawner } from './spawner.ts'
import type { UnitTries } from './unit-tries.ts'
import type { WorkBook } from './work.ts'

const MINUTE_MS = 60_000

/** What another try would not change. */
const HOPELESS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'program.missing',
  'directory.missing',
  'usage.invalid',
  'role.unknown',
  'backend.unknown',
  'config.invalid',
])

export interface PoolStartsOptions {
  readonly facts: FactLog
  readonly clock: ProcessClock
  readonly backends: Readonly<Record<string, Backend>>
  readonly spawner: Spawner
  readonly messages: Messages
  readonly work: WorkBook
  readonly tries: UnitTries
  readonly live: Pick<LiveSessions, 'get'>
  readonly log: Log
  /** Whether another backend may still do this unit. */
  readonly hasOther: (unit: WorkUnit, backend: string) => boolean
  /** A start has begun to show, or is over. */
  readonly onChange: () => void
}

/** A start under way. */
interface UnderWay extends PoolStart {
  readonly isRegistered: boolean
}

/** Starts sessions for the pool and sees to it that the work of a start that failed is not lost. */
export class PoolStarts {
  readonly #options: PoolStartsOptions
  /** With the session of each, once there is one. */
  readonly #underWay = new Map<PoolStart, SessionId | undefined>()
  #startedAt: readonly number[] = []
  #isClosed = false

  constructor(options: PoolStartsOptions) {
    this.#options = options
  }

  get underWay(): readonly UnderWay[] {
    return [...this.#underWay].map(([start, id]) => ({ ...start, isRegistered: id !== undefined }))
  }

  /** Whether a session is being started for this unit: what becomes of it is decided here. */
  has(id: WorkId): boolean {
    return [...this.#underWay.keys()].some(({ workId }) => workId === id)
  }

  /** Starts within the last minute. */
  get recent(): number {
    const now = this.#options.clock.now()
    this.#startedAt = this.#startedAt.filter((at) => now - at < MINUTE_MS)
    return this.#startedAt.length
  }

  /** The host is ending: no start that fails now says anything about its work. */
  close(): void {
    this.#isClosed = true
  }

  begin(start: PoolStart): void {
    const { clock, work, log } = this.#options
    this.#startedAt = [...this.#startedAt, clock.now()]
    this.#underWay.set(start, undefined)
    if (start.workId !== undefined) work.expect(start.workId, start.why)
    this.#run(start)
      .catch((error: unknown) => this.#failed(start, toControlError(error)))
      .catch((error: unknown) => log('pool.bug', { detail: String(error) }))
      .finally(() => {
        this.#underWay.delete(start)
        if (start.workId !== undefined) work.expectNoMore(start.workId)
        this.#options.onChange()
      })
  }

  async #run(start: PoolStart): Promise<void> {
    const { facts, spawner } = this.#options
    const unit = start.workId === undefined ? undefined : facts.fleet.work[start.workId]
    const session = await spawner.spawn(requestOf(start, unit), {
      isPooled: true,
      onRegistered: (id) => this.#underWay.set(start, id),
    })
    if (unit !== undefined) await this.#started(session, unit.id)
  }

  /** The session runs: it has its work, unless something else has become of that meanwhile. */
  async #started({ id, backend, agentName, rig }: Session, workId: WorkId): Promise<void> {
    const { facts, live, backends, messages } = this.#options
    const unit = facts.fleet.work[workId]
    const session = facts.fleet.sessions[id]
    if (unit === undefined || unit.sessionId !== id || !isOpen(unit)) {
      await live.get(id)?.terminate(false)
      return
    }
    if (session === undefined || !isLive(session)) {
      // It ended with success before anybody could look: what has no signals has done its work by that.
      const isDone = backends[backend]?.capabilities.hasSignals === false
      facts.append(workAfterEnd(unit, { name: `${rig}/${agentName}`, why: session?.why ?? 'ended', isDone }))
      return
    }
    if (backends[backend]?.capabilities.takesFirstPrompt === false)
      messages.send(id, { type: 'nudge', subject: workId, body: workPrompt(unit) }, { workId })
  }

  #failed({ workId, backend }: PoolStart, error: ControlError): void {
    const { facts, tries, hasOther, log } = this.#options
    log('pool.not-started', { backend, work: workId, detail: error.message })
    const unit = workId === undefined ? undefined : facts.fleet.work[workId]
    if (unit === undefined || !isOpen(unit)) return
    const isElsewhere = unit.sessionId !== null && facts.fleet.sessions[unit.sessionId] !== undefined
    if (isElsewhere) return
    if (this.#isClosed) {
      if (unit.status !== 'queued') facts.append({ type: 'work.requeued', workId: unit.id, why: 'its host ended' })
      return
    }
    const isOther = hasOther(unit, backend)
    const why = `${backend} did not start: ${error.message}`
    const count = tries.note(unit.id, backend, { why, isFinal: isOther })
    const isHopeless = !isOther && (HOPELESS.has(error.code) || isSpent(unit, count, error))
    if (isHopeless) facts.append(givenUp(unit, why))
    else if (unit.status !== 'queued') facts.append({ type: 'work.requeued', workId: unit.id, why })
  }
}

/** An unavailable backend costs nothing to wait for: only starts that were really tried are counted. */
function isSpent(unit: WorkUnit, count: number, { code }: ControlError): boolean {
  return code !== 'backend.unavailable' && Math.max(count, unit.attempts) >= MOST_ATTEMPTS
}

function requestOf({ backend, place }: PoolStart, unit: WorkUnit | undefined): SpawnRequest {
  const { rig, role, workDir, agentName, args } = place
  return {
    backend,
    rig,
    role,
    workDir,
    args,
    ...(agentName === null ? {} : { agentName }),
    ...(unit === undefined ? {} : { initialWork: unit }),
  }
}
