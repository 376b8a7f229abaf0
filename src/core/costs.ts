import { fullName } from './resolve.ts'
import type { Session, Usage } from './session.ts'
import { mergeUsage, partsOf, rounded } from './usage.ts'

/** What costs can be summed up by. */
export type CostGroup = 'session' | 'rig' | 'role' | 'backend' | 'model' | 'day'

export const COST_GROUPS: readonly CostGroup[] = ['session', 'rig', 'role', 'backend', 'model', 'day']

/** Tokens and money. `costUsd` is what is known of it; `unpricedTokens` are those whose price nobody knows. */
export interface Spending {
  readonly inputTokens: number
  readonly outputTokens: number
  readonly costUsd: number
  readonly unpricedTokens: number
}

/** What one report of an agent added, for its session, model and day. */
export interface CostEntry extends Spending {
  readonly session: string
  /** `rig/name` of the session. */
  readonly name: string
  readonly rig: string
  readonly role: string
  readonly backend: string
  /** Empty when it is not known. */
  readonly model: string
  /** `2026-11-27`, where the host is. */
  readonly day: string
}

/** Which costs, and what they are summed up by. */
export interface CostRequest {
  readonly by: CostGroup
  /** The first day: `2026-11-27`; absent = all that is on record. */
  readonly since?: string
}

/** One line of costs. */
export interface CostRow {
  /** The session's id, the rig, role, backend or day; `?` for a model that is not known. */
  readonly key: string
  /** What a person calls it: `rig/name` of a session, else the key. */
  readonly name: string
  readonly inputTokens: number
  readonly outputTokens: number
  /** US dollars; null when nothing of it is known. */
  readonly costUsd: number | null
  /** Tokens that are not in the cost since their price is not known. */
  readonly unpricedTokens: number
}

/** What was spent. The days are those of the host's own time zone. */
export interface CostReport {
  readonly by: CostGroup
  readonly since: string | null
  /** The most expensive first; days in their order. */
  readonly rows: readonly CostRow[]
  readonly total: Omit<CostRow, 'key' | 'name'>
}

/** What a report of an agent adds to what was known of its session before; nothing when it says nothing new. */
export function costEntries(session: Session, usage: Usage, day: string): readonly CostEntry[] {
  const before = partsOf(session.usage)
  return [...partsOf(mergeUsage(session.usage, usage))].flatMap(([key, part]) => {
    const old = before.get(key)
    const spent = {
      inputTokens: part.inputTokens - (old?.inputTokens ?? 0),
      outputTokens: part.outputTokens - (old?.outputTokens ?? 0),
      costUsd: rounded(part.costUsd - (old?.costUsd ?? 0)),
      unpricedTokens: part.unpricedTokens - (old?.unpricedTokens ?? 0),
    }
    if (Object.values(spent).every((amount) => amount === 0)) return []
    const { id, rig, role, backend } = session
    return [{ ...spent, session: id, name: fullName(session), rig, role, backend, model: part.model ?? '', day }]
  })
}

/** Sums up spending by one of its fields; entries may come in any order, and in any portions. */
export function costReport(request: CostRequest, entries: Iterable<CostEntry>): CostReport {
  const { by, since = null } = request
  const groups = new Map<string, Spending & { readonly name: string }>()
  let total = NOTHING
  for (const entry of entries) {
    if (since !== null && entry.day < since) continue
    const key = entry[by] === '' ? '?' : entry[by]
    groups.set(key, { ...added(groups.get(key) ?? NOTHING, entry), name: by === 'session' ? entry.name : key })
    total = added(total, entry)
  }
  const rows = [...groups].map(([key, { name, ...spent }]) => ({ key, name, ...priced(spent) }))
  return { by, since, rows: rows.sort(by === 'day' ? byKey : bySpending), total: priced(total) }
}

const NOTHING: Spending = { inputTokens: 0, outputTokens: 0, costUsd: 0, unpricedTokens: 0 }

function added(one: Spending, other: Spending): Spending {
  return {
    inputTokens: one.inputTokens + other.inputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    costUsd: one.costUsd + other.costUsd,
    unpricedTokens: one.unpricedTokens + other.unpricedTokens,
  }
}

function priced(spent: Spending): Omit<CostRow, 'key' | 'name'> {
  const isUnknown = spent.costUsd === 0 && spent.unpricedTokens > 0
  return { ...spent, costUsd: isUnknown ? null : rounded(spent.costUsd) }
}

function byKey(one: CostRow, other: CostRow): number {
  return one.key < other.key ? -1 : 1
}

function bySpending(one: CostRow, other: CostRow): number {
  const tokens = ({ inputTokens, outputTokens }: CostRow) => inputTokens + outputTokens
  return (other.costUsd ?? 0) - (one.costUsd ?? 0) || tokens(other) - tokens(one) || byKey(one, other)
}

/** Whether a text is a day as costs have it: `2026-11-27`. */
export function isDay(text: string): boolean {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isFinite(at) && new Date(at).toISOString().startsWith(text)
}
