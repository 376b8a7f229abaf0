/** US dollars per million tokens. */
export interface TokenPrices {
  readonly input: number
  readonly output: number
  readonly cacheRead: number
  /** For what the cache keeps five minutes. */
  readonly cacheWrite: number
  /** For what the cache keeps an hour. */
  readonly cacheWriteHour: number
}

/** What models cost. A model is known by its id, whatever platform, date or context size stands around it. */
export interface ModelPrices extends TokenPrices {
  readonly ids: readonly string[]
  /** What a whole request costs when its prompt is longer than so many tokens. */
  readonly longPrompt?: TokenPrices & { readonly aboveTokens: number }
}

/** The prices that costs are computed with, where an agent reports none itself. */
export interface PriceTable {
  readonly models: readonly ModelPrices[]
  /** US dollars for one search of the web by the model's own tool. */
  readonly webSearch: number
}

/** A table that knows no model: every cost is unknown. */
export const NO_PRICES: PriceTable = { models: [], webSearch: 0 }

/** What one answer of a model used. Cache tokens are not part of `inputTokens`. */
export interface RequestTokens {
  readonly model: string
  readonly inputTokens: number
  readonly cacheReadTokens: number
  readonly cacheWriteTokens: number
  readonly cacheWriteHourTokens: number
  readonly outputTokens: number
  readonly webSearches: number
  /** It was answered in the model's fast mode, whose prices the table does not have. */
  readonly isFast: boolean
}

/** US dollars for one answer; undefined when the table does not know its model. */
export function costOf(table: PriceTable, used: RequestTokens): number | undefined {
  const known = used.isFast ? undefined : pricesOf(table, used.model)
  if (known === undefined) return undefined
  const { inputTokens, cacheReadTokens, cacheWriteTokens, cacheWriteHourTokens, outputTokens, webSearches } = used
  const promptTokens = inputTokens + cacheReadTokens + cacheWriteTokens + cacheWriteHourTokens
  const { longPrompt } = known
  const prices = longPrompt !== undefined && promptTokens > longPrompt.aboveTokens ? longPrompt : known
  const millionths =
    inputTokens * prices.input +
    cacheReadTokens * prices.cacheRead +
    cacheWriteTokens * prices.cacheWrite +
    cacheWriteHourTokens * prices.cacheWriteHour +
    outputTokens * prices.output
  return millionths / 1_000_000 + webSearches * table.webSearch
}

/** Around the id: a platform's prefix; a date, a version or the size of the context behind it. Another number is another model. */
const BEFORE = '(?:^|[./])'
const BEHIND = '(?:[-@]\\d{8}|@default|-latest)?(?:-v\\d+(?::\\d+)?)?(?:\\[1m\\])?$'

function pricesOf(table: PriceTable, model: string): ModelPrices | undefined {
  return table.models.find(({ ids }) => ids.some((id) => new RegExp(`${BEFORE}${escaped(id)}${BEHIND}`).test(model)))
}

function escaped(id: string): string {
  return id.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
