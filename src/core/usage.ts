import type { Usage, UsagePart } from './session.ts'

/**
 * What a session has used after its agent reported once more. Reports are totals: the highest counts, so that one that is
 * repeated, late, or made by an agent that has read only half of its conversation again changes nothing.
 */
export function mergeUsage(before: Usage | undefined, next: Usage): Usage {
  const latest = { ...before, ...next }
  if (latest.parts === undefined) return { ...latest, ...highestOf(before, next) }
  const parts = new Map<string, UsagePart>()
  for (const part of [...(before?.parts ?? []), ...(next.parts ?? [])]) {
    const key = `${part.conversation}\n${part.model ?? ''}`
    parts.set(key, highestPart(parts.get(key), part))
  }
  return usageOfParts(latest, [...parts.values()])
}

/** Usage with these parts, and their sums. Without a known price there is no cost, rather than none to pay. */
export function usageOfParts(about: Usage, parts: readonly UsagePart[]): Usage {
  const { costUsd: _, ...rest } = about
  const sum = (field: 'inputTokens' | 'outputTokens' | 'costUsd') => parts.reduce((all, part) => all + part[field], 0)
  const cost = rounded(sum('costUsd'))
  return {
    ...rest,
    inputTokens: sum('inputTokens'),
    outputTokens: sum('outputTokens'),
    ...(cost > 0 ? { costUsd: cost } : {}),
    parts,
  }
}

/** The parts of a usage by their names; one that has none is a single part. Unknown prices count as unknown, never as nothing. */
export function partsOf(usage: Usage | undefined): ReadonlyMap<string, UsagePart> {
  if (usage === undefined) return new Map()
  if (usage.parts !== undefined)
    return new Map(usage.parts.map((part) => [`${part.conversation}\n${part.model ?? ''}`, part]))
  const { inputTokens = 0, outputTokens = 0, costUsd = 0, model } = usage
  if (inputTokens + outputTokens + costUsd === 0) return new Map()
  const unpricedTokens = costUsd > 0 ? 0 : inputTokens + outputTokens
  const about = model === undefined ? {} : { model }
  return new Map([['', { conversation: '', inputTokens, outputTokens, costUsd, unpricedTokens, ...about }]])
}

/** Dollars without the noise of adding fractions. */
export function rounded(usd: number): number {
  return Math.round(usd * 1e9) / 1e9
}

function highestOf(before: Usage | undefined, next: Usage): Usage {
  const fields = ['inputTokens', 'outputTokens', 'costUsd'] as const
  return Object.fromEntries(
    fields.flatMap((field) => {
      const [one, other] = [before?.[field], next[field]]
      if (one === undefined && other === undefined) return []
      return [[field, Math.max(one ?? 0, other ?? 0)]]
    }),
  )
}

function highestPart(one: UsagePart | undefined, other: UsagePart): UsagePart {
  if (one === undefined) return other
  return {
    ...other,
    inputTokens: Math.max(one.inputTokens, other.inputTokens),
    outputTokens: Math.max(one.outputTokens, other.outputTokens),
    costUsd: Math.max(one.costUsd, other.costUsd),
    unpricedTokens: Math.max(one.unpricedTokens, other.unpricedTokens),
  }
}
