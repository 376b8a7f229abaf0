import type { UsagePart } from '../../core/session.ts'
import { rounded } from '../../core/usage.ts'

/** Sums up what messages used; a message that is told again counts as it was told last. */
export interface Tally {
  count(message: string | undefined, used: UsagePart & { readonly model: string }): void
  /** The sums by conversation and model; those of which nothing was used are left out. */
  parts(): readonly UsagePart[]
}

/** The lines of one message stand close together: so many messages back none is told again. */
const REMEMBERED = 1000

/** An empty tally. */
export function createTally(): Tally {
  const counted = new Map<string, UsagePart>()
  const sums = new Map<string, UsagePart>()
  return {
    count(message, used) {
      const key = `${used.conversation}\n${used.model}`
      const before = message === undefined ? undefined : counted.get(message)
      sums.set(key, changed(sums.get(key), before, used))
      if (message === undefined) return
      counted.delete(message)
      counted.set(message, used)
      for (const oldest of counted.keys()) if (counted.size > REMEMBERED) counted.delete(oldest)
    },
    parts: () => [...sums.values()].filter(({ inputTokens, outputTokens }) => inputTokens + outputTokens > 0),
  }
}

function changed(sum: UsagePart | undefined, before: UsagePart | undefined, used: UsagePart): UsagePart {
  const field = (name: 'inputTokens' | 'outputTokens' | 'costUsd' | 'unpricedTokens') =>
    (sum?.[name] ?? 0) - (before?.[name] ?? 0) + used[name]
  return {
    conversation: used.conversation,
    ...(used.model === undefined || used.model === '' ? {} : { model: used.model }),
    inputTokens: field('inputTokens'),
    outputTokens: field('outputTokens'),
    costUsd: rounded(field('costUsd')),
    unpricedTokens: field('unpricedTokens'),
  }
}
