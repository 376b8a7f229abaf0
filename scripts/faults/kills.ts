import { setTimeout } from 'node:timers/promises'
import type { Random } from '../../bench/random.ts'
import { createLetters, type LetterReport } from './letters.ts'
import type { Town } from './town.ts'

/** Longest pause between a message and the kill after it: long enough for it to be anywhere on its way. */
const LONGEST_PAUSE_MS = 1500

/** What the kills did. */
export interface KillReport extends LetterReport {
  readonly killed: Readonly<Record<'host' | 'room' | 'agent', number>>
  /** Sessions that are not there any more, or have another conversation. */
  readonly sessionsLost: readonly string[]
}

/** Kills the host, the room and agents at random moments while messages are under way. */
export async function runKills(town: Town, random: Random, count: number): Promise<KillReport> {
  const { site, names } = town
  const before = await site.agents()
  const letters = createLetters(town)
  const killed = { host: 0, room: 0, agent: 0 }
  for (let kill = 1; kill <= count; kill += 1) {
    await letters.send(random.pick(names))
    if (random.between(0, 1) < 0.5) await letters.send(random.pick(names))
    await setTimeout(random.between(0, LONGEST_PAUSE_MS))
    const victim = random.pick(['host', 'host', 'host', 'room', 'agent'] as const)
    if (victim === 'host') await town.killHost()
    if (victim === 'room') await town.killRoom()
    if (victim !== 'agent' || (await town.killAgent(random.pick(names)))) killed[victim] += 1
    // Now and then the next blow falls while everything is still coming back.
    if (random.between(0, 1) < 0.75) await town.back()
    process.stdout.write(`\rkill ${kill} of ${count}`)
  }
  process.stdout.write('\n')
  await town.back()
  const report = await letters.report()
  const after = await site.agents()
  const sessionsLost = before
    .filter(({ id, resumeId }) => !after.some((each) => each.id === id && each.resumeId === resumeId))
    .map(({ agentName }) => agentName)
  return { killed, ...report, sessionsLost }
}
