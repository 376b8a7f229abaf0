/**
 * Breaks things under real agents at random moments, and counts what is lost: sessions, messages, receipts. Ends with 1 when anything
 * is. See docs/faults.md.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createRandom } from '../bench/random.ts'
import { runHold } from './faults/hold.ts'
import { runJournalTail } from './faults/journal-tail.ts'
import { runKills } from './faults/kills.ts'
import { readOptions } from './faults/options.ts'
import { openTown } from './faults/town.ts'

const options = readOptions(process.argv.slice(2))
const out = options.out ?? join(import.meta.dirname, '../test-output/faults.json')
process.stdout.write(`${options.kills} kills, seed ${options.seed}\n`)

await using town = await openTown()
const random = createRandom(options.seed)
const kills = await runKills(town, random, options.kills)
const hold = await runHold(town, options.holdMs)
const tail = await runJournalTail(town, random)

const report = { options, kills, hold, tail }
mkdirSync(dirname(out), { recursive: true })
writeFileSync(out, `${JSON.stringify(report, undefined, 2)}\n`)
const { killed } = kills
const lines = [
  `killed            host ${killed.host}, room ${killed.room}, agent ${killed.agent}`,
  `sessions lost     ${kills.sessionsLost.length + tail.sessionsLost.length}`,
  `messages          ${kills.accepted} accepted, ${kills.refused} refused because no host was there`,
  `  seen            ${kills.seen}`,
  `  said uncertain  ${kills.uncertain}`,
  `  lost            ${kills.lost.length}`,
  `  doubled         ${kills.doubled.length}`,
  `  untrue receipts ${kills.untrue.length}`,
  `held still        ${hold.heldSeconds} s, ${hold.disturbed.length} sessions disturbed`,
  `journal tail      ${tail.destroyedBytes} bytes destroyed`,
]
process.stdout.write(`${lines.join('\n')}\nreport: ${out}\n`)
const wrong = [kills.sessionsLost, kills.lost, kills.doubled, kills.untrue, hold.disturbed, tail.sessionsLost]
process.exitCode = wrong.every((each) => each.length === 0) ? 0 : 1
