import type { SessionId, WorkId } from './ids.ts'
import type { WorkEnd, WorkOrder, WorkPlace, WorkUnit } from './work.ts'

/** Work for the queue: what, where, and the batch it belongs to. */
export interface WorkRequest {
  readonly work: WorkOrder
  readonly place: WorkPlace
  readonly batch?: string
}

/** How a piece of work ended, and what was said about it. */
export interface WorkOutcome {
  readonly status: WorkEnd
  readonly result?: string
}

/** Who gets a piece of work next, and what they must know of how far it is. */
export interface Handoff {
  readonly to: SessionId
  readonly note?: string
}

/** The sessions of one backend, as its limit counts them. */
export interface BackendPool {
  readonly backend: string
  /** All that are alive. */
  readonly live: number
  readonly limit: number
  /** Without work, and free to get some. */
  readonly idle: number
  readonly starting: number
  /** Units that wait for one of them. */
  readonly queued: number
  /** Idle sessions that are kept ready in each rig. */
  readonly warm: number
}

/** How the pool stands. */
export interface PoolStatus {
  readonly backends: readonly BackendPool[]
  readonly queued: number
  /** Units that failed and wait for the operator: retried or cancelled. */
  readonly failed: number
  /** It gives out nothing until the operator resumes it. */
  readonly isDraining: boolean
  /** Why nothing is started or given out, until the operator resumes it; null = it is not paused. */
  readonly paused: string | null
}

/** What the operator does with work and with the pool that gives it out. */
export interface WorkVerbs {
  /**
   * Puts work into the queue and gives it out at once when that is possible. Resolves when a session that is ready has it,
   * or when it waits, or when it was given up.
   */
  queueWork(request: WorkRequest): Promise<WorkUnit>
  /** Notes how work ended. Refused with `work.ended` when it has; work that failed can still be cancelled. */
  endWork(id: WorkId, outcome: WorkOutcome): Promise<WorkUnit>
  /** Back into the queue, whatever became of it. Refused while a session that lives has it. */
  retryWork(id: WorkId): Promise<WorkUnit>
  /** Hands work over to a session: that one is told about it, the one before is told that it no longer has it. */
  reassignWork(id: WorkId, handoff: Handoff): Promise<WorkUnit>
  /** Moves what waits to sessions and backends that are free; resolves with the units that have moved. */
  rebalance(rig?: string): Promise<readonly WorkUnit[]>
  poolStatus(): Promise<PoolStatus>
  /** Nothing is given out any more; what runs goes on. */
  drainPool(): Promise<PoolStatus>
  /** Ends a drain and a pause. */
  resumePool(): Promise<PoolStatus>
}
