import type { Usage } from '../../core/session.ts'
import type { MessageInfo } from './bus-event.ts'

/** Tokens and money by message id: a message is told several times and counts once. */
export interface Spending {
  readonly byMessage: ReadonlyMap<string, Pick<MessageInfo, 'inputTokens' | 'outputTokens' | 'costUsd'>>
  readonly model: string | undefined
  readonly provider: string | undefined
  /** Tokens that the newest answer of the main agent read and wrote: what fills its context. */
  readonly contextTokens: number
  /** Tokens that fit into the model's context, when that is known. */
  readonly contextLimit: number | undefined
}

export const NOTHING_SPENT: Spending = {
  byMessage: new Map(),
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
  const byMessage = isKnown
    ? spending.byMessage
    : new Map(spending.byMessage).set(message.id, { inputTokens, outputTokens, costUsd })
  if (!isMain) return { ...spending, byMessage }
  const model = message.model ?? spending.model
  const contextLimit = model === spending.model ? spending.contextLimit : undefined
  const contextTokens = inputTokens + outputTokens || spending.contextTokens
  return { byMessage, model, provider: message.provider ?? spending.provider, contextTokens, contextLimit }
}

/** The sums; undefined while nothing was spent. */
export function usageOf({ byMessage, model, contextTokens, contextLimit }: Spending): Usage | undefined {
  let [inputTokens, outputTokens, costUsd] = [0, 0, 0]
  for (const each of byMessage.values()) {
    inputTokens += each.inputTokens
    outputTokens += each.outputTokens
    costUsd += each.costUsd
  }
  if (inputTokens + outputTokens + costUsd === 0) return undefined
  const rounded = Math.round(costUsd * 1e9) / 1e9
  const contextPercent = contextLimit === undefined ? undefined : shareOf(contextTokens, contextLimit)
  return {
    inputTokens,
    outputTokens,
    costUsd: rounded,
    ...(contextPercent === undefined ? {} : { contextPercent }),
    ...(model === undefined ? {} : { model }),
  }
}

/** In percent with one decimal. */
function shareOf(tokens: number, limit: number): number {
  return Math.min(100, Math.round((tokens / limit) * 1000) / 10)
}
