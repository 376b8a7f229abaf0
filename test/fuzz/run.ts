import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { FuzzTarget } from './target.ts'

/** What one target made of its inputs. */
export interface FuzzResult {
  readonly name: string
  readonly inputs: number
  readonly seconds: number
  /** Memory in use after it beyond what was in use before, garbage aside. */
  readonly keptBytes: number
  /** The smallest input that fails, and how to try it again. */
  readonly failure: string | undefined
}

/** Gives the targets so many inputs in all, each its share. `onResult` is told as each is done. */
export async function fuzz(
  targets: readonly FuzzTarget[],
  { inputs, seed }: { readonly inputs: number; readonly seed: number },
  onResult: (result: FuzzResult) => void = () => undefined,
): Promise<readonly FuzzResult[]> {
  const shares = targets.reduce((sum, { share }) => sum + share, 0)
  const results: FuzzResult[] = []
  for (const target of targets) {
    const before = await memoryInUse()
    const startedAt = performance.now()
    const done = await target.run({ inputs: Math.max(1, Math.round((inputs * target.share) / shares)), seed })
    const seconds = (performance.now() - startedAt) / 1000
    const result = { name: target.name, seconds, keptBytes: (await memoryInUse()) - before, ...done }
    results.push(result)
    onResult(result)
  }
  return results
}

let collectGarbage: (() => void) | undefined

async function memoryInUse(): Promise<number> {
  if (collectGarbage === undefined) {
    setFlagsFromString('--expose-gc')
    collectGarbage = runInNewContext('gc') as () => void
  }
  collectGarbage()
  // Memory of buffers is given back on a later turn.
  await new Promise((resolve) => setImmediate(resolve))
  collectGarbage()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
