// Loaded into the host by --import: on SIGUSR2 it writes down how late its loop was since the last time.
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import process from 'node:process'

const RESOLUTION_MS = 1

if (process.argv.includes('host-process')) {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  const file = join(process.env.TMPDIR ?? '/tmp', `loop-${process.pid}.json`)
  let round = 0
  delay.enable()
  process.on('SIGUSR2', () => {
    round += 1
    const late = (nanoseconds) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS)
    writeFileSync(`${file}.new`, JSON.stringify({ round, p99Ms: late(delay.percentile(99)), maxMs: late(delay.max) }))
    renameSync(`${file}.new`, file)
    delay.reset()
  })
}
