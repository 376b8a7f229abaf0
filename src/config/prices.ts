import { readFileSync } from 'node:fs'
import * as z from 'zod'
import type { PriceTable } from '../core/prices.ts'

const price = z.number().nonnegative()
const prices = { input: price, output: price, cacheRead: price, cacheWrite: price, cacheWriteHour: price }

const table = z.object({
  webSearch: price,
  models: z.array(
    z.object({
      ids: z.array(z.string().min(1)).min(1),
      ...prices,
      longPrompt: z.object({ aboveTokens: z.int().positive(), ...prices }).exactOptional(),
    }),
  ),
})

/** Where the price table is, seen from dist and from src/config. */
const FILES = ['../assets/prices.json', '../../assets/prices.json']

/** What models cost. Throws when the table is not there or not one: it is a part of the program. */
export function loadPrices(): PriceTable {
  const [text] = FILES.flatMap((file) => readIfThere(new URL(file, import.meta.url)))
  return table.parse(JSON.parse(text ?? 'null'))
}

function readIfThere(file: URL): readonly string[] {
  try {
    return [readFileSync(file, 'utf8')]
  } catch {
    // It is at the other place: sources and build are at different depths.
    return []
  }
}
