import type { SessionId } from '../src/core/ids.ts'
import type { Bench } from './figures.ts'
import { type BenchHost, startBenchHost } from './rooms.ts'
import { when } from './timing.ts'

const AT_ONCE = 8
const PRINT = "read go; head -c 65536 /dev/zero | tr '\\0' x; printf '\\nTHE-END'"

/** Programs that print 64 kB and end at once: on how many screens the last words are missing. */
export const run: Bench = async ({ isQuick }) => {
  const sessions = isQuick ? 24 : 200
  await using host = await startBenchHost()
  let lost = 0
  for (let done = 0; done < sessions; done += AT_ONCE) {
    const batch = Array.from({ length: AT_ONCE }, (_, index) => endOf(host, done + index))
    lost += (await Promise.all(batch)).filter((isWhole) => !isWhole).length
  }
  return [{ name: `output lost at exit, of ${sessions}`, value: lost, unit: 'sessions', budget: { atMost: 0 } }]
}

async function endOf({ client, shell }: BenchHost, index: number): Promise<boolean> {
  const id: SessionId = await shell(`brief-${index}`, PRINT)
  client.type(id, Buffer.from('\r'))
  await when(`session ${index} has ended`, async () => {
    const { state } = await client.getSession(id)
    return state === 'stopped' || state === 'failed'
  })
  const { lines } = await client.screen(id, { lines: 3 })
  await client.terminateSession(id)
  return lines.some((line) => line.includes('THE-END'))
}
