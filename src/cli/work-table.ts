import { plainLine, shortLine } from '../core/plain-text.ts'
import { fullName } from '../core/resolve.ts'
import type { Session } from '../core/session.ts'
import { isOpen, queueOf, type WorkUnit } from '../core/work.ts'
import { batchProgress, progressText } from '../core/work-batch.ts'
import type { BackendPool, PoolStatus } from '../core/work-verbs.ts'
import { ageText, rowText, tableText } from './table.ts'

const WHY_COLUMNS = 60

const WORK_HEADER = ['ID', 'TYPE', 'STATUS', 'PRIORITY', 'RIG', 'SESSION', 'ATTEMPTS', 'WHY', 'AGE']

/** Work in the order in which somebody has to look at it: what failed, the queue, what runs, what has ended. */
export function inOrder(units: readonly WorkUnit[]): readonly WorkUnit[] {
  const failed = units.filter(({ status }) => status === 'failed')
  const running = units.filter((unit) => isOpen(unit) && unit.status !== 'queued')
  const ended = units.filter((unit) => !isOpen(unit) && unit.status !== 'failed')
  return [...failed, ...queueOf(units), ...running, ...ended.reverse()]
}

/** The table of work; the age is that of what it is now. */
export function workText(units: readonly WorkUnit[], sessions: readonly Session[], now: number): string {
  if (units.length === 0) return 'There is no work. Queue some with `signalbox sling WORK RIG`.'
  const names = new Map<string, string>(sessions.map((session) => [session.id, fullName(session)]))
  return tableText(
    WORK_HEADER,
    units.map((unit) => [
      unit.id,
      unit.type,
      unit.status,
      String(unit.priority),
      unit.rig,
      unit.sessionId === null ? '-' : (names.get(unit.sessionId) ?? 'gone'),
      String(unit.attempts),
      shortLine(unit.why, WHY_COLUMNS),
      ageText(now - Date.parse(unit.endedAt ?? unit.assignedAt ?? unit.queuedAt)),
    ]),
  )
}

/** How far a batch is, on one line; undefined when no work is of it. */
export function batchText(units: Iterable<WorkUnit>, batch: string): string | undefined {
  const progress = batchProgress(units, batch)
  return progress.all === 0 ? undefined : `Batch ${plainLine(batch)}: ${progressText(progress)}.`
}

/** One unit on one line: where it is, and why. */
export function unitText({ id, status, why }: WorkUnit): string {
  return rowText([id, status, why])
}

const POOL_COLUMNS: readonly (keyof BackendPool)[] = ['backend', 'live', 'limit', 'idle', 'starting', 'queued', 'warm']

/** The pool: a table of backends, and a sentence for whatever holds it back. */
export function poolText({ backends, queued, failed, isDraining, paused }: PoolStatus): string {
  const table = tableText(
    POOL_COLUMNS.map((column) => column.toUpperCase()),
    backends.map((backend) => POOL_COLUMNS.map((column) => String(backend[column]))),
  )
  return [
    table,
    ...(paused === null ? [] : [`Paused: ${paused}. Go on with \`signalbox pool resume\`.`]),
    ...(isDraining ? ['Draining: it gives out nothing more until `signalbox pool resume`.'] : []),
    ...(isDraining || paused !== null ? [`${queued} in the queue.`] : []),
    ...(failed === 0 ? [] : [`${failed} failed: see \`signalbox work list --status failed\`.`]),
  ].join('\n')
}
