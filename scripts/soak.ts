/**
 * Lets a fleet of real agents live for some minutes while things go wrong, compares what the host says with what is true, and
 * ends with 1 when the host was wrong for longer than the tolerance. See docs/soak.md.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createRandom } from '../bench/random.ts'
import { watchUse } from './soak/host-watch.ts'
import { live, startFleet } from './soak/lives.ts'
import { readOptions } from './soak/options.ts'
import { openPlace } from './soak/place.ts'
import { isGood, reportOn, tableOf } from './soak/report.ts'
import { Sampler } from './soak/sampler.ts'
import { createServerDeath } from './soak/server-death.ts'
import { pass } from './soak/until.ts'
import { createWeather } from './soak/weather.ts'

const options = readOptions(process.argv.slice(2))
const out = options.out ?? join(import.meta.dirname, '../test-output/soak.json')
process.stdout.write(`soaking for ${options.minutes} min, seed ${options.seed}\n`)

await using place = await openPlace()
const actors = await startFleet(place, options)
const [living, watching] = [new AbortController(), new AbortController()]
const death = createServerDeath(place, options.opencode, living.signal)
const weather = createWeather({ place, random: createRandom(options.seed), death, toleranceMs: options.toleranceMs })
const sampler = new Sampler(actors, (at) => weather.isExcused(at))

const sampled = sampler.run(watching.signal)
const used = watchUse(place.host.pid, watching.signal)
const weathered = weather.run(living.signal)
const lived = live(actors, death, { restMs: options.restMs, signal: living.signal })
await pass(options.minutes * 60_000)
living.abort()
await weathered
const lives = await lived
watching.abort()
await sampled

const report = reportOn({
  options,
  samples: sampler.samples,
  accounts: sampler.accounts(),
  stretches: sampler.stretches(),
  lives,
  faults: { ...weather.counts, 'the opencode server killed': death.count, 'hook calls lost': place.hooks.lost },
  uses: await used,
})
mkdirSync(dirname(out), { recursive: true })
writeFileSync(out, `${JSON.stringify(report, undefined, 2)}\n`)
process.stdout.write(`${tableOf(report)}\nreport: ${out}\n`)
process.exitCode = isGood(report) ? 0 : 1
