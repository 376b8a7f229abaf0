import type { SessionId, WorkId } from './ids.ts'
import { shortLine } from './plain-text.ts'

export type WorkType = 'issue' | 'formula' | 'task'

/**
 * Where a work unit is: `queued` until a session has it, `assigned` once it was handed over, `accepted` when the agent has
 * it, then how it ended.
 */
export type WorkStatus = 'queued' | 'assigned' | 'accepted' | 'done' | 'failed' | 'cancelled'

export const WORK_TYPES: readonly WorkType[] = ['issue', 'formula', 'task']

/** How a piece of work can end. */
export type WorkEnd = Extract<WorkStatus, 'done' | 'failed' | 'cancelled'>

/** What is to be done. */
export interface WorkOrder {
  readonly id: WorkId
  readonly type: WorkType
  /** What the agent is told. */
  readonly description: string
  /** More of it, told line by line; only `work` is not: the operator's own words, where a message took their place. */
  readonly payload: Readonly<Record<string, unknown>>
  /** Higher goes first; 0 is normal. */
  readonly priority: number
}

/** Who may do it, and where. */
export interface WorkPlace {
  readonly rig: string
  readonly role: string
  readonly workDir: string
  /** The backend that was asked for; null = what the config says. */
  readonly backend: string | null
  /** The agent that was asked for; null = any of this role. */
  readonly agentName: string | null
  /** Program arguments for a session that is started for it. */
  readonly args: readonly string[]
}

/** A piece of work for an agent, with where it is. Times are ISO 8601 or null. */
export interface WorkUnit extends WorkOrder, WorkPlace {
  readonly status: WorkStatus
  /** Units that were given out together. */
  readonly batch: string | null
  /** Who has it, or had it last. */
  readonly sessionId: SessionId | null
  /** How often it was given to a session from the queue; a hand-off is no new attempt. */
  readonly attempts: number
  /** What was said about how far it is when it was last handed over; absent = nothing. */
  readonly note?: string
  /** Why it is where it is, in words for the operator. */
  readonly why: string
  /** What was said when it ended. */
  readonly result: string | null
  readonly queuedAt: string
  readonly assignedAt: string | null
  readonly endedAt: string | null
}

/** A new unit in the queue. */
export function queuedUnit(
  order: WorkOrder,
  place: WorkPlace,
  about: { readonly batch?: string; readonly at: number },
): WorkUnit {
  const { id, type, description, payload, priority } = order
  return {
    id,
    type,
    description,
    payload,
    priority,
    ...place,
    status: 'queued',
    batch: about.batch ?? null,
    sessionId: null,
    attempts: 0,
    why: 'queued',
    result: null,
    queuedAt: new Date(about.at).toISOString(),
    assignedAt: null,
    endedAt: null,
  }
}

/** Whether something still has to happen to a unit. */
export function isOpen({ status }: Pick<WorkUnit, 'status'>): boolean {
  return status === 'queued' || status === 'assigned' || status === 'accepted'
}

/** Queued units, first the one that goes next: by priority, then the oldest. */
export function queueOf(units: Iterable<WorkUnit>): readonly WorkUnit[] {
  return [...units]
    .filter((unit) => unit.status === 'queued')
    .sort((a, b) => b.priority - a.priority || compare(a.queuedAt, b.queuedAt) || compare(a.id, b.id))
}

/** The member of a payload that is not told to the agent. */
export const OWN_WORDS = 'work'

/** Most members of a payload that are told, and characters of each; of longer ones the beginning. */
const TOLD_MEMBERS = 40
const TOLD_LETTERS = 500

/** What an agent is given for a work unit: its text, its payload as `name: value`, and the note of the last hand-off. */
export function workPrompt(
  work: Pick<WorkOrder, 'id' | 'type' | 'description' | 'payload'> & Pick<WorkUnit, 'note'>,
): string {
  const { id, type, description, payload, note } = work
  return [
    description === id ? `Work on ${type} ${id}.` : description,
    ...payloadLines(payload),
    ...(note === undefined ? [] : [`Note from the hand-off: ${note}`]),
  ].join('\n')
}

function payloadLines(payload: WorkOrder['payload']): readonly string[] {
  const members = Object.entries(payload).filter(([name]) => name !== OWN_WORDS)
  const left = members.length - TOLD_MEMBERS
  const lines = members
    .slice(0, TOLD_MEMBERS)
    .map(([name, value]) =>
      shortLine(`${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`, TOLD_LETTERS),
    )
  return left > 0 ? [...lines, `… and ${left} more`] : lines
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
