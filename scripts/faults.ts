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
say(`${options.kills} kills, seed ${options.seed}`)

await using town = await openTown()
const random = createRandom(options.seed)

const kills = await runKills(town, random, options.kills)
const { killed } = kills
say(`killed            host ${killed.host}, room ${killed.room}, agent ${killed.agent}`)
say(`sessions lost     ${kills.sessionsLost.length}`)
say(`messages          ${kills.accepted} accepted, ${kills.refused} refused because no host was there`)
say(`  seen            ${kills.seen}`)
say(`  said uncertain  ${kills.uncertain}`)
say(`  lost            ${kills.lost.length}`)
say(`  doubled         ${kills.doubled.length}`)
say(`  untrue receipts ${kills.untrue.length}`)

const hold = await runHold(town, options.holdMs)
say(`held still        ${hold.heldSeconds} s, ${hold.disturbed.length} sessions disturbed`)

const tail = await runJournalTail(town, random)
say(`journal tail      ${tail.destroyedBytes} bytes destroyed, ${tail.sessionsLost.length} sessions lost`)
const told = tail.isTold ? 'told' : 'not told'
say(`  messages        ${tail.accepted} accepted, ${tail.forgotten.length} forgotten, ${told}`)

mkdirSync(dirname(out), { recursive: true })
writeFileSync(out, `${JSON.stringify({ options, kills, hold, tail }, undefined, 2)}\n`)
say(`report: ${out}`)
const wrong = [
  kills.sessionsLost,
  kills.lost,
  kills.doubled,
  kills.untrue,
  hold.disturbed,
  tail.sessionsLost,
  tail.isTold ? [] : tail.forgotten,
]
process.exitCode = wrong.every((each) => each.length === 0) ? 0 : 1

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
