import type { WorkUnit } from './work.ts'

/** How many units of a batch are where; `atWork`: a session has them. */
export interface BatchProgress {
  readonly queued: number
  readonly atWork: number
  readonly done: number
  readonly failed: number
  readonly cancelled: number
  readonly all: number
}

/** How far the work of a batch is, of these units; long ended work of a large town is not among them. */
export function batchProgress(units: Iterable<WorkUnit>, batch: string): BatchProgress {
  const ours = [...units].filter((unit) => unit.batch === batch)
  const count = (...statuses: readonly WorkUnit['status'][]): number =>
    ours.filter(({ status }) => statuses.includes(status)).length
  return {
    queued: count('queued'),
    atWork: count('assigned', 'accepted'),
    done: count('done'),
    failed: count('failed'),
    cancelled: count('cancelled'),
    all: ours.length,
  }
}

/** The progress of a batch in words: `1 queued, 2 at work, 3 done, 0 failed of 6`. */
export function progressText({ queued, atWork, done, failed, cancelled, all }: BatchProgress): string {
  const parts = [`${queued} queued`, `${atWork} at work`, `${done} done`, `${failed} failed`]
  return `${[...parts, ...(cancelled === 0 ? [] : [`${cancelled} cancelled`])].join(', ')} of ${all}`
}
