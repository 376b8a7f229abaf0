import type { Usage, UsagePart } from '../../core/session.ts'
import { rounded, usageOfParts } from '../../core/usage.ts'
import type { MessageInfo } from './bus-event.ts'

/** What a message says about its tokens and money. */
type Told = Pick<MessageInfo, 'inputTokens' | 'outputTokens' | 'costUsd' | 'model'>

/** Tokens and money by message id: a message is told several times and counts once. */
export interface Spending {
  readonly byMessage: ReadonlyMap<string, Told>
  /** Milliseconds since the epoch: a copied conversation begins with what was paid for in another one, before this. */
  readonly since: number
  readonly model: string | undefined
  readonly provider: string | undefined
  /** Tokens that the newest answer of the main agent read and wrote: what fills its context. */
  readonly contextTokens: number
  /** Tokens that fit into the model's context, when that is known. */
  readonly contextLimit: number | undefined
}

export const NOTHING_SPENT: Spending = {
  byMessage: new Map(),
  since: 0,
  model: undefined,
  provider: undefined,
  contextTokens: 0,
  contextLimit: undefined,
}

/** The spending after a message was told (again). `isMain` is false for a sub-agent, whose model and context are its own. */
export function spend(spending: Spending, message: MessageInfo, isMain: boolean): Spending {
  if (message.role !== 'assistant') return spending
  const { inputTokens, outputTokens, costUsd } = message
  const known = spending.byMessage.get(message.id)
  const isKnown = known?.inputTokens === inputTokens && known.outputTokens === outputTokens && known.costUsd === costUsd
  const isCopied = message.createdAt !== undefined && message.createdAt < spending.since
  const isCounted = isKnown || isCopied
  const byMessage = isCounted ? spending.byMessage : new Map(spending.byMessage).set(message.id, message)
  if (!isMain) return { ...spending, byMessage }
  const model = message.model ?? spending.model
  const contextLimit = model === spending.model ? spending.contextLimit : undefined
  const contextTokens = inputTokens + outputTokens || spending.contextTokens
  const provider = message.provider ?? spending.provider
  return { ...spending, byMessage, model, provider, contextTokens, contextLimit }
}

/**
 * The sums, and what they are made of; undefined while nothing was spent. The program says nothing when it has no price for a
 * model: a cost of zero is an unknown one.
 */
export function usageOf({ byMessage, model, contextTokens, contextLimit }: Spending): Usage | undefined {
  const parts = new Map<string, UsagePart>()
  for (const told of byMessage.values()) {
    const key = told.model ?? ''
    parts.set(key, added(parts.get(key), told))
  }
  if ([...parts.values()].every((part) => part.inputTokens + part.outputTokens + part.costUsd === 0)) return undefined
  const contextPercent = contextLimit === undefined ? undefined : shareOf(contextTokens, contextLimit)
  const about = {
    ...(contextPercent === undefined ? {} : { contextPercent }),
    ...(model === undefined ? {} : { model }),
  }
  return usageOfParts(about, [...parts.values()])
}

function added(part: UsagePart | undefined, told: Told): UsagePart {
  const { model, inputTokens, outputTokens, costUsd } = told
  const unpriced = costUsd > 0 ? 0 : inputTokens + outputTokens
  return {
    conversation: '',
    ...(model === undefined ? {} : { model }),
    inputTokens: (part?.inputTokens ?? 0) + inputTokens,
    outputTokens: (part?.outputTokens ?? 0) + outputTokens,
    costUsd: rounded((part?.costUsd ?? 0) + costUsd),
    unpricedTokens: (part?.unpricedTokens ?? 0) + unpriced,
  }
}

/** In percent with one decimal. */
function shareOf(tokens: number, limit: number): number {
  return Math.min(100, Math.round((tokens / limit) * 1000) / 10)
}
