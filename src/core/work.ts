import type { WorkId } from './ids.ts'

export type WorkType = 'issue' | 'formula' | 'task'
export type WorkStatus = 'queued' | 'assigned' | 'accepted' | 'done' | 'failed' | 'cancelled'

export const WORK_TYPES: readonly WorkType[] = ['issue', 'formula', 'task']

/** A piece of work for an agent. */
export interface WorkUnit {
  readonly id: WorkId
  readonly type: WorkType
  readonly description: string
  readonly payload: Readonly<Record<string, unknown>>
  /** Higher goes first; 0 is normal. */
  readonly priority: number
  readonly status: WorkStatus
  /** ISO 8601, null until a session has it. */
  readonly assignedAt: string | null
}

/** The words an agent is given for a work unit. */
export function workPrompt(work: WorkUnit, message?: string): string {
  const text = message ?? work.description
  return text === work.id ? `Work on ${work.type} ${work.id}.` : text
}
